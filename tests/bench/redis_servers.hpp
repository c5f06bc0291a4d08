// A Redis with replicas on this host, and three Sentinels that look after them.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::bench {

class server;

/// Why there cannot be one; empty if there can.
std::string why_no_redis();
std::string why_no_sentinel();

/// One that is written to, and others that follow it. In memory alone.
class redis_servers {
public:
  /// Started, and all linked. Throws when they cannot be.
  redis_servers(std::string directory, std::size_t replicas);
  ~redis_servers();

  /// The first is the one that is written to.
  std::uint16_t port(std::size_t index) const {
    return ports_.at(index);
  }

  server& at(std::size_t index) {
    return *servers_.at(index);
  }

private:
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<server>> servers_;
};

/// Three, of which one is written to, and three Sentinels that take it for down
/// after a second.
std::unique_ptr<consensus_cluster> make_sentinel_cluster(std::string directory);

} // namespace holdfast::bench
