#include "actors/commands.hpp"

#include "config/suggestion.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace holdfast::actors {

namespace {

constexpr auto text = argument_type::text;
constexpr auto number = argument_type::number;
constexpr auto truth = argument_type::truth;
constexpr auto bytes = argument_type::bytes;

constexpr argument region{"region", text};
constexpr argument after{"after", text, false};

constexpr std::array hello_arguments{argument{"protocol", number},
                                     argument{"tenant", text, false},
                                     argument{"client", text, false}};
constexpr std::array regions_arguments{after};
constexpr std::array region_argument{region};
constexpr std::array variables_arguments{region, after};
constexpr std::array attach_arguments{
  region, argument{"access", text, true, "read|write"}};
constexpr std::array watch_arguments{
  region, argument{"scope", text, true, "variable|region"}};
constexpr std::array flush_arguments{region, argument{"stored_in", number},
                                     argument{"durable", truth, false}};
constexpr std::array store_arguments{region, argument{"variable", text},
                                     argument{"value", bytes},
                                     argument{"expected", number, false}};
constexpr std::array load_arguments{region, argument{"variable", text},
                                    argument{"confirm", truth, false}};
constexpr std::array add_variable_arguments{
  region, argument{"name", text},
  argument{"kind", text, true, "value|bytes|string|json|counter"},
  argument{"type", text}, argument{"capacity", number}};
constexpr std::array remove_variable_arguments{region, argument{"name", text}};
constexpr std::array create_region_arguments{
  region,
  argument{"bytes", number},
  argument{"bytes_max", number, false},
  argument{"variables_max", number, false},
  argument{"copies", number, false},
  argument{"writers", text, false, "clients|node"},
  argument{"durability", text, false, "memory|disk"}};
constexpr std::array grow_region_arguments{region, argument{"bytes", number}};
constexpr std::array move_region_arguments{region, argument{"node", number}};
constexpr std::array sessions_arguments{argument{"after", number, false}};
constexpr std::array audit_arguments{
  argument{"after", number, false}, argument{"command", text, false},
  argument{"target", text, false}, argument{"node", number, false},
  argument{"refused", number, false}};
constexpr std::array node_argument{argument{"node", number}};
constexpr std::array add_member_arguments{argument{"node", number},
                                          argument{"address", text}};
constexpr std::array transfer_arguments{argument{"to", number, false}};

constexpr std::array commands{
  command{"hello", hello_arguments, right_needed::none,
          "says who you are; comes first"},
  command{"help", {}, right_needed::none, "lists the commands"},
  command{"status", {}, right_needed::none, "tells how the node is"},
  command{"version", {}, right_needed::none, "tells versions"},
  command{"time", {}, right_needed::none, "tells the node's clocks"},
  command{"regions", regions_arguments, right_needed::none,
          "lists the regions that you have a right on"},
  command{"region", region_argument, right_needed::any, "tells one region"},
  command{"variables", variables_arguments, right_needed::read,
          "lists the variables of a region, a page at a time"},
  command{"attach", attach_arguments, right_needed::as_access,
          "hands out a region's memory"},
  command{"detach", region_argument, right_needed::none, "gives a region back"},
  command{"watch", watch_arguments, right_needed::read,
          "asks writers to wake you"},
  command{"flush", flush_arguments, right_needed::write,
          "waits until a majority holds what you stored"},
  command{"confirm", region_argument, right_needed::read,
          "waits until what you read is sure to have been the newest value"},
  command{"store", store_arguments, right_needed::write,
          "stores a value for you, and waits until a majority holds it"},
  command{"load", load_arguments, right_needed::read, "reads a value for you"},
  command{"add_variable", add_variable_arguments, right_needed::create,
          "adds a variable to a region"},
  command{"remove_variable", remove_variable_arguments, right_needed::create,
          "removes a variable from a region"},
  command{"create_region", create_region_arguments, right_needed::admin,
          "makes a region"},
  command{"remove_region", region_argument, right_needed::admin,
          "removes a region; its memory goes with its last client"},
  command{"grow_region", grow_region_arguments, right_needed::admin,
          "reserves more memory, up to the region's bytes_max"},
  command{"move_region", move_region_arguments, right_needed::admin,
          "says on which node a region is to have its home"},
  command{"sessions", sessions_arguments, right_needed::admin_anywhere,
          "lists who is attached to your tenant"},
  command{"audit", audit_arguments, right_needed::admin_anywhere,
          "lists what was decided about your tenant, and for whom"},
  command{"cluster_status",
          {},
          right_needed::none,
          "counts the nodes and names the leader"},
  command{"cluster_instances",
          {},
          right_needed::none,
          "tells each node as this one sees it"},
  command{
    "members", {}, right_needed::none, "lists the members of the cluster"},
  command{"members_add", add_member_arguments, right_needed::operate,
          "adds a node that follows, without a vote"},
  command{"members_promote", node_argument, right_needed::operate,
          "gives a member a vote"},
  command{"members_remove", node_argument, right_needed::operate,
          "removes a member"},
  command{"members_leave",
          {},
          right_needed::operate,
          "takes this node off the members"},
  command{"leader_transfer", transfer_arguments, right_needed::operate,
          "hands leadership over"},
  command{"drain",
          {},
          right_needed::operate,
          "keeps this node from leading and from new regions"},
  command{
    "resume", {}, right_needed::operate, "lets this node take part again"},
};

shm::error bad(std::string why) {
  return shm::failed(shm::errc::bad_argument, std::move(why));
}

std::string in_quotes(std::string_view word) {
  return "'" + std::string{word} + "'";
}

bool has_type(const wire::value& value, argument_type type) {
  if (type == argument_type::text)
    return std::holds_alternative<std::string>(value);
  if (type == argument_type::truth)
    return std::holds_alternative<bool>(value);
  if (type == argument_type::bytes)
    return std::holds_alternative<wire::bytes>(value);
  if (const auto* signed_number = std::get_if<std::int64_t>(&value))
    return *signed_number >= 0;
  return std::holds_alternative<std::uint64_t>(value);
}

/// As the table of commands says it, and at more length.
struct type_words {
  std::string_view name;
  std::string_view meaning;
};

type_words words_for(argument_type type) {
  switch (type) {
  case argument_type::text:
    return {"text", "text"};
  case argument_type::number:
    return {"number", "a number from 0"};
  case argument_type::truth:
    return {"bool", "a bool"};
  case argument_type::bytes:
    return {"bytes", "bytes"};
  }
  return {"?", "?"};
}

bool is_one_of(std::string_view words, std::string_view asked) {
  while (!words.empty()) {
    const auto end = std::min(words.find('|'), words.size());
    if (words.substr(0, end) == asked)
      return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

shm::result<void> check_one(const argument& expected,
                            const wire::fields& given) {
  const auto* value = wire::find(given, expected.name);
  if (value == nullptr) {
    if (expected.required)
      return bad(in_quotes(expected.name) + " is missing");
    return boost::outcome_v2::success();
  }
  if (!has_type(*value, expected.type))
    return bad(in_quotes(expected.name) + " must be "
               + std::string{words_for(expected.type).meaning});
  if (!expected.words.empty()
      && !is_one_of(expected.words, std::get<std::string>(*value)))
    return bad(in_quotes(expected.name) + " must be "
               + std::string{expected.words});
  return boost::outcome_v2::success();
}

} // namespace

std::span<const command> all_commands() noexcept {
  return commands;
}

shm::result<const command*> find_command(std::string_view name) {
  const auto found
    = std::find_if(commands.begin(), commands.end(),
                   [name](const auto& each) { return each.name == name; });
  if (found != commands.end())
    return &*found;
  std::vector<std::string_view> names;
  for (const auto& each : commands)
    names.push_back(each.name);
  // What a stranger sent is repeated, but not at length.
  auto detail = in_quotes(name.substr(0, wire::name_bytes_max));
  if (const auto meant = config::nearest(name, names); !meant.empty())
    detail += "; did you mean " + in_quotes(meant) + "?";
  return shm::failed(shm::errc::no_such_command, std::move(detail));
}

shm::result<void> check_arguments(const command& command,
                                  const wire::fields& given) {
  for (const auto& field : given) {
    const auto known
      = [&](const argument& each) { return each.name == field.name; };
    if (std::none_of(command.arguments.begin(), command.arguments.end(), known))
      return bad(in_quotes(command.name) + " has no argument "
                 + in_quotes(field.name) + "; it takes "
                 + describe_arguments(command));
  }
  for (const auto& expected : command.arguments)
    if (auto checked = check_one(expected, given); !checked)
      return checked;
  return boost::outcome_v2::success();
}

std::string describe_arguments(const command& command) {
  std::string described;
  for (const auto& each : command.arguments) {
    if (!described.empty())
      described += ", ";
    auto one = std::string{each.name} + ' ';
    one += each.words.empty() ? words_for(each.type).name : each.words;
    described += each.required ? one : '[' + one + ']';
  }
  return described.empty() ? "nothing" : described;
}

std::string_view name_of(right_needed right) noexcept {
  switch (right) {
  case right_needed::none:
    return "";
  case right_needed::read:
    return "read";
  case right_needed::write:
    return "write";
  case right_needed::create:
    return "create";
  case right_needed::admin:
    return "admin";
  case right_needed::as_access:
    return "read or write";
  case right_needed::any:
    return "any";
  case right_needed::admin_anywhere:
    return "admin on some region";
  case right_needed::operate:
    return "operator";
  }
  return "?";
}

} // namespace holdfast::actors
