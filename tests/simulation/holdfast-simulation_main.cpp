// Runs seeds of the simulation and tells which of them went wrong.
#include "tests/simulation/world_options.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>

namespace {

using namespace holdfast::simulation;

struct arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 1000;
  const bug* broken = nullptr;
  bool list = false;
  bool each = false;
  bool tell = false;
  bool stop = false;
  bool healthy = false; ///< the world of the bug, without the bug
  bool good = true;
};

const bug* bug_of(std::string_view name) {
  for (const auto& one : bugs())
    if (one.name == name)
      return &one;
  return nullptr;
}

bool read(std::string_view text, std::uint64_t& into) {
  const auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, into).ptr == end;
}

arguments read_arguments(int count, char** values) {
  arguments result;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = values[i];
    const std::string_view next = i + 1 < count ? values[i + 1] : "";
    if (word == "--list-bugs")
      result.list = true;
    else if (word == "--each")
      result.each = true;
    else if (word == "--tell")
      result.tell = true;
    else if (word == "--stop")
      result.stop = true;
    else if (word == "--healthy")
      result.healthy = true;
    else if (word == "--first-seed" && read(next, result.first))
      ++i;
    else if (word == "--seeds" && read(next, result.count))
      ++i;
    else if (word == "--bug" && bug_of(next) != nullptr)
      result.broken = bug_of(values[++i]);
    else
      result.good = false;
  }
  return result;
}

void list_bugs() {
  for (const auto& one : bugs())
    std::printf("%-26s %s\n", std::string{one.name}.c_str(),
                std::string{one.what}.c_str());
}

int run(const arguments& wanted) {
  std::uint64_t violations = 0;
  std::uint64_t simulated_ms = 0;
  for (std::uint64_t i = 0; i < wanted.count; ++i) {
    world_options options;
    options.seed = wanted.first + i;
    if (wanted.broken != nullptr)
      options = world_for(*wanted.broken, options.seed, !wanted.healthy);
    const auto seen = simulate(options);
    simulated_ms += seen.simulated_ms;
    if (wanted.each)
      std::printf("seed %llu: trace %016llx, events %llu, answered %llu\n",
                  static_cast<unsigned long long>(options.seed),
                  static_cast<unsigned long long>(seen.trace),
                  static_cast<unsigned long long>(seen.events),
                  static_cast<unsigned long long>(seen.answered));
    if (seen.violation.empty())
      continue;
    ++violations;
    std::printf("seed %llu: %s\n",
                static_cast<unsigned long long>(options.seed),
                seen.violation.c_str());
    if (wanted.tell)
      std::fputs(seen.ending.c_str(), stdout);
    if (wanted.stop)
      break;
  }
  std::printf("seeds: %llu, violations: %llu, simulated hours: %.2f\n",
              static_cast<unsigned long long>(wanted.count),
              static_cast<unsigned long long>(violations),
              static_cast<double>(simulated_ms) / 3.6e6);
  return violations == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** values) {
  const auto wanted = read_arguments(count, values);
  if (!wanted.good) {
    std::fputs(
      "usage: holdfast-simulation [--first-seed N] [--seeds N] "
      "[--bug NAME [--healthy]] [--list-bugs] [--each] [--tell] [--stop]\n",
      stderr);
    return 64;
  }
  if (wanted.list) {
    list_bugs();
    return 0;
  }
  return run(wanted);
}
