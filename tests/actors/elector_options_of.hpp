// What every elector of a test has in common.
#pragma once

#include "actors/consensus/membership.hpp"
#include "actors/elector.hpp"
#include "tests/support/stepped_system.hpp"

namespace holdfast::test {

/// All but its store and its machine. The seed is the node's id.
inline actors::elector_options
elector_options_of(stepped_system& test, consensus::node_id self,
                   const consensus::membership& members) {
  using namespace std::chrono_literals;
  actors::elector_options options;
  options.core.self = self;
  options.core.seed = static_cast<std::uint32_t>(self);
  options.core.cluster = consensus::digest_of(members);
  options.first_members = members;
  options.packet_bytes_max = 1 << 20;
  options.proposals_max = 8;
  options.watchers_max = 2;
  options.proposal_deadline = 2000ms;
  options.proposal_retry = 20ms;
  options.now = test.now();
  options.log = test.log();
  return options;
}

} // namespace holdfast::test
