// Cores in one process over a perfect network and disks that a test can stop.
//
// Nothing happens by itself: `run` moves the clock a millisecond at a time and
// delivers in the order in which things were said.
#pragma once

#include "actors/consensus/core.hpp"
#include "actors/consensus/membership.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace holdfast::tests {

using namespace std::chrono_literals;

consensus::octets bytes_of(std::string_view text);
consensus::membership voters(std::initializer_list<consensus::node_id> ids);

struct cluster_node {
  std::unique_ptr<consensus::core> core; ///< none: it is down
  consensus::stored_log disk;
  std::deque<std::pair<consensus::write_number, consensus::write>> queued;
  bool disk_stopped = false;
  std::uint64_t starts = 0;
  std::vector<consensus::applied_entry> applied; ///< since the last restore
  std::optional<consensus::snapshot> restored;
  std::vector<consensus::ended_request> ended;
  std::vector<consensus::refused_message> refused;
  std::string fatal;

  /// The texts of the commands that were applied, joined by spaces.
  std::string story() const;
  /// How the request ended last; nothing if it is under way.
  std::optional<consensus::outcome> ending(consensus::request_id id) const;
};

class cluster {
public:
  /// The first members, each with its database written for the first time.
  explicit cluster(std::initializer_list<consensus::node_id> ids,
                   consensus::core_options settings = {});

  cluster_node& operator[](consensus::node_id id) {
    return nodes_.at(id);
  }

  /// A node that is no member yet.
  void join(consensus::node_id id);
  /// One that joins and is agreed on.
  void add_learner(consensus::node_id leader, consensus::node_id id);
  void start(consensus::node_id id);
  /// What is queued for its disk is lost.
  void kill(consensus::node_id id);

  void run(std::chrono::milliseconds time);
  /// Until it holds; false when it does not within `limit`.
  bool run_until(const std::function<bool()>& holds,
                 std::chrono::milliseconds limit = 10s);

  /// Of the highest term; 0: none.
  consensus::node_id leader();
  /// Runs until one leads and serves.
  consensus::node_id elect();
  void cut(consensus::node_id one, consensus::node_id other);
  void isolate(consensus::node_id id);
  void heal();

  /// Asks node `at`; its number is the request's.
  consensus::request_id submit(consensus::node_id at, std::string_view text);
  consensus::request_id change(consensus::node_id at,
                               consensus::change::step what,
                               consensus::node_id subject);
  consensus::request_id transfer(consensus::node_id from,
                                 consensus::node_id to);

  void deliver(consensus::message said);
  void take(consensus::node_id id, consensus::actions asked);

  /// Sees each message before it travels; false: it is lost.
  std::function<bool(consensus::message&)> on_message;
  consensus::instant now{1000};

private:
  void sync(consensus::node_id id);
  void millisecond();

  consensus::core_options settings_;
  std::map<consensus::node_id, cluster_node> nodes_;
  std::deque<consensus::message> network_;
  std::set<std::pair<consensus::node_id, consensus::node_id>> cut_;
  consensus::request_id last_request_ = 0;
};

} // namespace holdfast::tests
