// From a store to the process that slept until it, one way.

#include "tests/bench/process.hpp"
#include "tests/bench/test_region.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <thread>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

// Long enough that the sleeper sleeps and its processor idles.
constexpr auto between_wakes = 200us;

// Where a sleeper says how long its last wake-up took.
struct alignas(64) answer {
  std::atomic<std::uint64_t> count{0};
  std::atomic<double> nanoseconds{0};

  void give(double took) noexcept {
    nanoseconds.store(took, std::memory_order_relaxed);
    count.fetch_add(1, std::memory_order_release);
  }

  // Sleeps meanwhile, because the sleeper may share the processor.
  template <class Wake>
  double wait_for(Wake wake) {
    std::this_thread::sleep_for(between_wakes);
    const auto before = count.load(std::memory_order_acquire);
    wake();
    while (count.load(std::memory_order_acquire) == before)
      std::this_thread::sleep_for(20us);
    return nanoseconds.load(std::memory_order_relaxed);
  }
};

struct alignas(64) bare_signal {
  std::atomic<std::uint32_t> word{0};
  std::atomic<double> sent{0};
};

[[noreturn]] void sleep_on_variable(test_region& region, std::uint32_t owner,
                                    answer& to) {
  const auto variable
    = need(region.attach(shm::access::read, owner).find<block<64>>("v0"));
  std::uint64_t version = 0;
  for (;;) {
    version = need(variable.wait_for_change(
      version, std::chrono::steady_clock::now() + 60s));
    const auto got = need(variable.read());
    to.give(nanoseconds_now() - static_cast<double>(got.value[0]));
  }
}

[[noreturn]] void sleep_on_word(bare_signal& signal, answer& to) {
  for (std::uint32_t known = 0;;) {
    while (signal.word.load(std::memory_order_acquire) == known)
      ::syscall(SYS_futex, &signal.word, FUTEX_WAIT, known, nullptr, nullptr,
                0);
    known = signal.word.load(std::memory_order_acquire);
    to.give(nanoseconds_now() - signal.sent.load(std::memory_order_relaxed));
  }
}

figures wake(benchmark::State& state, int cpu) {
  test_region region{1, 64};
  const auto writer
    = need(region.attach(shm::access::write).find<block<64>>("v0"));
  // As the node does when a reader tells it that it waits.
  region.node().count_watchers(shm::watch_scope::variable, 1);
  shared<std::array<answer, 2>> answers;
  shared<bare_signal> signal;
  const auto owner = region.admit();
  const child ours{cpu,
                   [&] { sleep_on_variable(region, owner, (*answers)[0]); }};
  const child bare{cpu, [&] { sleep_on_word(*signal, (*answers)[1]); }};
  return compare_medians(
    state, 100,
    [&] {
      return (*answers)[0].wait_for([&] {
        need(writer.store({static_cast<std::uint64_t>(nanoseconds_now())}));
      });
    },
    [&] {
      return (*answers)[1].wait_for([&] {
        signal->sent.store(nanoseconds_now(), std::memory_order_relaxed);
        signal->word.fetch_add(1, std::memory_order_release);
        ::syscall(SYS_futex, &signal->word, FUTEX_WAKE, INT_MAX, nullptr,
                  nullptr, 0);
      });
    });
}

} // namespace

void add_wake_rows() {
  add_row(
    {"wake/two_processors", "ns", "bare futex", goal{direction::at_most, 1.3}},
    [](auto& state) { return wake(state, second_cpu); });
  add_row({"wake/one_processor", "ns", "bare futex"},
          [](auto& state) { return wake(state, first_cpu); });
}

} // namespace holdfast::bench
