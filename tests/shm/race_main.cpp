// race NAME MILLISECONDS: runs one race; exit 0 if its rule held, 1 if not.
#include "tests/shm/races.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const auto& all = holdfast::test::races();
  const auto wanted
    = [&](const auto& race) { return argc == 3 && race.name == argv[1]; };
  const auto found = std::find_if(all.begin(), all.end(), wanted);
  if (found == all.end()) {
    std::fprintf(stderr, "usage: race NAME MILLISECONDS\n");
    for (const auto& race : all)
      std::fprintf(stderr, "  %-12s %s\n", race.name.data(), race.rule.data());
    return 2;
  }
  const auto time = std::chrono::milliseconds{std::atoi(argv[2])};
  const auto outcome = found->run(time);
  std::printf("%s: rounds: %llu, breaches: %llu\n", argv[1],
              static_cast<unsigned long long>(outcome.rounds),
              static_cast<unsigned long long>(outcome.breaches));
  return outcome.breaches == 0 ? 0 : 1;
}
