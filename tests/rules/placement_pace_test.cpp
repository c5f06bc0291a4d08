#include "actors/rules/placement_pace.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

std::vector<placement_step>
steps_for(std::initializer_list<const char*> names) {
  std::vector<placement_step> steps;
  for (const auto* name : names) {
    placement_step step;
    step.tenant = "prod";
    step.region = name;
    steps.push_back(step);
  }
  return steps;
}

std::string names_of(const std::vector<placement_step>& steps) {
  std::string names;
  for (const auto& step : steps)
    names += step.region;
  return names;
}

struct two_at_a_time {
  placement_pace pace{{2, 1000ms}};
  std::vector<placement_step> planned = steps_for({"a", "b", "c"});

  std::string begin(std::chrono::milliseconds now) {
    return names_of(pace.begin(now, planned));
  }

  void end(std::chrono::milliseconds now, std::size_t which, bool done) {
    pace.ended(now, planned.at(which), done);
  }
};

} // namespace

TEST_CASE_METHOD(two_at_a_time, "a bounded number of steps is under way",
                 "[rules][placement]") {
  CHECK(begin(0ms) == "ab");
  CHECK(pace.has_open());
  CHECK(begin(1ms).empty());

  end(2ms, 0, true);
  planned = steps_for({"b", "c"});

  CHECK(begin(3ms) == "c");
}

TEST_CASE_METHOD(two_at_a_time, "a step under way is not begun again",
                 "[rules][placement]") {
  planned = steps_for({"a"});

  CHECK(begin(0ms) == "a");
  CHECK(begin(1ms).empty());
  CHECK_FALSE(pace.has_open());

  end(2ms, 0, true);
  CHECK(begin(3ms) == "a");
}

TEST_CASE_METHOD(two_at_a_time,
                 "a refused step waits and the others go on without it",
                 "[rules][placement]") {
  REQUIRE(begin(0ms) == "ab");

  end(10ms, 0, false);
  end(10ms, 1, false);

  CHECK(begin(20ms) == "c");
  end(20ms, 2, true);
  planned.pop_back();
  CHECK(begin(1009ms).empty());
  CHECK(pace.has_open());
  CHECK(begin(1010ms) == "ab");
}

TEST_CASE_METHOD(two_at_a_time,
                 "a region that is not planned any more is forgotten",
                 "[rules][placement]") {
  REQUIRE(begin(0ms) == "ab");
  end(10ms, 0, false);
  end(10ms, 1, true);
  planned.clear();

  CHECK(begin(1010ms).empty());

  CHECK_FALSE(pace.has_open());
}

TEST_CASE_METHOD(two_at_a_time,
                 "a region that has just moved is left in peace for a while",
                 "[rules][placement]") {
  planned = steps_for({"a"});
  planned[0].why = placement_reason::failed;
  REQUIRE(begin(0ms) == "a");
  end(10ms, 0, true);

  planned[0].why = placement_reason::balance;
  CHECK(begin(20ms).empty());
  CHECK(pace.has_open());
  CHECK(begin(3009ms).empty());
  CHECK(begin(3010ms) == "a");

  // Not when its home is down.
  end(3020ms, 0, true);
  planned[0].why = placement_reason::failed;
  CHECK(begin(3030ms) == "a");
}
