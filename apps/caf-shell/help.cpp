#include "apps/caf-shell/commands.hpp"

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;

shown list_commands() {
  shown out;
  out.data = ordered_json::array();
  out.columns = {"command", "summary"};
  for (const auto& each : all_commands())
    out.data.push_back(
      {{"command", usage_of(each)}, {"summary", each.summary}});
  out.remark = "Try: help COMMAND, help exit-codes";
  return out;
}

shown list_exit_codes() {
  shown out;
  out.data = ordered_json::array();
  out.columns = {"code", "name", "meaning"};
  for (const auto& each : exit_code_meanings())
    out.data.push_back({{"code", static_cast<int>(each.code)},
                        {"name", each.name},
                        {"meaning", each.meaning}});
  return out;
}

shown describe(const command& of) {
  shown out;
  auto text
    = "usage: " + usage_of(of) + "\n\n" + std::string{of.summary} + '\n';
  auto options = ordered_json::array();
  for (const auto& each : of.options) {
    auto name = "--" + std::string{each.name};
    if (!each.value.empty())
      name.append(" ").append(each.value);
    text += "\n  " + name + "  " + std::string{each.meaning};
    options.push_back({{"option", name}, {"meaning", each.meaning}});
  }
  if (!of.options.empty())
    text += '\n';
  text += "\nexample: " + std::string{of.example};
  out.plain = std::move(text);
  out.data = {{"command", of.name},
              {"usage", usage_of(of)},
              {"summary", of.summary},
              {"options", std::move(options)},
              {"example", of.example}};
  return out;
}

} // namespace

command_result help(workplace&, const arguments& with) {
  if (with.values.empty())
    return list_commands();
  if (with.values.front() == "exit-codes")
    return list_exit_codes();
  const auto found = find_command(std::span{with.values});
  if (!found)
    return found.assume_error();
  return describe(*found.assume_value());
}

} // namespace holdfast::shell
