// How a region's actor is started in tests.
#pragma once

#include "actors/tenant_region.hpp"
#include "tests/support/stepped_system.hpp"

namespace holdfast::test {

inline actors::tenant_region_options
tenant_region_options_of(stepped_system& in,
                         std::shared_ptr<shm::region> memory) {
  using namespace std::chrono_literals;
  actors::tenant_region_options options;
  options.region = std::move(memory);
  options.rule.lease = 300ms;
  options.rule.beat = 100ms;
  options.rule.tick = 20ms;
  options.rule.ask_again = 20ms;
  options.rule.resend = 100ms;
  options.rule.message_bytes_max = 2000;
  options.rule.together_bytes_max = 1000;
  options.attach_patience = 5000ms;
  options.packet_bytes_max = 1 << 10;
  options.message_bytes_max = 1 << 20;
  options.now = in.now();
  options.log = in.log();
  return options;
}

} // namespace holdfast::test
