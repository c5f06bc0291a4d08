// Clients that have regions created while nodes fail, and what each was told.
//
// Every name is asked for once, so what is found in the end tells of each
// request whether it happened.
#pragma once

#include "tests/process/node_cluster.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::test {

/// Threads: one client a node. Members may be called from any.
class region_history {
public:
  /// Of a cluster whose nodes have all been started once.
  explicit region_history(const node_cluster& cluster);

  /// Each client goes on until it got this many more acknowledged. What fails
  /// is asked for again, by another name.
  void want(std::size_t acknowledged);

  /// No further requests; those under way are answered or given up.
  void end();

  /// The names that were answered with this; ok: it was acknowledged.
  std::set<std::string> answered(shm::errc with) const;

  /// How many were acknowledged to the clients of these nodes.
  std::size_t acknowledged_at(const std::set<std::uint64_t>& nodes) const;

  /// How often each answer was given, for a test that fails.
  std::string summary() const;

private:
  void ask(const std::stop_token& stop, std::uint64_t id,
           const client::connect_options& options);
  bool is_wanted(const std::stop_token& stop, std::uint64_t id);
  void wait_a_little(const std::stop_token& stop);
  void note(std::uint64_t id, const std::string& region, shm::errc answer);

  mutable std::mutex mutex_;
  std::condition_variable_any pause_;
  std::map<shm::errc, std::set<std::string>> answers_;
  std::map<std::uint64_t, std::size_t> acknowledged_, wanted_;
  std::vector<std::jthread> threads_; ///< the last: they use all others
};

} // namespace holdfast::test
