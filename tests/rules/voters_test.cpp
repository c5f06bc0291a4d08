#include "actors/rules/voters.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

/// Node 1 leads, at a second; 2 and 3 vote, 4 follows.
const std::vector<member_progress> members{{1, true, 40, 1000ms, true},
                                           {2, true, 0, {}, true},
                                           {3, true, 40, 950ms, true},
                                           {4, false, 40, 950ms, true}};

} // namespace

TEST_CASE("only other voters could lead", "[rules][voters]") {
  const auto voters = other_voters(members, 1, {3});

  REQUIRE(voters.size() == 2);
  CHECK(voters[0].id == 2);
  CHECK(voters[1].id == 3);
  CHECK(voters[1].draining);
  CHECK_FALSE(voters[0].draining);
}

TEST_CASE("one that never answered has nothing of the log", "[rules][voters]") {
  CHECK_FALSE(other_voters(members, 1, {})[0].caught_up);
  CHECK_FALSE(may_vote(members, 2, 1000ms, 300ms));
  CHECK(may_vote(members, 4, 1000ms, 300ms));
  CHECK_FALSE(may_vote(members, 4, 1300ms, 300ms));
  CHECK_FALSE(may_vote(members, 5, 1000ms, 300ms));
}

TEST_CASE("the lowest that answers and is not emptied could lead",
          "[rules][voters]") {
  CHECK(lowest_fit(other_voters(members, 1, {}), 1000ms, 300ms) == 3);
  CHECK(lowest_fit(other_voters(members, 1, {}), 1300ms, 300ms) == 0);
  CHECK(lowest_fit(other_voters(members, 1, {3}), 1000ms, 300ms) == 0);
}
