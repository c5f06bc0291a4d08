// Three servers of NATS on this host, with one bucket of JetStream's key-value
// store that all three hold, in memory.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::bench {

class server;

/// Why there cannot be one; empty if there can.
std::string why_no_nats();

class nats_cluster {
public:
  /// Started, with the bucket. Throws when they do not come up.
  explicit nats_cluster(std::string directory);
  ~nats_cluster();

  /// Puts 64 bytes under a key of its own, at the server that leads the bucket.
  std::unique_ptr<decider> connect();

private:
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<server>> servers_;
  std::size_t leader_ = 0;
  std::size_t clients_ = 0;
};

} // namespace holdfast::bench
