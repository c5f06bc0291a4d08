// How regions came to live where they live, as the audit trail has it.
#include "apps/caf-shell/commands.hpp"

#include <algorithm>
#include <map>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;

std::uint64_t number(const ordered_json& of, const char* name) {
  return of.value(name, std::uint64_t{0});
}

/// Oldest first, each with the time since the one before it of its region.
ordered_json story_from(const ordered_json& records) {
  auto story = ordered_json::array();
  std::map<std::string, std::uint64_t> last;
  for (const auto& record : records) {
    const auto region = record.value("target", std::string{});
    const auto at = number(record, "unix_ms");
    const auto [before, first] = last.try_emplace(region, at);
    // Each entry has the clock of the node that proposed it.
    const auto after = at > before->second ? at - before->second : 0;
    before->second = at;
    story.push_back({{"unix_ms", at},
                     {"after_ms", after},
                     {"region", region},
                     {"what", record.value("command", std::string{})},
                     {"entry", number(record, "index")},
                     {"why", record.value("text", std::string{})}});
  }
  return story;
}

bool is_about(const ordered_json& record, const std::string& region) {
  return record.value("target", std::string{}).ends_with('/' + region);
}

} // namespace

command_result tell_why(workplace& at, const arguments& with) {
  std::vector<ordered_json> records;
  for (const std::string command :
       {"move_home", "set_placement", "settle_region", "report_region"}) {
    auto found = list_records(at, {{"command", command}});
    if (!found)
      return found;
    for (auto& each : found.assume_value().data)
      if (with.values.empty() || is_about(each, with.values[0]))
        records.push_back(std::move(each));
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return number(a, "index") < number(b, "index");
  });
  shown out;
  out.data = story_from(records);
  out.columns = {"unix_ms", "after_ms", "region", "what", "entry", "why"};
  if (out.data.empty())
    out.remark = "no region has moved";
  return out;
}

} // namespace holdfast::shell
