// A writer that scribbles over every byte it can, while the node and others
// work in the same region, and a canary in another.
#include "shm/client/connection.hpp"
#include "shm/group.hpp"
#include "tests/hostile/stage.hpp"
#include "tests/support/catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

std::chrono::seconds scribbling_time() {
  const char* asked = std::getenv("HOLDFAST_SCRIBBLE_SECONDS");
  return std::chrono::seconds{asked != nullptr ? std::max(1, std::atoi(asked))
                                               : 10};
}

client::connection connect(const std::string& socket) {
  client::connect_options options;
  options.socket = socket;
  options.tenant = "alpha";
  options.client = "hostile_test";
  auto made = client::connection::connect(options);
  if (!made)
    throw std::runtime_error{made.assume_error().message()};
  return std::move(made).assume_value();
}

shm::region_view attach(const client::connection& node, shm::access wanted) {
  auto made = node.attach("open", wanted);
  if (!made)
    throw std::runtime_error{made.assume_error().message()};
  return std::move(made).assume_value();
}

// Words that look right do more harm than noise.
std::uint64_t nasty_word(std::mt19937_64& dice) {
  const auto owner = static_cast<std::uint32_t>(dice());
  switch (dice() % 8) {
  case 0:
    return 0;
  case 1:
    return ~std::uint64_t{0};
  case 2:
    return dice() % 8;
  case 3:
    return shm::layout::lock_word::held(1, owner % 16);
  case 4:
    return shm::layout::lock_word::held(1, owner % 16)
           | shm::layout::lock_word::group_bit;
  default:
    return dice();
  }
}

// Scribbles for ever: half of it where the node looks.
[[noreturn]] void scribble(const std::string& socket, unsigned seed,
                           std::atomic<std::uint64_t>& words) {
  const auto node = connect(socket);
  const auto region = attach(node, shm::access::write);
  const auto& map = region.attached()->map;
  auto* all = map.in_data<shm::layout::word>(0);
  const auto count = region.bytes() / sizeof(shm::layout::word);
  const auto heap = map.plan.heap / sizeof(shm::layout::word);
  std::mt19937_64 dice{seed};
  for (;;) {
    for (int i = 0; i < 4096; ++i) {
      const auto at = dice() % (i % 2 == 0 ? heap : count);
      all[at].store(nasty_word(dice), std::memory_order_relaxed);
    }
    words += 4096;
  }
}

struct call_times {
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> values{0};
  std::atomic<std::int64_t> longest{0}; // microseconds
};

template <class Call>
void timed(call_times& times, Call call) {
  const auto began = clock_type::now();
  times.values += call();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
                      clock_type::now() - began)
                      .count();
  ++times.calls;
  if (took > times.longest)
    times.longest = took;
}

// Every call of a reader, over and over.
[[noreturn]] void read_for_ever(const std::string& socket, call_times& times) {
  const auto node = connect(socket);
  const auto region = attach(node, shm::access::read);
  const auto v = region.find_bytes("v").assume_value();
  const auto large = region.find_bytes("large").assume_value();
  const auto n = region.find_counter("n").assume_value();
  std::vector<std::byte> into(large.capacity());
  std::vector<std::byte> more(v.capacity());
  for (;;) {
    timed(times, [&] { return v.read_into(into).has_value(); });
    timed(times, [&] { return n.read().has_value(); });
    timed(times, [&] { return large.read_into(into).has_value(); });
    timed(times, [&] { return region.list().has_value(); });
    timed(times, [&] {
      return v.wait_for_change(v.version(), clock_type::now() + 10ms)
        .has_value();
    });
    timed(times, [&] {
      std::array<shm::group_slot, 2> slots{
        {{.variable = &v, .into = more}, {.variable = &large, .into = into}}};
      return shm::read_group(slots).has_value();
    });
  }
}

// The tenant administrates its region beside its own scribbler, and stores in
// it: each call ends, with a value or an error.
void work_beside(const std::string& socket, int round, call_times& times) {
  const auto node = connect(socket);
  const client::variable_request extra{"extra" + std::to_string(round % 8),
                                       shm::layout::variable_kind::bytes,
                                       "bytes", 4096};
  timed(times, [&] { return node.add_variable("open", extra).has_value(); });
  timed(times, [&] { return node.variables("open").has_value(); });
  if (round % 3 == 0)
    timed(times,
          [&] { return node.remove_variable("open", extra.name).has_value(); });
  const auto region = node.attach("open", shm::access::write);
  if (!region)
    return; // the header that it checks is scribbled over just now
  if (const auto n = region.assume_value().find_counter("n"))
    timed(times, [&] { return n.assume_value().fetch_add(1).has_value(); });
}

// False if the process that makes the calls ended, or one of them does not.
bool goes_on(const call_times& times) {
  const auto before = times.calls.load();
  return eventually([&] { return times.calls > before; }, 3s);
}

void print(const char* what, const call_times& times) {
  std::printf("  %s: %llu calls, %llu with a value, longest %.1f ms\n", what,
              static_cast<unsigned long long>(times.calls.load()),
              static_cast<unsigned long long>(times.values.load()),
              static_cast<double>(times.longest) / 1e3);
}

} // namespace

TEST_CASE("a writer that scribbles over everything harms its own region only",
          "[hostile][scribbler]") {
  const stage at;
  canary canary{at};
  const toll node{at};
  const shared<std::atomic<std::uint64_t>> words;
  const shared<call_times> reads;
  const shared<call_times> work;

  {
    const auto socket = at.socket();
    const child reader{[&] {
      become(attacker_user);
      read_for_ever(socket, *reads);
    }};
    const child worker{[&] {
      become(attacker_user);
      for (int round = 0;; ++round)
        work_beside(socket, round, *work);
    }};
    // Both are in before the first word is overwritten: an attach may fail
    // while the header that it checks is scribbled over.
    REQUIRE(eventually(
      [&] { return reads->calls.load() > 0 && work->calls.load() > 0; }, 20s));
    const auto until = clock_type::now() + scribbling_time();
    // One after the other: what a dead one left is mended each time.
    for (unsigned seed = 1; clock_type::now() < until; ++seed) {
      const child scribbler{[&] {
        become(attacker_user);
        scribble(socket, seed, *words);
      }};
      std::this_thread::sleep_for(500ms);
    }
    CHECK(goes_on(*reads));
    CHECK(goes_on(*work));
  }

  std::printf("scribbled %.0f million words\n",
              static_cast<double>(words->load()) / 1e6);
  print("readers", *reads);
  print("others", *work);
  CHECK(words->load() > 1'000'000);
  CHECK(reads->calls.load() > 10);
  CHECK(work->calls.load() > 10);
  CHECK(reads->longest < 2'000'000);
  CHECK(work->longest < 2'000'000);
  node.expect_bounded("scribbler");
  canary.expect_unharmed();
  // The region serves again once the scribbler is gone.
  CHECK(at.attack(attacker_user, [&] {
    const auto again = connect(at.socket());
    const auto v = attach(again, shm::access::write).find_bytes("v");
    if (!v)
      return 1;
    // Twice: after the highest version of all, which is one of the words that
    // the scribbler leaves, comes version 0, and that is no value.
    for (int i = 0; i < 2; ++i)
      if (!v.assume_value().store({}))
        return 2;
    return v.assume_value().read() ? 0 : 3;
  }) == 0);
}
