#include "actors/rules/quota.hpp"

#include "tests/support/catch.hpp"

#include <limits>

using namespace holdfast::rules;

namespace {

constexpr auto huge = std::numeric_limits<std::uint64_t>::max();

quota small_quota() {
  return quota{{1000, 2, 100, 1}};
}

} // namespace

TEST_CASE("a region is charged until the first limit", "[rules][quota]") {
  auto bytes = small_quota();
  REQUIRE_FALSE(bytes.charge_region({600, 10}));
  CHECK(bytes.charge_region({401, 10})
        == quota_refusal{quota_kind::bytes, 401, 600, 1000});
  CHECK_FALSE(bytes.charge_region({400, 10}));
  CHECK(bytes.charge_region({0, 0})->kind == quota_kind::regions);

  auto variables = small_quota();
  REQUIRE_FALSE(variables.charge_region({1, 60}));
  CHECK(variables.charge_region({1, 41})->kind == quota_kind::variables);
}

TEST_CASE("a refusal charges nothing", "[rules][quota]") {
  auto quota = small_quota();

  REQUIRE(quota.charge_region({1, 101}));

  CHECK(quota.used().regions == 0);
  CHECK(quota.used().bytes == 0);
}

TEST_CASE("what is given back can be charged again", "[rules][quota]") {
  auto quota = small_quota();
  REQUIRE_FALSE(quota.charge_region({1000, 100}));

  quota.refund_region({1000, 100});

  CHECK_FALSE(quota.charge_region({1000, 100}));
}

TEST_CASE("sessions are counted", "[rules][quota]") {
  auto quota = small_quota();
  REQUIRE_FALSE(quota.charge_session());
  CHECK(quota.charge_session()->kind == quota_kind::sessions);

  quota.refund_session();

  CHECK_FALSE(quota.charge_session());
}

TEST_CASE("no size overflows a quota", "[rules][quota]") {
  auto quota = small_quota();
  REQUIRE_FALSE(quota.charge_region({1, 1}));

  CHECK(quota.charge_region({huge, 1})->kind == quota_kind::bytes);
  CHECK(quota.charge_region({1, huge})->kind == quota_kind::variables);
}

TEST_CASE("a refusal says what is left", "[rules][quota]") {
  CHECK(to_string(quota_refusal{quota_kind::bytes, 401, 600, 1000})
        == "the tenant's quota of 1000 bytes has 400 left, 401 needed");
}
