// Runs seeds of the simulation and tells which of them went wrong.
#include "tests/simulation/seed_program.hpp"
#include "tests/simulation/world_options.hpp"

namespace {

using namespace holdfast::simulation;

int run(const seed_arguments<bug>& wanted) {
  std::uint64_t simulated_ms = 0;
  const auto violations = run_seeds<world_options>(
    wanted, [&](const auto& seen) { simulated_ms += seen.simulated_ms; });
  std::printf("seeds: %llu, violations: %llu, simulated hours: %.2f\n",
              static_cast<unsigned long long>(wanted.count),
              static_cast<unsigned long long>(violations),
              static_cast<double>(simulated_ms) / 3.6e6);
  return violations == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** values) {
  return seed_program<bug>("holdfast-simulation", count, values, bugs(), run);
}
