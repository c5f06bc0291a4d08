// Which regions a node is to have, and what is to be done where it has others.
//
// The tables decide, the node follows: it compares what it has with what they
// say, whenever they change. Nothing here knows how a region is made.
#pragma once

#include "actors/rules/catalog/tables.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::catalog {

/// What a node has of a region.
struct local_region {
  catalog::placement placed; ///< this node is one of those it names
  /// Of its settled holders, those that are members no more.
  std::set<node_id> departed{};
  std::uint64_t bytes = 0;
  /// Ids by name: one that was removed and added again is another.
  std::map<std::string, std::uint64_t> variables{};

  bool operator==(const local_region&) const = default;
};

/// What to do, in this order. Regions go by their id: one that was removed and
/// created again under its name is another.
struct region_changes {
  /// Not here any more: to be retired. Those that the tables still charge are
  /// released once their last client has let go.
  std::vector<log_index> retire;
  std::set<log_index> elsewhere; ///< those of them that other nodes have
  std::vector<region_name> make;
  /// Here already, otherwise placed, of another size, or with other variables.
  std::vector<region_name> change;

  bool empty() const noexcept {
    return retire.empty() && make.empty() && change.empty();
  }
};

/// What the tables say that the node is to have of a region, if anything. Who
/// held it in the last settled epoch keeps it until the next one has settled.
std::optional<local_region> wanted_on(node_id node, const contents& tables,
                                      const region& of);

/// `have` includes what is being made and leaves out what is being retired.
region_changes follow(node_id node, const contents& tables,
                      const std::map<log_index, local_region>& have);

/// Removed regions that the tables still charge to the node although it has
/// nothing of them: to be released.
std::vector<log_index> to_release(node_id node, const contents& tables,
                                  const std::set<log_index>& held);

} // namespace holdfast::catalog
