#include "shm/client/turn.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <future>
#include <thread>
#include <vector>

using namespace holdfast;
using namespace std::chrono_literals;
using client::turn;
using client::turn_holder;

namespace {

auto in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

} // namespace

TEST_CASE("a turn that is taken is waited for until the deadline",
          "[shm][client][turn]") {
  turn shared;
  REQUIRE(shared.take(in(0ms)));
  const auto until = in(20ms);

  CHECK_FALSE(shared.take(until));

  CHECK(std::chrono::steady_clock::now() >= until);
  shared.give_back();
  CHECK(shared.take(in(0ms)));
}

TEST_CASE("who sleeps gets the turn when it is given back",
          "[shm][client][turn]") {
  turn shared;
  REQUIRE(shared.take(in(0ms)));
  auto sleeper = std::async(std::launch::async,
                            [&shared] { return shared.take(in(10s)); });
  CHECK(sleeper.wait_for(20ms) == std::future_status::timeout);

  const auto start = std::chrono::steady_clock::now();
  shared.give_back();

  CHECK(sleeper.get());
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}

TEST_CASE("one thread at a time has its turn", "[shm][client][turn]") {
  turn shared;
  int passed = 0; // not atomic: the turn protects it

  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 20'000; ++n) {
          if (!shared.take(in(10s)))
            return;
          const turn_holder held{shared};
          passed = passed + 1;
        }
      });
  }

  CHECK(passed == 80'000);
}
