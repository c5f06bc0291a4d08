// What the programs share that run seeds: their arguments, and the loop. The
// world is found by its types: bug, options, and simulate() and world_for()
// beside them.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace holdfast::simulation {

template <class Bug>
struct seed_arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 1000;
  const Bug* broken = nullptr;
  bool list = false;
  bool each = false;
  bool tell = false;
  bool stop = false;
  bool healthy = false; ///< the world of the bug, without the bug
  bool good = true;
};

template <class Bug, class Bugs>
const Bug* find_bug(const Bugs& bugs, std::string_view name) {
  for (const auto& one : bugs)
    if (one.name == name)
      return &one;
  return nullptr;
}

inline bool read_number(std::string_view text, std::uint64_t& into) {
  const auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, into).ptr == end;
}

template <class Bug, class Bugs>
seed_arguments<Bug> read_arguments(int count, char** values, const Bugs& bugs) {
  seed_arguments<Bug> result;
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
    else if (word == "--first-seed" && read_number(next, result.first))
      ++i;
    else if (word == "--seeds" && read_number(next, result.count))
      ++i;
    else if (word == "--bug" && find_bug<Bug>(bugs, next) != nullptr)
      result.broken = find_bug<Bug>(bugs, values[++i]);
    else
      result.good = false;
  }
  return result;
}

/// Runs them and tells of each that went wrong; `add(outcome)` hears of all.
/// Returns how many went wrong.
template <class Options, class Bug, class Add>
std::uint64_t run_seeds(const seed_arguments<Bug>& wanted, Add add) {
  std::uint64_t violations = 0;
  for (std::uint64_t i = 0; i < wanted.count; ++i) {
    Options how;
    how.seed = wanted.first + i;
    if (wanted.broken != nullptr)
      how = world_for(*wanted.broken, how.seed, !wanted.healthy);
    const auto seen = simulate(how);
    const auto seed = static_cast<unsigned long long>(how.seed);
    add(seen);
    if (wanted.each)
      std::printf("seed %llu: trace %016llx, events %llu\n", seed,
                  static_cast<unsigned long long>(seen.trace),
                  static_cast<unsigned long long>(seen.events));
    if (seen.violation.empty())
      continue;
    ++violations;
    std::printf("seed %llu: %s\n", seed, seen.violation.c_str());
    if (wanted.tell)
      std::fputs(seen.ending.c_str(), stdout);
    if (wanted.stop)
      break;
  }
  return violations;
}

/// The whole program; `run(arguments)` returns its exit code.
template <class Bug, class Bugs, class Run>
int seed_program(const char* name, int count, char** values, const Bugs& bugs,
                 Run run) {
  const auto wanted = read_arguments<Bug>(count, values, bugs);
  if (!wanted.good) {
    std::fprintf(stderr,
                 "usage: %s [--first-seed N] [--seeds N] "
                 "[--bug NAME [--healthy]] [--list-bugs] [--each] [--tell] "
                 "[--stop]\n",
                 name);
    return 64;
  }
  if (!wanted.list)
    return run(wanted);
  for (const auto& one : bugs)
    std::printf("%-26s %s\n", std::string{one.name}.c_str(),
                std::string{one.what}.c_str());
  return 0;
}

} // namespace holdfast::simulation
