#include "runtime/instance_file.hpp"

#include "config/defaults.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace holdfast::runtime {

namespace {

using nlohmann::json;

constexpr std::uint64_t format = 1;
constexpr std::string_view name_start = "instance_";
constexpr std::string_view name_end = "_info.json";

/// Reads members one by one and keeps the first thing that is wrong.
class member_reader {
public:
  explicit member_reader(const json& object) : object_{object} {
    // nop
  }

  std::uint64_t number(const char* name, std::uint64_t least,
                       std::uint64_t most) {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_number_unsigned()) {
      fail(name, "is no number");
      return 0;
    }
    const auto value = found->get<std::uint64_t>();
    if (value < least || value > most)
      fail(name, "is out of its range");
    return value;
  }

  /// Printable ASCII only: it ends up in logs and messages.
  std::string text(const char* name, std::size_t most) {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_string()) {
      fail(name, "is no text");
      return {};
    }
    const auto& value = found->get_ref<const std::string&>();
    const bool printable
      = std::all_of(value.begin(), value.end(),
                    [](char each) { return each > ' ' && each <= '~'; });
    if (value.empty() || value.size() > most || !printable) {
      fail(name, "is empty, too long or not printable");
      return {};
    }
    return value;
  }

  void fail(const std::string& name, const std::string& why) {
    if (wrong_.empty())
      wrong_ = "'" + name + "' " + why;
  }

  const std::string& wrong() const noexcept {
    return wrong_;
  }

private:
  const json& object_;
  std::string wrong_;
};

bool is_host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return false;
  const auto* end = text.data() + text.size();
  std::uint16_t port = 0;
  const auto [stopped, error]
    = std::from_chars(text.data() + colon + 1, end, port);
  return error == std::errc{} && stopped == end && port != 0;
}

rules::instance read_members(member_reader& from) {
  using namespace config;
  constexpr auto any
    = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  rules::instance out;
  from.number("format", format, format);
  out.node = from.number("node", node_id_min, node_id_max);
  out.cluster = from.text("cluster", name_bytes_max);
  out.address = from.text("address", address_bytes_max);
  out.version = from.text("version", name_bytes_max);
  out.incarnation = from.text("incarnation", name_bytes_max);
  out.pid = from.number("pid", 1, process_id_max);
  out.process_started = from.number("process_started", 0, any);
  out.pid_namespace = from.number("pid_namespace", 0, any);
  out.boot = from.text("boot", name_bytes_max);
  out.beat = from.number("beat", 0, any);
  out.beat_at = std::chrono::nanoseconds{
    static_cast<std::int64_t>(from.number("beat_at_ns", 0, any))};
  if (!is_host_and_port(out.address))
    from.fail("address", "is not host:port");
  return out;
}

} // namespace

std::string text_of(const rules::instance& from) {
  const nlohmann::ordered_json out{
    {"format", format},
    {"cluster", from.cluster},
    {"node", from.node},
    {"address", from.address},
    {"version", from.version},
    {"incarnation", from.incarnation},
    {"pid", from.pid},
    {"process_started", from.process_started},
    {"pid_namespace", from.pid_namespace},
    {"boot", from.boot},
    {"beat", from.beat},
    {"beat_at_ns", static_cast<std::uint64_t>(from.beat_at.count())}};
  return out.dump(-1, ' ', true, json::error_handler_t::replace) + '\n';
}

shm::result<rules::instance> instance_in(std::string_view text) {
  if (text.size() > config::instance_file_bytes_max)
    return shm::failed(shm::errc::bad_argument, "is too long");
  const auto parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded())
    return shm::failed(shm::errc::bad_argument, "is not JSON");
  if (!parsed.is_object())
    return shm::failed(shm::errc::bad_argument, "is no JSON object");
  member_reader reader{parsed};
  auto out = read_members(reader);
  if (!reader.wrong().empty())
    return shm::failed(shm::errc::bad_argument, reader.wrong());
  return out;
}

std::string instance_file_name(std::uint64_t node) {
  return std::string{name_start} + std::to_string(node) + std::string{name_end};
}

std::optional<std::uint64_t> node_in_file_name(std::string_view name) {
  if (!name.starts_with(name_start) || !name.ends_with(name_end)
      || name.size() <= name_start.size() + name_end.size())
    return std::nullopt;
  const auto* begin = name.data() + name_start.size();
  std::uint64_t node = 0;
  const auto [stopped, error]
    = std::from_chars(begin, name.data() + name.size(), node);
  // Compared as a whole: "007" would be a second name of node 7.
  if (error != std::errc{} || instance_file_name(node) != name
      || node < config::node_id_min || node > config::node_id_max)
    return std::nullopt;
  return node;
}

} // namespace holdfast::runtime
