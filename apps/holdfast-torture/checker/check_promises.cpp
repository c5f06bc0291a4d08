// Real time: what was promised by then must be seen from then on.
//
// Two kinds of moments of a variable, in the order of time. At a promise
// somebody learns that a value is safe. At a demand somebody begins what must
// see all that was promised before: a linearizable read, a read at a home under
// its lease, a read after all was healed, or a store. Births have one order, so
// one pass with the latest birth promised so far finds everything.
#include "apps/holdfast-torture/checker/rules.hpp"
#include "apps/holdfast-torture/checker/words.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::torture {

namespace {

struct moment {
  std::uint32_t variable;
  std::size_t era;
  std::int64_t time;
  bool promise; ///< else a demand; those come first where times are equal
  stamp birth;  ///< not before it, of a promise; not after it, of a demand
  const record* by;
  const record* flush; ///< that promised it

  auto place() const noexcept {
    return std::tie(variable, era, time, promise);
  }
};

class moments {
public:
  explicit moments(const evidence& from) : from_{from} {
    for (const auto& each : from.acknowledged())
      promise(*from.find(each.store->value), each.flush->end_ns, *each.store,
              each.flush);
    for (const auto& client : from.all().clients)
      for (const auto& each : client)
        if (each.is_read())
          note(each);
    note_stores();
    std::sort(all_.begin(), all_.end(),
              [](const moment& one, const moment& other) {
                return one.place() < other.place();
              });
  }

  const std::vector<moment>& in_order() const noexcept {
    return all_;
  }

private:
  void promise(const written& what, std::int64_t at, const record& by,
               const record* flush = nullptr) {
    all_.push_back({by.variable, from_.era_of(what.store->epoch_before), at,
                    true, what.low, &by, flush});
    promised_.push_back(&what);
  }

  void note(const record& read) {
    const bool demands = read.kind != record_kind::read || read.under_lease();
    const bool empty = read.outcome == record_outcome::no_value;
    const auto* seen = read.saw_value() ? from_.find(read.value) : nullptr;
    const auto era = seen != nullptr ? from_.era_of(seen->store->epoch_before)
                                     : from_.era_of(read.epoch);
    if (demands && (seen != nullptr || empty))
      all_.push_back({read.variable, era, read.begin_ns, false,
                      seen != nullptr ? seen->high : stamp{}, &read, nullptr});
    if (seen != nullptr
        && (read.kind != record_kind::read || read.told_committed()))
      promise(*seen, read.end_ns, read);
  }

  /// Of each value that was promised to anybody, once.
  void note_stores() {
    std::sort(promised_.begin(), promised_.end());
    promised_.erase(std::unique(promised_.begin(), promised_.end()),
                    promised_.end());
    for (const auto* each : promised_)
      all_.push_back(
        {each->store->variable, from_.era_of(each->store->epoch_before),
         each->store->begin_ns, false, each->high, each->store, nullptr});
  }

  const evidence& from_;
  std::vector<moment> all_;
  std::vector<const written*> promised_;
};

rule rule_of(const moment& promise, const moment& demand) noexcept {
  if (demand.by->kind == record_kind::store)
    return rule::stores_out_of_order;
  if (promise.flush != nullptr)
    return rule::flush_lost;
  return promise.by->kind == record_kind::read ? rule::commit_lost
                                               : rule::read_went_back;
}

/// Of the same value, what was acknowledged says most.
bool says_more(const moment& next, const moment* latest) noexcept {
  return latest == nullptr || latest->birth < next.birth
         || (latest->birth == next.birth && latest->flush == nullptr
             && next.flush != nullptr);
}

std::string text_of(const moment& promise, const moment& demand) {
  std::string text
    = about_variable(*demand.by) + text_of_value(promise.by->value);
  if (promise.flush != nullptr)
    text += " was flushed and acknowledged, ";
  else if (promise.by->kind == record_kind::read)
    text += " was told committed, ";
  else
    text += " was read, ";
  if (demand.by->kind == record_kind::store)
    return text + "and then a store that began later came before it";
  text += "and then a ";
  text += word_for(demand.by->kind);
  text += " on node " + std::to_string(demand.by->node);
  if (demand.by->kind == record_kind::read)
    text += ", of a home under its lease,";
  return text
         + (demand.by->saw_value()
              ? " saw " + text_of_value(demand.by->value) + ", which is older"
              : std::string{" saw no value"});
}

void blame(const evidence& from, const moment& promise, const moment& demand,
           findings& into) {
  const bool of_read = promise.by->is_read();
  const auto* promised = from.find(promise.by->value);
  const auto* seen
    = demand.by->saw_value() ? from.find(demand.by->value) : nullptr;
  into.add(rule_of(promise, demand), text_of(promise, demand),
           {of_read ? promised->store : promise.by,
            of_read ? promise.by : promise.flush, demand.by,
            seen != nullptr ? seen->store : nullptr});
}

} // namespace

void check_promises(const evidence& from, findings& into) {
  const moments all{from};
  const moment* latest = nullptr;
  for (const auto& each : all.in_order()) {
    if (latest != nullptr
        && (latest->variable != each.variable || latest->era != each.era))
      latest = nullptr;
    if (each.promise) {
      if (says_more(each, latest))
        latest = &each;
    } else if (latest != nullptr && each.birth < latest->birth) {
      blame(from, *latest, each, into);
    }
  }
}

} // namespace holdfast::torture
