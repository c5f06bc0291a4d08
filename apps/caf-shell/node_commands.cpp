#include "apps/caf-shell/commands.hpp"

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;

ordered_json json_of_value(const wire::value& from) {
  if (const auto* rows = std::get_if<wire::rows>(&from)) {
    auto all = ordered_json::array();
    for (const auto& row : *rows)
      all.push_back(json_of(row));
    return all;
  }
  return std::visit(
    [](const auto& held) -> ordered_json {
      using type = std::decay_t<decltype(held)>;
      if constexpr (std::is_same_v<type, std::monostate>)
        return nullptr;
      else if constexpr (std::is_same_v<
                           type,
                           wire::bytes> || std::is_same_v<type, wire::rows>)
        return std::to_string(held.size()) + " bytes";
      else
        return held;
    },
    from);
}

command_result ask(workplace& at, std::string_view command) {
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  auto heard = node.assume_value().call(command);
  if (!heard)
    return std::move(heard).assume_error();
  shown out;
  out.data = json_of(heard.assume_value());
  return out;
}

/// Page after page of rows; `number` names what rises from row to row.
command_result all_pages(workplace& at, std::string_view command,
                         const wire::fields& with, const std::string& number,
                         shown out) {
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  out.data = ordered_json::array();
  std::uint64_t last = 0;
  for (bool more = true; more;) {
    auto asked = with;
    asked.push_back({"after", last});
    auto heard = node.assume_value().call(command, std::move(asked));
    if (!heard)
      return std::move(heard).assume_error();
    const auto page = json_of(heard.assume_value());
    more = page.value("more", false);
    for (const auto& row : page.value("rows", ordered_json::array())) {
      // Numbers that rise bound the number of pages.
      const auto at_row = row.value(number, std::uint64_t{0});
      if (at_row <= last)
        return shm::failed(shm::errc::protocol, "the rows are not sorted");
      last = at_row;
      out.data.push_back(row);
    }
    if (more && page["rows"].empty())
      return shm::failed(shm::errc::protocol, "an empty page, and more");
  }
  return out;
}

} // namespace

ordered_json json_of(const wire::fields& fields) {
  auto out = ordered_json::object();
  for (const auto& [name, value] : fields)
    out[name] = json_of_value(value);
  return out;
}

command_result tell_status(workplace& at, const arguments&) {
  return ask(at, "status");
}

command_result tell_version(workplace& at, const arguments&) {
  return ask(at, "version");
}

command_result tell_time(workplace& at, const arguments&) {
  return ask(at, "time");
}

command_result list_sessions(workplace& at, const arguments&) {
  shown out;
  out.columns
    = {"session", "principal", "client", "uid", "pid", "regions", "age_ms"};
  return all_pages(at, "sessions", {}, "session", std::move(out));
}

command_result list_decisions(workplace& at, const arguments& with) {
  wire::fields asked;
  for (const auto* each : {"command", "target"})
    if (const auto given = with.options.find(each); given != with.options.end())
      asked.push_back({each, given->second});
  const auto node = with.number("node");
  if (!node)
    return node.assume_error();
  if (node.assume_value())
    asked.push_back({"node", *node.assume_value()});
  if (with.options.contains("refused"))
    asked.push_back({"refused", std::uint64_t{1}});
  return list_records(at, asked);
}

command_result list_records(workplace& at, const wire::fields& with) {
  shown out;
  out.columns
    = {"index", "unix_ms", "principal", "node", "command", "target", "outcome"};
  return all_pages(at, "audit", with, "index", std::move(out));
}

} // namespace holdfast::shell
