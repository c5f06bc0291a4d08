// What befalls a cluster in a test of chance: a few of its nodes are killed,
// frozen or cut off, and later all is well again. A seed tells it all.
#pragma once

#include "tests/process/node_cluster.hpp"

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace holdfast::test {

enum class trouble {
  killed,        ///< SIGKILL
  frozen,        ///< SIGSTOP
  cut_off,       ///< no packets either way
  hears_none,    ///< what others send to them is lost
  heard_by_none, ///< what they send to others is lost
  all_killed,    ///< every node of the cluster, at once
};

class cluster_troubles {
public:
  /// Both outlive it; the nodes run.
  cluster_troubles(node_cluster& cluster, const split_network& network,
                   std::uint64_t seed);

  /// The next one. Every kind comes once before one comes again, and half of
  /// them befall this leader.
  void begin(std::uint64_t leader);

  /// Until all whom it spares know that the others are down, and follow one
  /// among themselves.
  bool is_felt(std::chrono::seconds patience) const;

  /// Those whom it spares: a majority, or all when it is over already.
  std::set<std::uint64_t> spared() const;

  /// Killed nodes are started, frozen ones go on, packets pass.
  void end();

  /// "frozen 1 4", for a test that fails.
  std::string told() const;

private:
  trouble next_kind();
  std::set<std::uint64_t> draw_victims(std::uint64_t leader);
  void kill_and_restart_all();

  node_cluster& cluster_;
  const split_network& network_;
  std::mt19937_64 dice_;
  std::vector<trouble> to_come_;
  trouble kind_ = trouble::killed;
  std::set<std::uint64_t> victims_;
};

} // namespace holdfast::test
