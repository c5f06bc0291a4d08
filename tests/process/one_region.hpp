// A node with one region, and a client of it.
#pragma once

#include "shm/client/connection.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

namespace holdfast::test {

inline constexpr auto one_region = R"([{"name": "quotes", "bytes": "1MiB",
  "variables": [{"name": "bid", "type": "f64", "capacity": "8B"}]}])";

/// Fails the test, with the node's log, when it is not let in.
inline client::connection connect(const real_node& node) {
  client::connect_options options;
  options.socket = node.socket();
  options.client = "process_test";
  auto connected = client::connection::connect(options);
  if (!connected)
    FAIL(connected.assume_error().message() << "\n" << node.log());
  return std::move(connected).assume_value();
}

} // namespace holdfast::test
