// Owns the replicated tables: the machine that consensus drives.
//
// Answers what this node asks of them, admits its clients, and proposes what is
// to change. Where a region's memory is, it does not know: that is the region
// keeper's. Talks to the elector and to the keeper.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/rules/catalog/machine.hpp"
#include "shm/clock.hpp"

#include <caf/response_promise.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::actors {

struct catalog_options {
  std::uint64_t node_id = 1;
  /// Requests under way; no more than results are kept for one node.
  std::size_t requests_max = 0;
  /// For one attempt; longer than the elector's own patience.
  std::chrono::milliseconds proposal_deadline{};
  /// Between two attempts of a proposal, or to enter.
  std::chrono::milliseconds proposal_retry{};
  /// Attempts of a proposal of which it is not known what became.
  std::uint32_t attempts_max = 1;
  /// Who may enter a tenant that the tables do not have, or not yet: a node
  /// without a leader is to be asked why.
  std::map<std::string, std::vector<rules::principal>> first_principals{};
  catalog::hash_function digest; ///< none: nothing is marked
  std::function<shm::boot_clock::time_point()> now;
  std::function<std::chrono::system_clock::time_point()> wall_now;
  log_function log;
};

struct catalog_state {
  static constexpr const char* name = "catalog";

  struct session {
    std::string tenant;
    session_listing listing;
    shm::boot_clock::time_point since;
  };

  /// Strangers since the last line about them in the log.
  struct refusal_count {
    std::optional<shm::boot_clock::time_point> logged_at;
    std::uint64_t count = 0;
  };

  /// An entry on its way through consensus.
  struct proposal {
    std::uint64_t request_id = 0;
    consensus::octets entry;
    /// The other node that alone can say whether it can be used; 0: none.
    catalog::node_id carried_out_at = 0;
    std::uint32_t attempts = 0;
    /// Of the attempt under way; none while the next one is waited for.
    std::optional<shm::boot_clock::time_point> deadline;
    bool uncertain = false; ///< an attempt may have happened
    /// The leader's word, while these tables do not have the entry.
    std::optional<catalog::outcome> decided;
    std::function<void(const shm::result<catalog::outcome>&)> then;
  };

  catalog_options options;
  elector_actor elector;
  region_keeper_actor keeper;
  region_router_actor router; ///< null: this node is alone

  catalog::machine machine;
  std::optional<shm::error> stopped; ///< a snapshot could not be taken over
  std::deque<catalog::tables_mark> marks;     ///< ascending, of marked entries
  std::optional<catalog::tables_mark> latest; ///< that was asked for
  shm::boot_clock::time_point latest_at{};
  /// Who waits until the cluster has one.
  std::vector<caf::typed_response_promise<cluster_id>> asked_for_id;
  /// Of each tenant, as sessions are looked up in them.
  std::map<std::string, std::vector<rules::principal>> principals;
  bool principals_stale = true; ///< the tables have moved on since

  catalog::join_member self;
  bool entered = false; ///< these tables say that this node is there
  caf::response_promise entering;
  std::optional<shm::boot_clock::time_point> waiting_said_at;
  std::optional<catalog::request_numbers> numbers;
  std::map<std::uint64_t, std::shared_ptr<proposal>> proposals;
  bool deadlines_look = false; ///< deadlines_due is on its way

  refusal_count refusals;
  std::map<caf::actor_addr, session> sessions;
  std::map<std::string, std::uint64_t> sessions_of; ///< by tenant
  std::uint64_t next_session = 1;
};

catalog_actor::behavior_type
catalog(catalog_actor::stateful_pointer<catalog_state> self,
        catalog_options options);

} // namespace holdfast::actors
