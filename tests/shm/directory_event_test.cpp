#include "shm/wait.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <array>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_METHOD(attached_region,
                 "the event word tells that a variable came or went",
                 "[shm][unit]") {
  const auto view = attach(shm::access::read);
  const auto& event = view.attached()->control().event;
  const auto moved_since = [&](std::uint32_t known) {
    const std::array words{shm::futex::expected_word{&event, known}};
    return shm::wait_for_any({}, words, std::chrono::steady_clock::now())
      .has_value();
  };
  const auto before = event.load();
  REQUIRE_FALSE(moved_since(before));

  add_value<double>("late");
  const auto with_it = event.load();
  CHECK(moved_since(before));
  REQUIRE(view.find<double>("late"));

  REQUIRE(owner->remove_variable("late"));
  CHECK(moved_since(with_it));
}
