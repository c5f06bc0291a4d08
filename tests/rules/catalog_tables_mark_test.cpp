#include "actors/rules/catalog/tables_mark.hpp"
#include "tests/support/catch.hpp"

using holdfast::catalog::first_difference;
using marks = std::vector<holdfast::catalog::tables_mark>;

TEST_CASE("tables differ at the first entry that both have a mark of",
          "[rules][catalog]") {
  const marks ours{{8, "a"}, {16, "b"}, {24, "c"}, {30, "d"}};

  CHECK_FALSE(first_difference(ours, ours));
  CHECK(first_difference(ours, {{16, "b"}, {24, "x"}, {30, "x"}}) == 24);
  CHECK(first_difference({{24, "x"}}, ours) == 24);
}

TEST_CASE("without a common mark nothing is known to differ",
          "[rules][catalog]") {
  CHECK_FALSE(first_difference({{8, "a"}, {17, "b"}}, {{16, "c"}, {18, "d"}}));
  CHECK_FALSE(first_difference({}, {{16, "c"}}));
  CHECK_FALSE(first_difference({{16, "c"}}, {}));
}
