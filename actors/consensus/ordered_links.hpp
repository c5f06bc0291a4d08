// Keeps what one node says to another in order, each message once.
//
// Rule 8: the library expects links that neither repeat nor overtake. Rule 17:
// a database that was lost, or a second one under the same id, is another
// voter: it must not be heard as the one that was known, unless that one was
// removed from the members.
#pragma once

#include "actors/consensus/membership.hpp"
#include "actors/consensus/messages.hpp"

#include <map>

namespace holdfast::consensus {

/// Numbers what this run says to each other node.
class speaking_order {
public:
  std::uint64_t next(node_id to) {
    return ++said_[to];
  }

private:
  std::map<node_id, std::uint64_t> said_;
};

class listening_order {
public:
  enum class verdict : std::uint8_t {
    in_order,
    too_late,      ///< a copy, or overtaken by a later one
    other_database ///< under an id that is known with another one
  };

  verdict hear(node_id from, const origin& who, std::uint64_t sequence) {
    const auto [found, first] = heard_.try_emplace(from, state{who, 0});
    auto& known = found->second;
    if (!first && who.database != known.who.database) {
      if (!known.left)
        return verdict::other_database;
      known = {who, sequence};
      return verdict::in_order;
    }
    if (who.start < known.who.start
        || (who.start == known.who.start && sequence <= known.sequence))
      return verdict::too_late;
    known = {who, sequence};
    return verdict::in_order;
  }

  /// What was heard before the last start: database by node.
  void recall(const std::map<node_id, std::uint64_t>& databases) {
    for (const auto& [id, database] : databases)
      heard_[id] = {{database, 0}, 0};
  }

  /// These are the members now: whoever is none may come back with another
  /// database, since the votes of the first one count no more.
  void note_members(const membership& members) {
    for (auto& [id, known] : heard_)
      known.left = known.left || find(members, id) == nullptr;
  }

  /// Under that id it expects one database.
  bool knows(node_id id) const {
    const auto found = heard_.find(id);
    return found != heard_.end() && !found->second.left;
  }

  /// 0: never heard, or not since it left.
  std::uint64_t database_of(node_id id) const {
    return knows(id) ? heard_.at(id).who.database : 0;
  }

private:
  struct state {
    origin who;
    std::uint64_t sequence = 0;
    bool left = false; ///< and was not heard since
  };

  std::map<node_id, state> heard_;
};

} // namespace holdfast::consensus
