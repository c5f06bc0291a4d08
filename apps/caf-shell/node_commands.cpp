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
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  shown out;
  out.data = ordered_json::array();
  out.columns
    = {"session", "principal", "client", "uid", "pid", "regions", "age_ms"};
  std::uint64_t last = 0;
  for (bool more = true; more;) {
    auto heard = node.assume_value().call("sessions", {{"after", last}});
    if (!heard)
      return std::move(heard).assume_error();
    const auto page = json_of(heard.assume_value());
    more = page.value("more", false);
    for (const auto& row : page.value("rows", ordered_json::array())) {
      // Numbers that rise bound the number of pages.
      const auto session = row.value("session", std::uint64_t{0});
      if (session <= last)
        return shm::failed(shm::errc::protocol, "the sessions are not sorted");
      last = session;
      out.data.push_back(row);
    }
    if (more && page["rows"].empty())
      return shm::failed(shm::errc::protocol, "an empty page, and more");
  }
  return out;
}

} // namespace holdfast::shell
