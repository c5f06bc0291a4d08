// Knows the other nodes of the cluster: has a peer for each of them, tells the
// elector how they are reached, keeps leadership where it belongs, and while it
// leads has regions placed. Talks to the elector, the catalog, the peers, and
// through them to the cluster actors of other nodes.
//
// The rules decide (lowest_leader, placement, cluster_status). Knows no socket:
// peers are made by what its options hand in. A node alone has one too, with no
// peer.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/peer_starter.hpp"
#include "actors/rules/lowest_leader.hpp"
#include "actors/rules/placement_pace.hpp"
#include "shm/clock.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace holdfast::actors {

struct cluster_options {
  std::uint64_t node = 0; ///< this one
  std::string address;    ///< host:port of its door; empty for a node alone
  std::string key;        ///< its public one, in digits
  elector_actor elector;
  region_router_actor router;
  catalog_actor catalog;      ///< knows the members, and what is agreed on
  peer_starter start_peer;    ///< none for a node alone
  std::uint64_t founders = 0; ///< digest; 0: not known
  own_words said{};           ///< to the other nodes, at the start
  /// The cluster has an id, which is to be known at the next start.
  std::function<void(const rules::wide_id&)> on_named;
  /// Others began: this node asks until it is one of the voters.
  bool joins = false;
  bool wants_vote = true; ///< when it joins
  std::size_t peers_max = 0;
  std::size_t voters_max = 0; ///< whoever joins later follows without a vote
  rules::lowest_leader_options leading{};
  rules::placement_options placing{};
  rules::placement_pace_options pace{};
  std::chrono::milliseconds interval{}; ///< between two looks
  /// Between two comparisons of tables with the leader's; 0: never.
  std::chrono::milliseconds compare_interval{};
  std::chrono::milliseconds call_deadline{};
  std::function<shm::boot_clock::time_point()> now;
  log_function log;
};

struct cluster_state {
  static constexpr const char* name = "cluster";

  struct known_node {
    peer_actor peer;
    std::string address;
    std::string key{}; ///< by the tables, in digits; empty: not recorded
    rules::peer_state state = rules::peer_state::down;
    bool stays = false; ///< configured or discovered, not only a member
    /// Its process is gone; another one is to join before it counts.
    bool died = false;
    std::optional<std::uint64_t> joined; ///< the entry by which it is there
  };

  cluster_options options{};    // first: a bool here would be made of the actor
  bool left = false;            ///< it was one, and asks to be one no more
  bool leaving = false;         ///< this node, until it is no member any more
  bool looks_at_tables = false; ///< and has no answer yet
  bool notes = false;           ///< a decision about a node is under way
  bool plans = false;           ///< has asked where regions should live
  bool asks_to_join = false;    ///< and has no answer yet
  std::uint64_t asked_last = 0; ///< of the others
  std::string not_joined{};     ///< the last reason
  bool draining = false;        ///< this node
  bool leads = false;
  std::map<std::uint64_t, known_node> nodes{}; ///< without this one
  leadership known{};
  elector_status seen{};                     ///< when it was looked at last
  own_words said{};                          ///< to the other nodes
  std::set<std::uint64_t> draining_others{}; ///< what they told this leader
  std::optional<rules::lowest_leader> rule{};
  rules::placement_pace pace{};
  catalog::log_index planned = 0;                        ///< as of that entry
  std::optional<shm::boot_clock::time_point> compared{}; ///< with the leader
  /// The entry since which these tables are not the leader's; 0: they are.
  catalog::log_index differs = 0;
};

using cluster_pointer = cluster_actor::stateful_pointer<cluster_state>;

cluster_actor::behavior_type cluster(cluster_pointer self,
                                     cluster_options options);

} // namespace holdfast::actors
