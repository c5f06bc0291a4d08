// Takes part in consensus: drives the core with time and with what is heard,
// and carries out what it asks for. Decides nothing itself. Talks to its log
// store, to the machine that agreed entries drive, and to the electors of other
// nodes.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "shm/clock.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace holdfast::actors {

struct elector_options {
  /// `who` is set from the store, once the log is loaded.
  consensus::core_options core;
  /// What the cluster begins with, the same on all its first members; without
  /// members the node waits to be added to a cluster.
  consensus::membership first_members;
  log_store_actor store;
  machine_actor machine;
  std::size_t packet_bytes_max = 0;
  std::size_t proposals_max = 0;
  std::size_t watchers_max = 0;
  std::chrono::milliseconds proposal_deadline{};
  std::chrono::milliseconds proposal_retry{};
  std::function<shm::boot_clock::time_point()> now;
  log_function log;
};

struct elector_state {
  static constexpr const char* name = "elector";

  /// Somebody waits for an answer.
  struct proposal {
    consensus::octets command;
    bool forwarded = false;
    consensus::node_id asker = 0; ///< which member has forwarded it
    consensus::node_id carried_out_at = 0;
    consensus::instant deadline{};
    caf::typed_response_promise<proposal_result> answer;
  };

  using proposal_pointer = std::shared_ptr<proposal>;

  /// A transfer is answered without an entry.
  using open_transfer = caf::response_promise;

  elector_options options;
  std::unique_ptr<consensus::core> core; ///< null until the log is loaded
  bool takes_part = true;
  /// Its log is empty and others have begun: perhaps it had another one, and
  /// forgot with it what it promised.
  bool waits_for_others = false;
  std::map<consensus::node_id, peer_elector_actor> routes;
  std::vector<leadership_watcher_actor> watchers;
  leadership known;
  std::optional<consensus::instant> armed; ///< when the next tick comes

  std::uint64_t proposals = 0; ///< under way, wherever they are
  std::deque<proposal_pointer> waiting;
  bool look_queued = false; ///< proposals_due is on its way
  bool look_timed = false;  ///< and this one is a timer
  std::size_t stores = 0;   ///< under way: requests to the store
  consensus::request_id last_request = 0;
  std::map<consensus::request_id, proposal_pointer> at_core;
  std::map<consensus::request_id, open_transfer> transfers;
  std::map<consensus::log_index, proposal_pointer> at_machine;
};

elector_actor::behavior_type
elector(elector_actor::stateful_pointer<elector_state> self,
        elector_options options);

} // namespace holdfast::actors
