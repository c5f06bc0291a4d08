#include "config/read_region.hpp"

#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

namespace {

const std::string region_path = "tenants[0].regions[0]";
const std::string variable_path = region_path + ".variables[0]";

} // namespace

TEST_CASE("a region needs its bytes", "[config][unit]") {
  const auto one
    = only_complaint(tenant_with("\"regions\": [{\"name\": \"r\"}]"));

  CHECK(place_of(one) == "4:13 " + region_path + ".bytes");
  CHECK(one.found == "nothing");
  CHECK(one.allowed
        == "a size with its unit (B, KiB, MiB, GiB) from \"64KiB\" to "
           "\"64GiB\"");
}

TEST_CASE("a region does not grow backwards", "[config][unit]") {
  const auto one = only_complaint(tenant_with(
    "\"regions\": [{\"name\": \"r\", \"bytes\": \"2MiB\",\n\"grow_to\": "
    "\"1MiB\"}]"));

  CHECK(place_of(one) == "5:12 " + region_path + ".grow_to");
  CHECK(one.found == "1MiB");
  CHECK(one.allowed == "at least bytes, which is 2MiB");
}

TEST_CASE("a region starts with no more variables than it has room for",
          "[config][unit]") {
  SECTION("in its directory") {
    const auto one
      = only_complaint(region_with("\"variables_max\": 1, \"variables\":\n"
                                   "[{\"name\": \"a\", \"type\": \"u8\"}, "
                                   "{\"name\": \"b\", \"type\": \"u8\"}]"));

    CHECK(place_of(one) == "6:1 " + region_path + ".variables");
    CHECK(one.found == "2 variables");
    CHECK(one.allowed == "at most variables_max, which is 1");
  }
  SECTION("in its memory") {
    const auto one = only_complaint(
      variable_with(R"("kind": "bytes", "capacity": "65KiB")"));

    CHECK(place_of(one) == "5:14 " + region_path + ".variables");
    CHECK(one.found == "capacities of 65KiB together");
  }
}

TEST_CASE("a value needs a type, and a capacity unless it is a scalar",
          "[config][unit]") {
  SECTION("no type") {
    const auto one = only_complaint(variable_with("\"kind\": \"value\""));
    CHECK(place_of(one) == "5:15 " + variable_path + ".type");
    CHECK(one.found == "nothing");
  }
  SECTION("a type of the owner's own") {
    const auto one = only_complaint(variable_with("\"type\": \"struct q\""));
    CHECK(place_of(one) == "5:15 " + variable_path + ".capacity");
    CHECK(one.found == "nothing");
  }
  SECTION("a scalar of another size") {
    const auto one
      = only_complaint(variable_with(R"("type": "f64", "capacity": "4B")"));
    CHECK(place_of(one) == "6:28 " + variable_path + ".capacity");
    CHECK(one.found == "4B");
    CHECK(one.allowed == "\"8B\" or nothing for type \"f64\"");
  }
}

TEST_CASE("bytes, strings and documents need a capacity", "[config][unit]") {
  const auto kind = GENERATE(as<std::string>{}, "bytes", "string", "json");

  const auto one = only_complaint(variable_with("\"kind\": \"" + kind + "\""));

  CHECK(place_of(one) == "5:15 " + variable_path + ".capacity");
  CHECK(one.allowed
        == "a size with its unit (B, KiB, MiB, GiB) from \"1B\" to \"16MiB\"");
}

TEST_CASE("a capacity is bounded", "[config][unit]") {
  const auto size = GENERATE(as<std::string>{}, "0B", "17MiB");

  const auto one = only_complaint(
    variable_with("\"kind\": \"bytes\", \"capacity\": \"" + size + "\""));

  CHECK(place_of(one) == "6:30 " + variable_path + ".capacity");
  CHECK(one.found == "\"" + size + "\"");
}

TEST_CASE("a kind that implies its type takes no other", "[config][unit]") {
  const auto one
    = only_complaint(variable_with(R"("kind": "counter", "type": "u64")"));

  CHECK(place_of(one) == "6:28 " + variable_path + ".type");
  CHECK(one.found == "\"u64\"");
  CHECK(one.allowed == "\"i64\" or nothing for a variable of kind \"counter\"");
}

TEST_CASE("an unknown kind is the only complaint about a variable",
          "[config][unit]") {
  const auto one = only_complaint(variable_with("\"kind\": \"strnig\""));

  CHECK(place_of(one) == "6:9 " + variable_path + ".kind");
  CHECK(one.hint == "did you mean \"string\"?");
}

} // namespace holdfast::config
