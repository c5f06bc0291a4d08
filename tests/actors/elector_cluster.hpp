// Electors with their stores and machines, all on one thread, connected by
// routes that can be cut.
#pragma once

#include "actors/elector.hpp"
#include "actors/log_store.hpp"
#include "tests/support/memory_storage.hpp"
#include "tests/support/stepped_system.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::test {

/// What a machine was driven with.
struct machine_record {
  std::vector<std::string> commands;
  consensus::log_index last = 0;
  int restores = 0;
};

/// Answers each command with its own text and a "!".
actors::machine_actor::behavior_type
recording_machine(actors::machine_actor::pointer self,
                  std::shared_ptr<machine_record> record);

struct leadership_record {
  std::vector<leadership> heard;
};

actors::leadership_watcher_actor::behavior_type
recording_watcher(actors::leadership_watcher_actor::pointer self,
                  std::shared_ptr<leadership_record> record);

class elector_cluster : public stepped_system {
public:
  struct node {
    std::shared_ptr<kept_log> kept;
    std::shared_ptr<machine_record> record;
    actors::log_store_actor store;
    actors::machine_actor machine;
    actors::elector_actor elector;
    bool joins = false; ///< it is started as one that others let in
  };

  /// Nodes 1 to `count`, all voters.
  explicit elector_cluster(int count);

  node& at(consensus::node_id id) {
    return nodes_.at(id);
  }

  /// All its actors end; the disk stays.
  void kill(consensus::node_id id);
  /// On the disk that it left.
  void restart(consensus::node_id id);

  /// As one that lost its disk and knows that others have begun.
  void restart_without_log(consensus::node_id id);

  void cut(consensus::node_id one, consensus::node_id other);
  void connect(consensus::node_id one, consensus::node_id other);

  /// Until some node serves as leader; answers which. Fails after ten seconds.
  consensus::node_id await_leader();

  leadership leader_seen_by(consensus::node_id id);
  answered<proposal_result> propose(consensus::node_id at,
                                    const std::string& command);

private:
  void start_node(consensus::node_id id);
  void route(consensus::node_id from, consensus::node_id to);

  consensus::membership members_;
  std::map<consensus::node_id, node> nodes_;
  std::uint64_t starts_ = 0;
};

consensus::octets octets_of(const std::string& text);

} // namespace holdfast::test
