#include "config/defaults.hpp"
#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

namespace {

std::string repeated(std::size_t count, std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += part;
  return text;
}

} // namespace

TEST_CASE("nesting is bounded, and its place is told", "[config][unit]") {
  const auto one = only_complaint(repeated(500000, "["));

  CHECK(place_of(one) == "1:17 ");
  CHECK(one.found == "more than 16 levels of nesting");
  CHECK(one.allowed == "at most 16");
}

TEST_CASE("a file is bounded in bytes", "[config][unit]") {
  const std::string blanks(file_bytes_max - 2, ' ');

  CHECK(load_text("{}" + blanks, "test.json").ok());
  const auto one = only_complaint("{}" + blanks + " ");
  CHECK(one.found == "more than 1048576 bytes");
  CHECK(one.allowed == "at most 1048576");
}

TEST_CASE("a zero byte does not hide what follows it", "[config][unit]") {
  using namespace std::string_literals;

  const auto one = only_complaint("{}\n \0 {\"node\": 1}"s);

  CHECK(place_of(one) == "2:2 ");
  CHECK(one.found == "a zero byte");
}

TEST_CASE("complaints are bounded, and the last says so", "[config][unit]") {
  const auto text = "{" + repeated(20000, "\"nodes\": 1,") + "\"node\": {}}";

  const auto loaded = load_text(text, "test.json");

  CHECK(loaded.complaints.size() == complaints_max);
  CHECK(loaded.complaints.back().hint
        == "and there may be more: only the first 200 complaints are shown");
}

TEST_CASE("a long or broken text is shortened in a complaint",
          "[config][unit]") {
  const auto long_value
    = only_complaint("{\"node\": {\"name\": \"" + repeated(40, "ä") + "\"}}");
  CHECK(long_value.found == "\"" + repeated(30, "ä") + "…\"");

  const auto long_key
    = only_complaint("{\"" + repeated(100000, "k") + "\": 1}");
  CHECK(long_key.path == "\"" + repeated(60, "k") + "…\"");
  CHECK(long_key.hint.empty());

  const auto long_number
    = only_complaint("{\"node\": {\"id\": " + repeated(100, "1") + "}}");
  CHECK(long_number.found == repeated(60, "1") + "…");
}

TEST_CASE("a path shows no control character of a key", "[config][unit]") {
  const auto one = only_complaint("{\"a\\nb\": 1}");

  CHECK(one.path == "\"a\\x0ab\"");
}

TEST_CASE("text that is not UTF-8 is refused at its place", "[config][unit]") {
  const auto one = only_complaint("{\"\xC3(\": 1}");

  CHECK(one.line == 1);
  CHECK(one.found == "an invalid string: ill-formed UTF-8 byte");
}

TEST_CASE("a list longer than its bound is not read", "[config][unit]") {
  const auto one
    = only_complaint("{\"tenants\": [" + repeated(1024, "1,") + "1]}");

  CHECK(one.path == "tenants");
  CHECK(one.found == "a list of 1025");
  CHECK(one.allowed == "a list of 0 to 1024 tenants");
}

} // namespace holdfast::config
