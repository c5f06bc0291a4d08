// Several holdfast-node processes that form one cluster on this host, over
// loopback or each in a network of its own.
#pragma once

#include "apps/processes/split_network.hpp"
#include "shm/client/connection.hpp"
#include "tests/runtime/issued_files.hpp"
#include "tests/support/real_node.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace holdfast::test {

using processes::split_network;

/// What a node tells of its cluster.
struct told_status {
  bool heard = false; ///< it answered
  std::uint64_t total = 0, healthy = 0, down = 0, leader = 0, term = 0;
  bool quorum = false;
  std::string role;
};

/// How a node names its cluster and reaches the others.
struct list_style {
  std::string name = "test";
  std::string transport = R"("transport": "insecure-loopback")";
  std::uint64_t up_to = ~std::uint64_t{0}; ///< the last id of the list
  std::string health = "fast";             ///< the profile
};

/// With a certificate that is issued for that node.
list_style over_tls(const issued_files& issued, std::uint64_t node);

/// The rows of an answer; null: it is none, or has none.
const wire::rows* rows_of(const shm::result<wire::fields>& heard);

class node_cluster {
public:
  /// Ids 1 to `count`, with the static list of all; not started.
  explicit node_cluster(std::size_t count);

  /// One at each place of the network, which outlives them, with certificates.
  node_cluster(const split_network& network, const issued_files& issued);

  /// Starts it, the first time or again.
  void start(std::uint64_t id);
  void start_all();
  void kill(std::uint64_t id);

  /// Its data directory is lost. It must not run.
  void forget(std::uint64_t id);

  real_node& at(std::uint64_t id) {
    return *nodes_.at(id);
  }

  std::uint16_t port(std::uint64_t id) const {
    return ports_.at(id - 1);
  }

  std::set<std::uint64_t> all() const;

  /// host:port where the others reach it.
  std::string address(std::uint64_t id) const {
    return hosts_.at(id - 1) + ":" + std::to_string(port(id));
  }

  /// What is written for a node in the place of the static list.
  void describe(std::uint64_t id, std::string text);

  /// What is written for the tenant's quota in that node's file alone.
  void describe_quota(std::uint64_t id, std::string text);

  /// A line of that node's log has all of these words, before long.
  bool says(std::uint64_t id, const std::vector<std::string>& words);

  /// The members of its `cluster` section: the list of all, in this way.
  std::string list_for(std::uint64_t id, const list_style& style) const;

  /// As many, without a list: `more` says how it finds the others.
  std::string found_by(std::uint64_t id, const std::string& more) const;

  /// Its row in what a node tells of the members; empty: it is none.
  wire::fields member_seen_by(std::uint64_t at, std::uint64_t id) const;

  /// How a client of this host comes in at a node that has been started once.
  client::connect_options door(std::uint64_t id) const;

  /// The row of a region in what a node tells of all; empty: there is none.
  wire::fields region_seen_by(std::uint64_t at,
                              const std::string& region) const;

  /// The row of a command's answer that has that number there.
  wire::fields row_seen_by(std::uint64_t at, const std::string& command,
                           std::string_view column, std::uint64_t number) const;

  told_status status(std::uint64_t id) const;

  /// A command at a node, with a connection of its own.
  shm::result<wire::fields> call(std::uint64_t id, const std::string& command,
                                 wire::fields fields = {}) const;

  /// Until all of these say that the same one of them leads; 0: they do not.
  std::uint64_t await_leader(const std::set<std::uint64_t>& among,
                             std::chrono::seconds patience
                             = std::chrono::seconds{30}) const;

  /// Until all of these say that this one leads.
  bool await_leader_at(const std::set<std::uint64_t>& among,
                       std::uint64_t leader,
                       std::chrono::seconds patience
                       = std::chrono::seconds{30}) const;

  /// Until this one answers, and what it answers is that nobody leads.
  bool await_no_leader(std::uint64_t id, std::chrono::seconds patience
                                         = std::chrono::seconds{30}) const;

  /// All logs, for a test that fails.
  std::string logs() const;

private:
  std::vector<std::string> hosts_;
  std::vector<std::uint16_t> ports_;
  const split_network* network_ = nullptr; ///< null: loopback
  std::map<std::uint64_t, std::string> sections_;
  std::map<std::uint64_t, std::string> quotas_;
  std::map<std::uint64_t, std::unique_ptr<real_node>> nodes_;
  std::set<std::uint64_t> running_;
};

} // namespace holdfast::test
