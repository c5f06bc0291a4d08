// Real time: what was promised by then must be seen from then on.
//
// Two kinds of moments of a variable, in the order of time. At a promise
// somebody learns that a value is safe. At a demand somebody begins what must
// see all that was promised before: a linearizable read, a read at a home under
// its lease, a read after all was healed, or a store. Births have one order, so
// one pass with the latest birth promised so far finds everything.
//
// A second pass looks at what is on disk: that outlives the memory of all
// nodes. It blames only what such a loss lies before; the rest is the first's.
#include "apps/holdfast-torture/checker/rules.hpp"
#include "apps/holdfast-torture/checker/words.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::torture {

namespace {

struct moment {
  std::uint32_t variable;
  std::size_t era;
  std::size_t life; ///< of memory: losses of all of it part them
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
  moments(const evidence& from, kept_in where) : from_{from}, where_{where} {
    for (const auto& each : from.acknowledged(where))
      promise(*from.find(each.store->value), each.flush->end_ns, *each.store,
              each.store->epoch_before, each.flush);
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
  /// What memory lost and a disk had belongs to where it is seen again.
  std::uint64_t epoch_of(const written& what, const record& read) const {
    const auto born = what.store->epoch_before;
    return from_.era_of(born, kept_in::disk)
               == from_.era_of(read.epoch, kept_in::disk)
             ? std::max(born, read.epoch)
             : born;
  }

  moment at(std::int64_t time, const record& by, std::uint64_t epoch) const {
    moment made{};
    made.variable = by.variable;
    made.era = from_.era_of(epoch, where_);
    made.life = from_.era_of(epoch);
    made.time = time;
    made.by = &by;
    return made;
  }

  void promise(const written& what, std::int64_t time, const record& by,
               std::uint64_t epoch, const record* flush = nullptr) {
    auto made = at(time, by, epoch);
    made.promise = true;
    made.birth = what.low;
    made.flush = flush;
    all_.push_back(made);
    promised_.push_back(&what);
  }

  void demand(const stamp& birth, const record& by, std::uint64_t epoch) {
    auto made = at(by.begin_ns, by, epoch);
    made.birth = birth;
    all_.push_back(made);
  }

  void note(const record& read) {
    const bool demands = read.kind != record_kind::read || read.under_lease();
    const bool empty = read.outcome == record_outcome::no_value;
    const auto* seen = read.saw_value() ? from_.find(read.value) : nullptr;
    const auto epoch = seen != nullptr ? epoch_of(*seen, read) : read.epoch;
    if (demands && (seen != nullptr || empty))
      demand(seen != nullptr ? seen->high : stamp{}, read, epoch);
    if (seen != nullptr && where_ == kept_in::memory
        && (read.kind != record_kind::read || read.told_committed()))
      promise(*seen, read.end_ns, read, epoch);
  }

  /// Of each value that was promised to anybody, once.
  void note_stores() {
    std::sort(promised_.begin(), promised_.end());
    promised_.erase(std::unique(promised_.begin(), promised_.end()),
                    promised_.end());
    for (const auto* each : promised_)
      demand(each->high, *each->store, each->store->epoch_before);
  }

  const evidence& from_;
  kept_in where_;
  std::vector<moment> all_;
  std::vector<const written*> promised_;
};

rule rule_of(const moment& promise, const moment& demand) noexcept {
  if (promise.life != demand.life)
    return rule::durable_flush_lost;
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
  if (promise.life != demand.life)
    text += " was flushed to disk, all memory was lost, ";
  else if (promise.flush != nullptr)
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
  const auto* loss = promise.life != demand.life
                       ? from.loss_after(promise.birth.epoch)
                       : nullptr;
  into.add(rule_of(promise, demand), text_of(promise, demand),
           {of_read ? promised->store : promise.by,
            of_read ? promise.by : promise.flush,
            loss != nullptr ? loss->told : nullptr, demand.by,
            seen != nullptr ? seen->store : nullptr});
}

void check_moments(const evidence& from, kept_in where, findings& into) {
  const moments all{from, where};
  const moment* latest = nullptr;
  for (const auto& each : all.in_order()) {
    if (latest != nullptr
        && (latest->variable != each.variable || latest->era != each.era))
      latest = nullptr;
    if (each.promise) {
      if (says_more(each, latest))
        latest = &each;
    } else if (latest != nullptr && each.birth < latest->birth
               && (where == kept_in::memory || each.life != latest->life)) {
      blame(from, *latest, each, into);
    }
  }
}

} // namespace

void check_promises(const evidence& from, findings& into) {
  check_moments(from, kept_in::memory, into);
  if (from.loss_after(0) != nullptr)
    check_moments(from, kept_in::disk, into);
}

} // namespace holdfast::torture
