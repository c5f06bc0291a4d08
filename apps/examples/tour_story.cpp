#include "apps/examples/tour_story.hpp"

#include "apps/examples/live.hpp"
#include "apps/examples/tour_process.hpp"

#include <array>
#include <sstream>

namespace holdfast::examples {

namespace {

/// A line of caf-shell, which puts tabs between its columns where nobody
/// watches: unix_ms, after_ms, region, what, entry, why.
using columns = std::array<std::string, 6>;

columns columns_of(const std::string& line) {
  columns made;
  std::istringstream from{line};
  for (auto& each : made)
    std::getline(from, each, '\t');
  return made;
}

} // namespace

std::vector<std::string> story_of(const std::string& socket) {
  child shell{launch{.program = "caf-shell",
                     .arguments = {"--socket", socket, "cluster", "why",
                                   std::string{live_region}}}};
  shell.finish();
  std::vector<std::string> story;
  std::istringstream lines{shell.said()};
  for (std::string line; std::getline(lines, line);) {
    const auto& [at, after, region, what, entry, why] = columns_of(line);
    const bool moves = what == "move_home";
    if (moves)
      story.clear();
    auto text = moves ? what : "+" + after + " ms " + what;
    if (!why.empty())
      text += ": " + why;
    story.push_back(std::move(text));
  }
  return story;
}

} // namespace holdfast::examples
