#include "apps/caf-shell/commands.hpp"
#include "apps/caf-shell/value_text.hpp"
#include "config/units.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <iostream>
#include <limits>
#include <string>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;
using shm::errc;
using shm::layout::variable_kind;

std::string in_quotes(std::string_view text) {
  return "'" + std::string{text} + "'";
}

/// Says what was done, to people; programs see which thing it was done to.
command_result done(const shm::result<void>& result, ordered_json to,
                    std::string remark) {
  if (!result)
    return result.assume_error();
  shown out;
  out.data = std::move(to);
  out.plain = std::move(remark);
  return out;
}

/// How long a move is waited for, and the time between two looks.
constexpr std::chrono::seconds move_patience{20};
constexpr std::chrono::milliseconds move_look{20};

struct kind_word {
  std::string_view word;
  variable_kind kind;
};

constexpr std::array kind_words{
  kind_word{"bytes", variable_kind::bytes},
  kind_word{"string", variable_kind::string},
  kind_word{"json", variable_kind::json},
};

/// `add REGION/NAME TYPE [CAPACITY]`: what TYPE means.
shm::result<client::variable_request>
request_of(std::string name, const std::string& type, std::uint64_t capacity) {
  if (capacity > std::numeric_limits<std::uint32_t>::max())
    return bad("a capacity is at most 16MiB");
  client::variable_request out;
  out.name = std::move(name);
  out.type = type;
  out.capacity = static_cast<std::uint32_t>(capacity);
  if (type == "counter") {
    out.kind = variable_kind::counter;
    out.type = "i64";
    out.capacity = sizeof(std::int64_t);
  } else if (const auto bytes = bytes_of_tag(type); bytes != 0) {
    out.capacity = static_cast<std::uint32_t>(bytes);
  } else if (capacity == 0) {
    return bad("type " + in_quotes(type) + " needs a capacity, as in: add r/v "
               + type + " 64");
  }
  for (const auto& [word, kind] : kind_words)
    if (word == type)
      out.kind = kind;
  return out;
}

shm::result<bool> agreed(workplace& at, const arguments& with,
                         std::string_view question) {
  if (with.has("yes"))
    return true;
  if (!at.may_ask)
    return bad("this cannot be undone: say --yes");
  std::cerr << question << " [y/N] " << std::flush;
  std::string line;
  return std::getline(std::cin, line) && (line == "y" || line == "yes");
}

} // namespace

shm::result<variable_path> path_of(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size())
    return bad(in_quotes(text) + " does not name a variable: REGION/NAME");
  return variable_path{std::string{text.substr(0, slash)},
                       std::string{text.substr(slash + 1)}};
}

shm::result<std::uint64_t> size_of(std::string_view text) {
  std::uint64_t plain = 0;
  const auto* end = text.data() + text.size();
  if (const auto [stopped, error] = std::from_chars(text.data(), end, plain);
      error == std::errc{} && stopped == end)
    return plain;
  if (const auto parsed = config::parse_size(text))
    return *parsed;
  const auto meant = config::suggest_size(text);
  return bad(
    in_quotes(text) + " is not a size like 4096, 64KiB or 16MiB"
    + (meant.empty() ? "" : "; did you mean " + in_quotes(meant) + "?"));
}

command_result list_regions(workplace& at, const arguments&) {
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  const auto listed = node.assume_value().regions();
  if (!listed)
    return listed.assume_error();
  shown out;
  out.data = ordered_json::array();
  out.columns = {"region", "bytes", "bytes_free", "variables", "clients",
                 "epoch",  "home",  "state",      "role",      "rights"};
  for (const auto& each : listed.assume_value())
    out.data.push_back({{"region", each.region},
                        {"bytes", each.bytes},
                        {"bytes_max", each.bytes_max},
                        {"bytes_free", each.bytes_free},
                        {"variables", each.variables},
                        {"variables_max", each.variables_max},
                        {"clients", each.clients},
                        {"epoch", each.epoch},
                        {"home", each.home},
                        {"state", each.state},
                        {"role", each.role},
                        {"rights", each.rights},
                        {"replicas", each.replicas},
                        {"settled", each.settled},
                        {"began_empty", each.began_empty}});
  if (out.data.empty())
    out.remark = "no regions that you have a right on";
  return out;
}

command_result tell_region(workplace& at, const arguments& with) {
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  auto heard = node.assume_value().call("region", {{"region", with.values[0]}});
  if (!heard)
    return std::move(heard).assume_error();
  shown out;
  out.data = json_of(heard.assume_value());
  return out;
}

command_result list_variables(workplace& at, const arguments& with) {
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  const auto listed = node.assume_value().variables(with.values[0]);
  if (!listed)
    return listed.assume_error();
  shown out;
  out.data = ordered_json::array();
  out.columns
    = {"variable", "kind", "type", "capacity", "version", "committed"};
  for (const auto& each : listed.assume_value())
    out.data.push_back({{"variable", with.values[0] + '/' + each.name},
                        {"kind", each.kind},
                        {"type", each.type},
                        {"capacity", each.capacity},
                        {"version", each.version},
                        {"committed", each.committed}});
  if (out.data.empty())
    out.remark = "no variables";
  return out;
}

command_result create_region(workplace& at, const arguments& with) {
  client::region_request wanted;
  wanted.region = with.values[0];
  const auto bytes = size_of(with.values[1]);
  if (!bytes)
    return bytes.assume_error();
  wanted.bytes = bytes.assume_value();
  if (const auto largest = with.options.find("max");
      largest != with.options.end()) {
    const auto bytes_max = size_of(largest->second);
    if (!bytes_max)
      return bytes_max.assume_error();
    wanted.bytes_max = bytes_max.assume_value();
  }
  const auto variables = with.number("variables");
  if (!variables)
    return variables.assume_error();
  wanted.variables_max
    = variables.assume_value().value_or(wanted.variables_max);
  const auto copies = with.number("copies");
  if (!copies)
    return copies.assume_error();
  wanted.copies = copies.assume_value().value_or(wanted.copies);
  wanted.node_writes_only = with.has("node-writes");
  if (const auto where = with.options.find("durability");
      where != with.options.end()) {
    if (where->second != "disk" && where->second != "memory")
      return bad("--durability is memory or disk, not "
                 + in_quotes(where->second));
    wanted.durable = where->second == "disk" ? client::durability::disk
                                             : client::durability::memory;
  }
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  return done(node.assume_value().create_region(wanted),
              {{"region", wanted.region}, {"bytes", wanted.bytes}},
              "region " + in_quotes(wanted.region) + " is there");
}

command_result grow_region(workplace& at, const arguments& with) {
  const auto bytes = size_of(with.values[1]);
  if (!bytes)
    return bytes.assume_error();
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  const auto& region = with.values[0];
  return done(node.assume_value().grow_region(region, bytes.assume_value()),
              {{"region", region}, {"bytes", bytes.assume_value()}},
              "region " + in_quotes(region) + " has "
                + config::print_size(bytes.assume_value()));
}

/// The leader moves it, once all that was stored is there.
shm::result<void> wait_until_home(const client::connection& node,
                                  const std::string& region,
                                  std::uint64_t home) {
  const auto until = std::chrono::steady_clock::now() + move_patience;
  std::uint64_t now = 0;
  while (std::chrono::steady_clock::now() < until) {
    const auto told = node.call("region", {{"region", region}});
    if (!told)
      return told.assume_error();
    now = wire::number_or(told.assume_value(), "home", 0);
    if (home == 0 || now == home)
      return boost::outcome_v2::success();
    if (node.wait_for_hang_up(std::chrono::steady_clock::now() + move_look))
      return shm::failed(shm::errc::unreachable, "the node hung up");
  }
  return shm::failed(shm::errc::timeout,
                     "it is still on node " + std::to_string(now)
                       + "; it moves as soon as node " + std::to_string(home)
                       + " has all of it");
}

command_result move_region(workplace& at, const arguments& with) {
  const auto& where = with.values[1];
  const auto home
    = where == "anywhere" ? shm::result<std::uint64_t>{0} : node_in(where);
  if (!home)
    return home.assume_error();
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  const auto& region = with.values[0];
  const auto& via = node.assume_value();
  if (auto said = via.call("move_region",
                           {{"region", region}, {"node", home.assume_value()}});
      !said)
    return std::move(said).assume_error();
  return done(wait_until_home(via, region, home.assume_value()),
              {{"region", region}, {"home", home.assume_value()}},
              "region " + in_quotes(region) + " lives "
                + (home.assume_value() == 0 ? where : "on node " + where));
}

command_result add_variable(workplace& at, const arguments& with) {
  auto path = path_of(with.values[0]);
  if (!path)
    return std::move(path).assume_error();
  std::uint64_t capacity = 0;
  if (with.values.size() > 2) {
    const auto parsed = size_of(with.values[2]);
    if (!parsed)
      return parsed.assume_error();
    capacity = parsed.assume_value();
  }
  auto& [region, variable] = path.assume_value();
  const auto wanted = request_of(variable, with.values[1], capacity);
  if (!wanted)
    return wanted.assume_error();
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  const auto& request = wanted.assume_value();
  return done(node.assume_value().add_variable(region, request),
              {{"variable", with.values[0]},
               {"type", request.type},
               {"capacity", request.capacity}},
              "variable " + in_quotes(with.values[0]) + " is there");
}

command_result remove(workplace& at, const arguments& with) {
  const auto& name = with.values[0];
  const auto path = path_of(name);
  const auto what = (path ? "variable " : "region ") + in_quotes(name);
  const auto yes = agreed(at, with, "Remove " + what + "?");
  if (!yes)
    return yes.assume_error();
  if (!yes.assume_value())
    return bad("nothing was removed");
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  return done(path ? node.assume_value().remove_variable(
                path.assume_value().region, path.assume_value().variable)
                   : node.assume_value().remove_region(name),
              {{path ? "variable" : "region", name}}, what + " is removed");
}

} // namespace holdfast::shell
