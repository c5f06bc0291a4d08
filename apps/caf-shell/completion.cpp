#include "apps/caf-shell/completion.hpp"

#include <algorithm>
#include <chrono>

namespace holdfast::shell {

namespace {

using namespace std::chrono_literals;

client::connect_options hurried(client::connect_options options) {
  options.patience = std::min(options.patience, 200ms);
  options.client += " (completion)";
  return options;
}

} // namespace

completion::completion(client::connect_options options)
  : node_{hurried(std::move(options))} {
  // nop
}

std::vector<std::string> completion::of(std::string_view line) {
  const auto last_blank = line.find_last_of(" \t");
  if (last_blank == std::string_view::npos)
    return commands_like(line);
  const auto word = line.substr(last_blank + 1);
  if (auto seconds = second_words_like(line); !seconds.empty())
    return seconds;
  const auto found = find_command(line.substr(0, line.find_first_of(" \t")));
  if (!found)
    return {};
  switch (found.assume_value()->first) {
  case completes::nothing:
    return {};
  case completes::command:
    return commands_like(word);
  case completes::region:
    return regions_like(word, "");
  case completes::variable:
    return word.find('/') == std::string_view::npos ? regions_like(word, "/")
                                                    : variables_like(word);
  }
  return {};
}

std::vector<std::string>
completion::commands_like(std::string_view start) const {
  std::vector<std::string> out;
  for (const auto& each : all_commands())
    if (each.name.starts_with(start))
      out.emplace_back(each.name.substr(0, each.name.find(' ')));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string>
completion::second_words_like(std::string_view line) const {
  std::vector<std::string> out;
  for (const auto& each : all_commands())
    if (each.name.starts_with(line))
      out.emplace_back(each.name.substr(each.name.find(' ') + 1));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> completion::regions_like(std::string_view start,
                                                  std::string_view ending) {
  std::vector<std::string> out;
  const auto node = node_.connection();
  if (!node)
    return out;
  const auto listed = node.assume_value().regions();
  if (!listed)
    return out;
  for (const auto& each : listed.assume_value())
    if (each.region.starts_with(start))
      out.push_back(each.region + std::string{ending});
  return out;
}

std::vector<std::string> completion::variables_like(std::string_view start) {
  std::vector<std::string> out;
  const auto slash = start.find('/');
  const auto node = node_.connection();
  if (!node)
    return out;
  const auto listed = node.assume_value().variables(start.substr(0, slash));
  if (!listed)
    return out;
  for (const auto& each : listed.assume_value())
    if (each.name.starts_with(start.substr(slash + 1)))
      out.push_back(std::string{start.substr(0, slash + 1)} + each.name);
  return out;
}

std::string shared_start(const std::vector<std::string>& words) {
  if (words.empty())
    return {};
  auto out = words.front();
  for (const auto& each : words) {
    const auto [differs, ignored]
      = std::mismatch(out.begin(), out.end(), each.begin(), each.end());
    out.erase(differs, out.end());
  }
  return out;
}

} // namespace holdfast::shell
