#include "apps/holdfast-torture/checker/rules.hpp"
#include "apps/holdfast-torture/checker/words.hpp"

#include <unordered_map>

namespace holdfast::torture {

namespace {

/// What one client knows of one variable.
struct known {
  const record* last = nullptr;      ///< a value that it saw, or stored
  const record* committed = nullptr; ///< told so, of the latest birth
  stamp committed_birth;
};

std::string text_of_place(const record& of) {
  std::string text = "version ";
  text += std::to_string(of.version);
  text += " in epoch ";
  return text + std::to_string(of.epoch);
}

class observer {
public:
  observer(const evidence& from, findings& into) : from_{from}, into_{into} {
    // nop
  }

  void see(const record& now) {
    if (!now.is_read() && !now.stored())
      return;
    compare_epoch(now);
    auto& of = known_[now.variable];
    if (now.outcome == record_outcome::no_value)
      compare_empty(of, now);
    if (!now.saw_value() && !now.stored())
      return;
    compare_last(of, now);
    compare_committed(of, now);
    of.last = &now;
    note_committed(of, now);
  }

private:
  /// Of a mapping, whatever the variable.
  void compare_epoch(const record& now) {
    if (now.outcome != record_outcome::ok
        && now.outcome != record_outcome::no_value)
      return;
    if (before_ != nullptr && before_->mapping == now.mapping
        && now.epoch < before_->epoch)
      blame("the epoch went back from " + std::to_string(before_->epoch)
              + " to " + std::to_string(now.epoch) + " in one mapping",
            *before_, now);
    before_ = &now;
  }

  void compare_empty(const known& of, const record& now) {
    if (of.last != nullptr && same_era(*of.last, now)
        && of.last->mapping == now.mapping)
      into_.add(rule::shown_as_empty,
                about_variable(now) + "no value after "
                  + text_of_place(*of.last),
                {of.last, &now});
  }

  /// A mapping is one memory, in which versions only rise. Another mapping may
  /// be of new memory, which a newer home filled.
  void compare_last(const known& of, const record& now) {
    if (of.last == nullptr || !same_era(*of.last, now))
      return;
    const bool one_mapping = of.last->mapping == now.mapping;
    const stamp before{of.last->epoch, of.last->version};
    const stamp after{now.epoch, now.version};
    if (one_mapping ? now.version < of.last->version : after < before)
      blame(about_variable(now) + "from " + text_of_place(*of.last) + " to "
              + text_of_place(now),
            *of.last, now);
  }

  void compare_committed(const known& of, const record& now) {
    if (of.committed == nullptr || !same_era(*of.committed, now))
      return;
    if (const auto* seen = from_.find(now.value);
        seen != nullptr && seen->high < of.committed_birth)
      into_.add(rule::commit_lost,
                about_variable(now) + text_of_value(of.committed->value)
                  + " was told committed, and then the same client on node "
                  + std::to_string(now.node) + " saw "
                  + text_of_value(now.value) + ", which is older",
                {of.committed, &now, seen->store});
  }

  void note_committed(known& of, const record& now) {
    const auto* told = now.told_committed() ? from_.find(now.value) : nullptr;
    if (told == nullptr)
      return;
    if (of.committed != nullptr && same_era(*of.committed, now)
        && told->low <= of.committed_birth)
      return;
    of.committed = &now;
    of.committed_birth = told->low;
  }

  bool same_era(const record& one, const record& other) const {
    return from_.era_of(one.epoch) == from_.era_of(other.epoch);
  }

  void blame(std::string text, const record& before, const record& now) {
    into_.add(rule::went_back, std::move(text), {&before, &now});
  }

  const evidence& from_;
  findings& into_;
  const record* before_ = nullptr;
  std::unordered_map<std::uint32_t, known> known_;
};

} // namespace

void check_observers(const evidence& from, findings& into) {
  for (const auto& client : from.all().clients) {
    observer one{from, into};
    for (const auto& each : client)
      one.see(each);
  }
}

} // namespace holdfast::torture
