// Where regions should live: which steps lead there from where they live now.
//
// Each region ranks the nodes by hashes of its own (rendezvous hashing, a node
// of weight w drawing w times): the first is to be its home, the next ones its
// replicas. A node more or less moves only what it takes or leaves: about one
// region in n. Knows no clock: the same view gives the same steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::rules {

using placed_on = std::uint64_t; ///< a node's id; 0: nowhere

struct placement_node {
  placed_on id = 0;
  std::uint32_t weight = 1;
  bool healthy = true;
  bool draining = false; ///< nothing new goes there, all goes away
};

struct placement_region {
  std::string tenant;
  std::string region;
  std::uint32_t copies = 1; ///< wanted, the home among them
  placed_on home = 0;
  std::set<placed_on> replicas;
  std::uint64_t epoch = 0;
  bool settled = false;
  std::set<placed_on> settled_holders; ///< who has all that was promised
  placed_on preferred = 0; ///< where an operator wants its home, if it can be
};

enum class placement_reason : std::uint8_t {
  first = 1,   ///< it lived nowhere
  lost = 2,    ///< all who held it have left: it begins empty
  failed = 3,  ///< its home is not healthy
  drained = 4, ///< its home is to be emptied
  missing = 5, ///< too few nodes hold it
  surplus = 6, ///< more hold it than need be
  balance = 7  ///< it would live better elsewhere
};

std::string_view text_of(placement_reason why) noexcept;

/// One change of one region, made for one epoch.
struct placement_step {
  std::string tenant;
  std::string region;
  std::uint64_t expected_epoch = 0;
  placed_on home = 0;
  std::set<placed_on> replicas;
  placement_reason why = placement_reason::first;

  /// The home changes, and the holders stay: a move. Otherwise they change.
  bool moves_home = false;

  bool operator==(const placement_step&) const = default;
};

struct placement_view {
  std::vector<placement_node> nodes; ///< the members
  std::vector<placement_region> regions;
};

struct placement_options {
  /// Steps that only balance, at a time: clients are to attach again.
  std::size_t balancing_max = 4;
};

/// The next steps, at most one for a region: none once all is as it should be.
/// To be asked again when the steps were decided and the regions have settled.
std::vector<placement_step> plan_placement(const placement_view& view,
                                           placement_options options = {});

/// Where a new region begins: the first in its order of those that may take
/// something new; 0: none may.
placed_on first_home(std::string_view tenant, std::string_view region,
                     const std::vector<placement_node>& nodes);

/// The nodes in the order in which a region would choose them.
std::vector<placed_on> rank_nodes(std::string_view tenant,
                                  std::string_view region,
                                  const std::vector<placement_node>& nodes);

} // namespace holdfast::rules
