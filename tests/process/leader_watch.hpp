// Whom the nodes of a cluster call its leader, asked again and again while a
// test does other things to them.
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

/// Threads: one a node. Members may be called from any.
class leader_watch {
public:
  /// Of a cluster whose nodes have all been started once.
  explicit leader_watch(const node_cluster& cluster);

  /// Every term of which more than one leader was told, with those who told
  /// it, as text; empty: there is none.
  std::string contradictions() const;

  /// Terms of which a leader was told.
  std::size_t terms() const;

private:
  /// Of one term: who leads, and which nodes said so.
  using claims = std::map<std::uint64_t, std::set<std::uint64_t>>;

  void follow(const std::stop_token& stop, std::uint64_t id,
              const client::connect_options& options);
  void note(std::uint64_t id, const wire::fields& told);

  mutable std::mutex mutex_;
  std::condition_variable_any pause_;
  std::map<std::uint64_t, claims> by_term_;
  std::vector<std::jthread> threads_; ///< the last: they use all others
};

} // namespace holdfast::test
