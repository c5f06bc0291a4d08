// Values that programs store through their sessions at whichever node: they end
// up at the home, each once, whoever dies meanwhile.
#include "tests/process/held_by_three.hpp"

#include <atomic>
#include <cstring>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

namespace {

wire::bytes bytes_of(std::uint64_t value) {
  wire::bytes out(sizeof(value));
  std::memcpy(out.data(), &value, sizeof(value));
  return out;
}

std::uint64_t number_in(const client::loaded_value& loaded) {
  std::uint64_t value = 0;
  REQUIRE(loaded.value.size() == sizeof(value));
  std::memcpy(&value, loaded.value.data(), sizeof(value));
  return value;
}

client::connection patient(held_by_three& in, std::uint64_t node) {
  auto made = client::connection::connect(
    {in.cluster.at(node).socket(), "prod", "session_store_test", 30s});
  REQUIRE(made);
  return std::move(made).assume_value();
}

} // namespace

TEST_CASE("a attached_program stores and confirms at a home on another node",
          "[process][cluster][session_store]") {
  held_by_three in;
  const auto far = patient(in, 2);

  CHECK(far.load("orders", "count").error().code == errc::no_value);
  CHECK(far.store("orders", "count", bytes_of(41)).value() == 1);
  CHECK(far.store("orders", "count", bytes_of(42), 1).value() == 2);
  CHECK(far.store("orders", "count", bytes_of(43), 1).error().code
        == errc::version_conflict);
  CHECK(far.store("orders", "missing", bytes_of(1)).error().code
        == errc::no_such_variable);

  const auto newest = patient(in, 3).load("orders", "count", true);
  REQUIRE(newest);
  CHECK(number_in(newest.value()) == 42);
  CHECK(newest.value().committed == 2);
  const attached_program mapped{in, 1, shm::access::read};
  CHECK(mapped.count.read().value().value == 42);
}

TEST_CASE("stores through a session are made once each while homes are killed",
          "[process][cluster][session_store]") {
  held_by_three in;
  const auto far = patient(in, 3); // which is never killed
  std::atomic<bool> ended{false};
  std::atomic<std::uint64_t> stored{0};
  std::atomic<errc> wrong{errc::ok};
  // Each names the version that the one before made: one that was made twice,
  // or got lost, would be in the way of itself or of the next.
  std::thread writer{[&] {
    std::uint64_t version = 0;
    for (std::uint64_t value = 1; !ended; ++value) {
      const auto made = far.store("orders", "count", bytes_of(value), version);
      if (!made) {
        wrong = made.error().code;
        return;
      }
      version = made.value();
      stored = value;
    }
  }};

  for (int round = 0; round < 6 && wrong == errc::ok; ++round) {
    const std::uint64_t home = round % 2 + 1;
    const auto before = stored.load();
    CHECK(eventually([&] { return stored >= before + 20 || wrong != errc::ok; },
                     30s));
    in.cluster.kill(home);
    const auto at_kill = stored.load();
    CHECK(eventually([&] { return stored >= at_kill + 5 || wrong != errc::ok; },
                     30s));
    in.cluster.start(home);
    if (!in.moves_to(home % 2 + 1))
      wrong = errc::timeout;
  }
  ended = true;
  writer.join();

  INFO(in.cluster.logs());
  CHECK(shm::name_of(wrong.load()) == shm::name_of(errc::ok));
  const auto last = far.load("orders", "count", true);
  REQUIRE(last);
  CHECK(number_in(last.value()) == stored);
}
