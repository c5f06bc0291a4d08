// Runs seeds of a region with its values, and tells which of them went wrong.
#include "tests/simulation/region_options.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>

namespace {

using namespace holdfast::region_simulation;

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
  outcome all;
  for (std::uint64_t i = 0; i < wanted.count; ++i) {
    options how;
    how.seed = wanted.first + i;
    if (wanted.broken != nullptr)
      how = world_for(*wanted.broken, how.seed, !wanted.healthy);
    const auto seen = simulate(how);
    all.simulated_ms += seen.simulated_ms;
    all.flushed += seen.flushed;
    all.read += seen.read;
    all.homes += seen.homes;
    all.losses += seen.losses;
    if (wanted.each)
      std::cout << "seed " << how.seed << ": trace " << std::hex << seen.trace
                << std::dec << ", events " << seen.events << "\n";
    if (seen.violation.empty())
      continue;
    ++violations;
    std::cout << "seed " << how.seed << ": " << seen.violation << "\n";
    if (wanted.tell)
      std::cout << seen.ending;
    if (wanted.stop)
      break;
  }
  std::cout << "seeds: " << wanted.count << ", violations: " << violations
            << ", simulated hours: "
            << static_cast<double>(all.simulated_ms) / 3.6e6
            << ", flushes: " << all.flushed << ", reads: " << all.read
            << ", homes: " << all.homes << ", losses: " << all.losses << "\n";
  return violations == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** values) {
  const auto wanted = read_arguments(count, values);
  if (!wanted.good) {
    std::fputs(
      "usage: holdfast-region-simulation [--first-seed N] [--seeds N] "
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
