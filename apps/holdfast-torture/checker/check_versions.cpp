// A home has all that was safe in the epochs before its own, and gives higher
// versions. If it gives one again, it has lost what had it, even if nobody
// looked before that was overwritten. What is safe on disk is so for the homes
// after a loss of all memory, too.
//
// A value counts as safe in the epoch in which somebody was told: one that no
// majority had may be missed by a home and be taken over by a later one.
#include "apps/holdfast-torture/checker/rules.hpp"
#include "apps/holdfast-torture/checker/words.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::torture {

namespace {

struct birth {
  std::uint32_t variable;
  std::size_t era;
  stamp at;  ///< told to be safe there; else given there
  bool safe; ///< else given
  const record* by;
  const record* flush;

  /// Of one epoch, what was given comes first: only other epochs count.
  auto place() const noexcept {
    return std::tie(variable, era, at.epoch, safe, at.version);
  }
};

std::vector<birth> births_of(const evidence& from, kept_in where) {
  std::vector<birth> made;
  const auto add = [&](const record& by, std::uint64_t told_in,
                       const record* flush = nullptr) {
    const auto* of = from.find(by.value);
    if (of == nullptr || !of->exact())
      return;
    const auto note = [&](const stamp& at, bool safe) {
      made.push_back({of->store->variable, from.era_of(at.epoch, where), at,
                      safe, &by, flush});
    };
    note(of->low, false);
    if (told_in != 0)
      note({std::max(told_in, of->low.epoch), of->low.version}, true);
  };
  for (const auto& each : from.acknowledged(where))
    add(*each.store, each.flush->epoch, each.flush);
  for (const auto& client : from.all().clients)
    for (const auto& each : client) {
      if (each.stored())
        add(each, 0);
      if (where == kept_in::memory
          && (each.told_committed()
              || (each.saw_value() && each.kind != record_kind::read)))
        add(each, each.epoch);
    }
  return made;
}

bool is_of_other_memory(const evidence& from, const birth& one,
                        const birth& other) {
  return from.era_of(one.at.epoch) != from.era_of(other.at.epoch);
}

void blame(const birth& safe, const birth& later, findings& into) {
  std::string text = about_variable(*later.by) + "version ";
  text += std::to_string(safe.at.version);
  text += " was safe in epoch " + std::to_string(safe.at.epoch);
  text += ", and then epoch " + std::to_string(later.at.epoch);
  text += " gave version " + std::to_string(later.at.version);
  into.add(rule::version_given_again, std::move(text),
           {safe.by, safe.flush, later.by});
}

void check_births(const evidence& from, kept_in where, findings& into) {
  auto all = births_of(from, where);
  std::sort(all.begin(), all.end(), [](const birth& one, const birth& other) {
    return one.place() < other.place();
  });
  const birth* before = nullptr; // the highest safe version of older epochs
  const birth* within = nullptr; // and with this epoch
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& each = all[i];
    const bool same = i > 0 && all[i - 1].variable == each.variable
                      && all[i - 1].era == each.era;
    if (!same)
      before = within = nullptr;
    else if (all[i - 1].at.epoch != each.at.epoch)
      before = within;
    if (before != nullptr && !each.safe && each.at.version <= before->at.version
        && (where == kept_in::memory
            || is_of_other_memory(from, *before, each)))
      blame(*before, each, into);
    if (each.safe
        && (within == nullptr || within->at.version < each.at.version))
      within = &each;
  }
}

} // namespace

void check_versions(const evidence& from, findings& into) {
  check_births(from, kept_in::memory, into);
  if (from.loss_after(0) != nullptr)
    check_births(from, kept_in::disk, into);
}

} // namespace holdfast::torture
