#include "shm/wait.hpp"

#include "shm/wake_word.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <future>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;
using shm::wait_path;

namespace {

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + 10s;
}

std::chrono::steady_clock::time_point now() {
  return std::chrono::steady_clock::now();
}

struct many_variables : attached_region {
  explicit many_variables(std::uint32_t count = 200) {
    const auto writer_view = attach();
    const auto reader_view = attach(shm::access::read);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto name = "v" + std::to_string(i);
      add_value<double>(name);
      written.push_back(writer_view.find<double>(name).assume_value());
      seen.push_back(reader_view.find<double>(name).assume_value());
    }
  }

  std::vector<shm::watched> watch(std::size_t count) const {
    std::vector<shm::watched> all;
    for (std::size_t i = 0; i < count; ++i)
      all.push_back(seen[i].watch_since(seen[i].version()));
    return all;
  }

  bool somebody_watches() const {
    const auto& control = *attached()->map.control;
    return control.variable_watchers.load() + control.region_watchers.load()
           != 0;
  }

  const shm::attachment* attached() const {
    return &seen.front().in();
  }

  std::vector<shm::variable<double>> written;
  std::vector<shm::variable<double>> seen;
};

} // namespace

TEST_CASE_METHOD(many_variables, "a change before the wait ends it at once",
                 "[shm][unit]") {
  REQUIRE(written[0].store(1.0));

  CHECK(seen[0].wait_for_change(0, now()).assume_value() == 1);
  CHECK(seen[0].wait_for_change(1, now()).assume_error() == errc::timeout);
}

TEST_CASE_METHOD(many_variables, "a sleeper on a read-only mapping is woken",
                 "[shm][unit]") {
  const auto path = GENERATE(wait_path::best, wait_path::change_word);
  auto woken = std::async(std::launch::async, [&] {
    return seen[0].wait_for_change(0, soon(), path);
  });
  while (!somebody_watches())
    std::this_thread::yield();

  REQUIRE(written[0].store(1.0));

  CHECK(woken.get().assume_value() == 1);
}

TEST_CASE_METHOD(many_variables, "any of many variables wakes, and is named",
                 "[shm][unit]") {
  const auto count = GENERATE(2UL, 127UL, 128UL, 200UL);
  const auto path = GENERATE(wait_path::best, wait_path::change_word);
  INFO(count);
  const auto all = watch(count);
  auto woken = std::async(std::launch::async,
                          [&] { return shm::wait_for_any(all, soon(), path); });
  while (!somebody_watches())
    std::this_thread::yield();

  REQUIRE(written[count - 1].store(1.0));

  CHECK(woken.get().assume_value() == count - 1);
}

TEST_CASE_METHOD(many_variables, "removal and fencing end a wait",
                 "[shm][unit]") {
  const auto path = GENERATE(wait_path::best, wait_path::change_word);
  const auto wait = [&] {
    return std::async(std::launch::async, [&] {
      return seen[0].wait_for_change(0, soon(), path).assume_error();
    });
  };

  auto removed = wait();
  while (!somebody_watches())
    std::this_thread::yield();
  REQUIRE(owner->remove_variable("v0"));
  CHECK(removed.get() == errc::removed);

  auto fenced = std::async(std::launch::async, [&] {
    return seen[1].wait_for_change(0, soon(), path).assume_error();
  });
  owner->set_state(shm::layout::region_state::moved);
  CHECK(fenced.get() == errc::fenced);
}

TEST_CASE("variables of two regions are waited for together", "[shm][unit]") {
  const auto path = GENERATE(wait_path::best, wait_path::change_word);
  const auto count = GENERATE(1UL, 100UL);
  many_variables a;
  many_variables b;
  auto both = a.watch(count);
  for (const auto& variable : b.watch(count))
    both.push_back(variable);
  auto woken = std::async(
    std::launch::async, [&] { return shm::wait_for_any(both, soon(), path); });
  while (!b.somebody_watches())
    std::this_thread::yield();

  REQUIRE(b.written[0].store(1.0));

  CHECK(woken.get().assume_value() == count);
}

TEST_CASE_METHOD(many_variables, "a ring ends a wait for variables",
                 "[shm][unit]") {
  const auto path = GENERATE(wait_path::best, wait_path::change_word);
  const auto count = GENERATE(0UL, 1UL, 127UL, 200UL);
  INFO(count);
  shm::wake_word wake;
  const auto all = watch(count);
  const auto wait = [&](std::uint32_t answered, auto until) {
    const std::array words{wake.answered(answered)};
    return shm::wait_for_any(all, words, until, path);
  };
  auto woken = std::async(std::launch::async, [&] { return wait(0, soon()); });
  while (count != 0 && !somebody_watches())
    std::this_thread::yield();

  wake.ring();

  CHECK(woken.get().assume_value() == count);
  CHECK(wait(0, now()).assume_value() == count);
  CHECK(wait(1, now()).assume_error() == errc::timeout);
}

TEST_CASE_METHOD(many_variables, "waiting for nothing is refused",
                 "[shm][unit]") {
  CHECK(shm::wait_for_any({}, now()).assume_error() == errc::bad_argument);
}

TEST_CASE_METHOD(many_variables, "the last of many stores is never missed",
                 "[shm][unit]") {
  const auto path = GENERATE(wait_path::best, wait_path::change_word);
  constexpr int rounds = 2000;
  auto follower = std::async(std::launch::async, [&] {
    std::uint64_t version = 0;
    while (version < rounds) {
      const auto next = seen[0].wait_for_change(version, soon(), path);
      if (!next)
        return next.assume_error();
      version = next.assume_value();
    }
    return errc::ok;
  });

  for (int i = 0; i < rounds; ++i)
    REQUIRE(written[0].store(i));

  CHECK(follower.get() == errc::ok);
}
