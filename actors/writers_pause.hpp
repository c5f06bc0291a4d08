// Keeps clients from storing in some variables of a region for some
// microseconds, so that they can be taken as of one instant.
#pragma once

#include "config/region_bounds.hpp"
#include "shm/region.hpp"

#include <set>

namespace holdfast::actors {

using slot_set = std::set<std::uint32_t>;

/// Lets the writers go on when it ends. All of its waiting is bounded, however
/// many locks somebody keeps: clients write these words.
class writers_pause {
public:
  explicit writers_pause(shm::region& of) : of_{of} {
    // nop
  }

  writers_pause(const writers_pause&) = delete;
  writers_pause& operator=(const writers_pause&) = delete;

  ~writers_pause() {
    for (const auto slot : held_)
      of_.end_pause(slot);
  }

  /// Tries it once for each slot.
  void add(const slot_set& slots) {
    for (const auto slot : slots)
      if (!held_.contains(slot) && !missing_.contains(slot)) {
        if (of_.pause_writers(slot, attempts_))
          held_.insert(slot);
        else
          missing_.insert(slot);
      }
  }

  /// Those in which a writer stays.
  const slot_set& missing() const noexcept {
    return missing_;
  }

private:
  shm::region& of_;
  slot_set held_;
  slot_set missing_;
  int attempts_ = config::region_group_attempts_max;
};

/// Keeps writers out of all of `grouped`, and of what they have stored together
/// with it: `sweep()` takes changes and adds such variables to `grouped`,
/// `known()` adds all that there are. A writer marks all members of a group as
/// changed before it leaves the first. False: it is not all still, either
/// because writers stay, or because more and more was stored.
template <class Sweep, class Known>
bool keep_still(writers_pause& pause, slot_set& grouped, Sweep sweep,
                Known known) {
  for (int look = 0; look < config::region_group_looks_max; ++look) {
    if (look == config::region_group_looks_at_changed)
      known();
    pause.add(grouped);
    const auto before = grouped.size();
    sweep();
    if (grouped.size() == before)
      return pause.missing().empty();
  }
  return false;
}

} // namespace holdfast::actors
