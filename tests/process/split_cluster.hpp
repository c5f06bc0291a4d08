// A cluster whose nodes each live in a network of their own.
#pragma once

#include "tests/process/node_cluster.hpp"

namespace holdfast::test {

struct split_cluster {
  explicit split_cluster(std::size_t count) : network{count} {
    // nop
  }

  split_network network;
  issued_files issued;
  node_cluster nodes{network, issued};
};

} // namespace holdfast::test
