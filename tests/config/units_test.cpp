#include "config/units.hpp"

#include "config/defaults.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

TEST_CASE("a size is a number with its unit", "[config][unit]") {
  CHECK(parse_size("0B") == 0U);
  CHECK(parse_size("17B") == 17U);
  CHECK(parse_size("64KiB") == 64 * kibibyte);
  CHECK(parse_size("512MiB") == 512 * mebibyte);
  CHECK(parse_size("1.5GiB") == 1536 * mebibyte);
  CHECK(parse_size("18446744073709551615B") == UINT64_MAX);
}

TEST_CASE("a duration is a number with its unit", "[config][unit]") {
  CHECK(parse_duration("250ms") == 250U);
  CHECK(parse_duration("2.5s") == 2500U);
  CHECK(parse_duration("0.001s") == 1U);
  CHECK(parse_duration("1min") == 60000U);
  CHECK(parse_duration("0.5h") == 1800000U);
}

TEST_CASE("what is not exactly a size is none", "[config][unit]") {
  const auto text = GENERATE(
    as<std::string>{}, "", "B", "12", "1.B", ".5KiB", "1.5B", "1 KiB", "1KB",
    "1kib", "-1B", "+1B", "1KiBB", "0x1B", "1,5KiB", "18446744073709551616B",
    "17179869184GiB", "1.0000000001GiB", "99999999999999999999999999B");

  CHECK(parse_size(text) == std::nullopt);
}

TEST_CASE("what is not exactly a duration is none", "[config][unit]") {
  const auto text = GENERATE(as<std::string>{}, "", "s", "5", "5us", "0.5ms",
                             "1.0005s", "5 s", "5S", "-5s");

  CHECK(parse_duration(text) == std::nullopt);
}

TEST_CASE("a printed size or duration is read as the same", "[config][unit]") {
  CHECK(print_size(0) == "0B");
  CHECK(print_size(1536) == "1536B");
  CHECK(print_size(64 * kibibyte) == "64KiB");
  CHECK(print_duration(0) == "0ms");
  CHECK(print_duration(2500) == "2500ms");
  CHECK(print_duration(60000) == "1min");
  const auto number
    = GENERATE(as<std::uint64_t>{}, 0, 1, 999, 1000, 1024, 60000, 3600000,
               mebibyte, gibibyte + 1, UINT64_MAX);
  CHECK(parse_size(print_size(number)) == number);
  CHECK(parse_duration(print_duration(number)) == number);
}

TEST_CASE("a usual slip in a unit is understood for the hint",
          "[config][unit]") {
  CHECK(suggest_size("512MB") == "512MiB");
  CHECK(suggest_size("1.5 g") == "1.5GiB");
  CHECK(suggest_size("64 bytes") == "64B");
  CHECK(suggest_duration("5 seconds") == "5s");
  CHECK(suggest_duration("10M") == "10min");
  CHECK(suggest_size("many") == "");
  CHECK(suggest_size("5 parsecs") == "");
  CHECK(suggest_size("1.2.3kb") == "");
  CHECK(suggest_duration("") == "");
}

} // namespace holdfast::config
