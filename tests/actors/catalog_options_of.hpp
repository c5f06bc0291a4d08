// How tests start a catalog.
#pragma once

#include "actors/catalog.hpp"
#include "tests/support/stepped_system.hpp"

namespace holdfast::test {

inline actors::catalog_options catalog_options_of(stepped_system& in,
                                                  std::uint64_t node = 1) {
  using namespace std::chrono_literals;
  actors::catalog_options made;
  made.node_id = node;
  made.requests_max = 256;
  made.proposal_deadline = 7000ms;
  made.proposal_retry = 200ms;
  made.attempts_max = 3;
  made.now = in.now();
  made.wall_now = [] { return std::chrono::system_clock::time_point{1s}; };
  made.log = in.log();
  return made;
}

} // namespace holdfast::test
