#include "runtime/peer_cast.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("nodes of another profile have other settings, whatever its interval",
          "[runtime][peer_cast]") {
  config::cluster_section slow;
  auto fast = slow;
  fast.health.profile = config::health_profile::fast;
  REQUIRE(fast.health.interval == slow.health.interval);

  CHECK(runtime::settings_of(slow, 900ms) == runtime::settings_of(slow, 900ms));
  CHECK(runtime::settings_of(fast, 900ms) != runtime::settings_of(slow, 900ms));
}
