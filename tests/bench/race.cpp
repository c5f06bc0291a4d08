#include "tests/bench/race.hpp"

#include <thread>

namespace holdfast::bench {

namespace {

void sleep_for(double nanoseconds) {
  std::this_thread::sleep_for(
    std::chrono::duration<double, std::nano>{nanoseconds});
}

} // namespace

void race::rest() {
  sleep_for(50e3);
}

std::uint64_t race::done_by_all() const {
  std::uint64_t sum = 0;
  for (const auto& each : done_)
    sum += each.count.load(std::memory_order_relaxed);
  return sum;
}

void race::start(turn next, std::uint32_t count) {
  std::array<std::uint64_t, std::tuple_size_v<decltype(done_)>> before{};
  for (std::uint32_t i = 0; i < count; ++i)
    before[i] = done_[i].count.load(std::memory_order_relaxed);
  now_.store(next, std::memory_order_release);
  for (std::uint32_t i = 0; i < count; ++i)
    while (done_[i].count.load(std::memory_order_relaxed) == before[i])
      sleep_for(20e3);
}

void race::stop() {
  now_.store(turn::nobody, std::memory_order_release);
}

double race::time_each(turn next, std::uint32_t count) {
  start(next, count);
  const auto before = done_by_all();
  const auto began = nanoseconds_now();
  sleep_for(turn_nanoseconds());
  const auto done = done_by_all() - before;
  const auto took = nanoseconds_now() - began;
  stop();
  return took / static_cast<double>(done);
}

} // namespace holdfast::bench
