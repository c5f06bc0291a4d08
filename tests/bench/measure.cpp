#include "tests/bench/measure.hpp"

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace holdfast::bench {

bool quick = false;

namespace {

// The script that prints the table reads these (tests/bench/run).
void report(benchmark::State& state, const row& what, figures found) {
  const bool least = what.promise && what.promise->kind == direction::at_least;
  state.counters["value"] = found.value;
  state.counters["reference"] = found.reference;
  const bool turned = least && !what.more_is_better;
  state.counters["ratio"]
    = turned ? found.reference / found.value : found.value / found.reference;
  if (what.promise)
    state.counters[least ? "at_least" : "at_most"] = what.promise->bound;
  state.SetLabel(what.unit + "|" + what.against);
}

} // namespace

void add_row(row what, std::function<figures(benchmark::State&)> measure) {
  const int batches = quick ? 2 : 15;
  benchmark::RegisterBenchmark(what.name.c_str(),
                               [what, measure](benchmark::State& state) {
                                 const auto found = measure(state);
                                 if (!state.error_occurred())
                                   report(state, what, found);
                               })
    ->Iterations(batches)
    ->UseManualTime();
}

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    give_up("cannot pin to processor " + std::to_string(cpu));
}

void give_up(std::string_view why) {
  std::fprintf(stderr, "holdfast-bench: %.*s\n", static_cast<int>(why.size()),
               why.data());
  std::exit(EXIT_FAILURE);
}

double median(std::vector<double> samples) {
  const auto middle
    = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

} // namespace holdfast::bench
