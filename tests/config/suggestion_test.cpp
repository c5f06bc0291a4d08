#include "config/suggestion.hpp"

#include "tests/support/catch.hpp"

namespace holdfast::config {

TEST_CASE("the nearest known word is meant", "[config][unit]") {
  const std::vector<std::string_view> known{"read", "write", "create",
                                            "automatic", "sessions_max"};

  CHECK(nearest("raed", known) == "read");
  CHECK(nearest("craete", known) == "create");
  CHECK(nearest("auto", known) == "automatic");
  CHECK(nearest("session_max", known) == "sessions_max");
  CHECK(nearest("READ", known) == "read");
}

TEST_CASE("a word that is near to none means none", "[config][unit]") {
  const std::vector<std::string_view> known{"read", "write"};

  CHECK(nearest("", known).empty());
  CHECK(nearest("lease", known).empty());
  CHECK(nearest("x", known).empty());
  CHECK(nearest(std::string(100000, 'r'), known).empty());
  CHECK(nearest("read", {}).empty());
}

} // namespace holdfast::config
