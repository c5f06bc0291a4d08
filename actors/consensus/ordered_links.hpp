// Keeps what one node says to another in order, each message once.
//
// Rule 8: the library expects links that neither repeat nor overtake. Rule 17:
// a database that was lost, or a second one under the same id, is another
// voter: it must not be heard as the one that was known.
#pragma once

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
    if (!first && who.database != known.who.database)
      return verdict::other_database;
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

  bool knows(node_id id) const {
    return heard_.contains(id);
  }

  /// 0: never heard.
  std::uint64_t database_of(node_id id) const {
    const auto found = heard_.find(id);
    return found == heard_.end() ? 0 : found->second.who.database;
  }

private:
  struct state {
    origin who;
    std::uint64_t sequence = 0;
  };

  std::map<node_id, state> heard_;
};

} // namespace holdfast::consensus
