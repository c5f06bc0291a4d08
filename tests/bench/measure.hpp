// Rows of the benchmark: a figure of ours beside the bare recipe it is held
// against, both measured in turn in the same process.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::bench {

/// Set by --quick before rows are registered: just enough work to see that
/// each row runs. Its figures mean nothing.
extern bool quick;

enum class direction { at_most, at_least };

/// A promise on the ratio of a row.
struct goal {
  direction kind;
  double bound;
};

/// What a row says besides its figures.
struct row {
  std::string name; // "read/64B"; the part before the slash is its group
  std::string unit;
  std::string against; // what the reference is
  std::optional<goal> promise = std::nullopt;
  bool more_is_better = false; // a rate: the ratio is never turned round
};

struct figures {
  double value;
  double reference;
};

/// Adds a row. `measure` runs once, in a process pinned to first_cpu.
void add_row(row what, std::function<figures(benchmark::State&)> measure);

inline constexpr int first_cpu = 0;
inline constexpr int second_cpu = 1;

void pin_to(int cpu);

/// Ends the program: a benchmark cannot go on without what it asked for.
[[noreturn]] void give_up(std::string_view why);

template <class Result>
auto need(Result result) {
  if (!result)
    give_up("a call of the library failed");
  return std::move(result).assume_value();
}

double median(std::vector<double> samples);

inline double nanoseconds_now() {
  return std::chrono::duration<double, std::nano>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

/// Nanoseconds per call of `operation` over `count` calls. All that can be is
/// inlined into it, ours and the bare form alike.
template <class Operation>
[[gnu::noinline, gnu::flatten]] double time_each(std::size_t count,
                                                 Operation& operation) {
  const auto start = nanoseconds_now();
  for (std::size_t i = 0; i < count; ++i)
    operation();
  return (nanoseconds_now() - start) / static_cast<double>(count);
}

/// Calls that fill one batch, and so a first touch of all that they touch.
template <class Operation>
std::size_t calls_per_batch(Operation& operation) {
  const double batch_ns = quick ? 2e4 : 2e6;
  std::size_t count = 1;
  for (;;) {
    const auto took = time_each(count, operation) * static_cast<double>(count);
    if (took >= batch_ns)
      return count;
    count *= 2;
  }
}

/// Work for the processor alone: the smallest batch of each side counts,
/// because whatever disturbs a batch only makes it longer.
template <class Ours, class Bare>
figures compare(benchmark::State& state, Ours ours, Bare bare) {
  const auto our_calls = calls_per_batch(ours);
  const auto bare_calls = calls_per_batch(bare);
  figures least{1e300, 1e300};
  for (auto _ : state) {
    least.value = std::min(least.value, time_each(our_calls, ours));
    least.reference = std::min(least.reference, time_each(bare_calls, bare));
    state.SetIterationTime(least.value * 1e-9);
  }
  return least;
}

/// Things with system calls: `ours` and `bare` return one sample in
/// nanoseconds, and the middle one of all batches counts. `settle` runs after
/// each batch of ours and ends what that left behind.
template <class Ours, class Bare, class Settle = void (*)()>
figures compare_medians(
  benchmark::State& state, std::size_t samples_per_batch, Ours ours, Bare bare,
  Settle settle = [] {}) {
  const auto count = quick ? std::size_t{3} : samples_per_batch;
  std::vector<double> our_samples;
  std::vector<double> bare_samples;
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; ++i)
      our_samples.push_back(ours());
    settle();
    for (std::size_t i = 0; i < count; ++i)
      bare_samples.push_back(bare());
    state.SetIterationTime(our_samples.back() * 1e-9);
  }
  return {median(our_samples), median(bare_samples)};
}

// The groups, one file each.
void add_read_rows();
void add_store_rows();
void add_writers_rows();
void add_beside_rows();
void add_wake_rows();
void add_attach_rows();
void add_redis_rows();
void add_cluster_rows();
void add_replication_rows();

} // namespace holdfast::bench
