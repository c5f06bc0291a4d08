// Variables in the order of their changes: each once, with the sequence of one
// of its changes.
//
// Nearly all come with a higher sequence than all before, so a line holds them.
// One that leaves is left standing there, and passed over; the few that come
// out of order stand in a tree of their own.
#pragma once

#include "actors/rules/ordered_table.hpp"
#include "actors/rules/region_replica/values.hpp"

#include <deque>

namespace holdfast::region_replica {

class change_queue {
public:
  /// The sequence it waits with; nothing: it does not wait.
  std::optional<sequence> place_of(variable_key key) const;

  /// It waits, or did.
  bool knows(variable_key key) const {
    return places_.contains(key);
  }

  /// Comes, or changes its place.
  void put(variable_key key, sequence changed);
  /// Leaves; the place that it had, if it was there.
  std::optional<sequence> take(variable_key key);
  /// The variable is no more.
  void forget(variable_key key);
  void clear();

  /// The lowest.
  std::optional<std::pair<sequence, variable_key>> first() const;
  std::size_t size() const noexcept {
    return waiting_;
  }

  /// Calls `look(sequence, key)` in order until it returns false.
  template <class Look>
  void visit(Look look) const {
    auto early = early_.begin();
    const auto look_early = [&](const place* before) {
      for (; early != early_.end() && (!before || *early < *before); ++early)
        if (!look(early->first, early->second))
          return false;
      return true;
    };
    for (const auto& each : line_)
      if (stands(each)
          && (!look_early(&each) || !look(each.first, each.second)))
        return;
    look_early(nullptr);
  }

private:
  using place = std::pair<sequence, variable_key>;

  static constexpr sequence nowhere = ~sequence{0};

  struct spot {
    sequence at = nowhere;
  };

  /// Who left, or stands elsewhere now, does not.
  bool stands(const place& at) const;
  sequence leave(spot& from, variable_key key);

  /// Of all that ever waited.
  rules::ordered_table<variable_key, spot> places_;
  std::deque<place> line_; ///< ascending; the first of it stands
  std::set<place> early_;  ///< not in the line; all of them stand
  std::size_t waiting_ = 0;
};

} // namespace holdfast::region_replica
