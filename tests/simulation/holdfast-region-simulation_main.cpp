// Runs seeds of a region with its values, and tells which of them went wrong.
#include "tests/simulation/region_options.hpp"
#include "tests/simulation/seed_program.hpp"

namespace {

using namespace holdfast::region_simulation;
using holdfast::simulation::run_seeds;
using holdfast::simulation::seed_arguments;

int run(const seed_arguments<bug>& wanted) {
  outcome all;
  const auto violations = run_seeds<options>(wanted, [&](const outcome& seen) {
    all.simulated_ms += seen.simulated_ms;
    all.flushed += seen.flushed;
    all.read += seen.read;
    all.stored += seen.stored;
    all.homes += seen.homes;
    all.losses += seen.losses;
  });
  std::printf("flushes: %llu, reads: %llu, stores of a session: %llu, "
              "homes: %llu, losses: %llu\n",
              static_cast<unsigned long long>(all.flushed),
              static_cast<unsigned long long>(all.read),
              static_cast<unsigned long long>(all.stored),
              static_cast<unsigned long long>(all.homes),
              static_cast<unsigned long long>(all.losses));
  std::printf("seeds: %llu, violations: %llu, simulated hours: %.2f\n",
              static_cast<unsigned long long>(wanted.count),
              static_cast<unsigned long long>(violations),
              static_cast<double>(all.simulated_ms) / 3.6e6);
  return violations == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** values) {
  return holdfast::simulation::seed_program<bug>("holdfast-region-simulation",
                                                 count, values, bugs(), run);
}
