#include "apps/caf-shell/command.hpp"

#include "apps/caf-shell/commands.hpp"
#include "apps/caf-shell/interrupt.hpp"
#include "config/suggestion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace holdfast::shell {

namespace {

using shm::errc;

constexpr auto any_number = std::numeric_limits<std::size_t>::max();

constexpr option_spec flush_option{
  "flush", "", "wait until a majority of the region's holders has it"};
constexpr std::array set_options{
  option_spec{"if-version", "N",
              "only if N is the latest version (0: none yet)"},
  flush_option};
constexpr std::array incr_options{flush_option};
constexpr std::array get_options{option_spec{
  "confirm", "", "ask the home whether it is the newest value, and committed"}};
constexpr std::array flush_options{
  option_spec{"disk", "", "wait until a majority has it on disk as well"}};
constexpr std::array watch_options{
  option_spec{"count", "N", "end after N changes"}};
constexpr std::array rm_options{
  option_spec{"yes", "", "do not ask; needed in scripts"}};
constexpr std::array create_options{
  option_spec{"max", "BYTES", "how far it may grow (default: not at all)"},
  option_spec{"variables", "N", "room for this many variables"},
  option_spec{"copies", "N", "nodes that hold it, 3 if not said"},
  option_spec{"node-writes", "", "clients map it read-only"},
  option_spec{"durability", "WHERE", "memory, or disk as well"}};

constexpr std::array audit_options{
  option_spec{"command", "NAME", "only this one"},
  option_spec{"target", "TEXT", "only targets that begin so"},
  option_spec{"node", "ID", "only what came in at that node"},
  option_spec{"refused", "", "only what was refused"}};

constexpr option_spec authority_option{
  "directory", "DIR", "where the cluster's authority is kept; needed"};
constexpr std::array init_options{
  authority_option,
  option_spec{"cluster", "NAME", "the cluster's name (default: holdfast)"},
  option_spec{"days", "N", "how long it is valid (default: 3650)"}};
constexpr std::array issue_options{
  authority_option, option_spec{"node", "ID", "the node's id; needed"},
  option_spec{"name", "HOST", "a name or address of its host; may be repeated",
              true},
  option_spec{"out", "DIR",
              "where to write it (default: beside the authority)"},
  option_spec{"days", "N", "how long it is valid (default: 397)"}};

constexpr std::array commands{
  command{"status", "", 0, 0, completes::nothing, "how the node is", "status",
          tell_status},
  command{"regions", "", 0, 0, completes::nothing,
          "the regions that you have a right on", "regions", list_regions},
  command{"region", "REGION", 1, 1, completes::region,
          "one region with its counters", "region quotes", tell_region},
  command{"variables", "REGION", 1, 1, completes::region,
          "the variables of a region", "variables quotes", list_variables},
  command{"get", "REGION/NAME...", 1, any_number, completes::variable,
          "reads values from memory; one alone is shown bare",
          "get quotes/bid quotes/ask", get_values, get_options},
  command{"set", "REGION/NAME VALUE", 2, 2, completes::variable,
          "stores a value: number, text, JSON, or hex or @FILE for bytes",
          "set quotes/bid 101.5", set_value, set_options},
  command{"incr", "REGION/NAME [BY]", 1, 2, completes::variable,
          "adds to a counter; the sum", "incr quotes/orders 5", increment,
          incr_options},
  command{"flush", "REGION", 1, 1, completes::region,
          "waits until a majority of its holders has all that was stored",
          "flush quotes", flush, flush_options},
  command{"watch", "REGION/NAME...", 1, 64, completes::variable,
          "shows values now and whenever they change, until Ctrl-C",
          "watch quotes/bid --count 10", watch_values, watch_options},
  command{"add", "REGION/NAME TYPE [CAPACITY]", 2, 3, completes::region,
          "adds a variable: bool i8 to u64 f32 f64 counter string bytes json, "
          "or your own type with its capacity",
          "add quotes/title string 64", add_variable},
  command{"rm", "REGION[/NAME]", 1, 1, completes::variable,
          "removes a variable or a whole region", "rm quotes/bid --yes", remove,
          rm_options},
  command{"create", "REGION BYTES", 2, 2, completes::nothing, "makes a region",
          "create orders 1MiB --max 16MiB", create_region, create_options},
  command{"grow", "REGION BYTES", 2, 2, completes::region,
          "reserves memory for a region, up to BYTES in all",
          "grow orders 4MiB", grow_region},
  command{"move", "REGION NODE|anywhere", 2, 2, completes::region,
          "moves a region's home to a node, and keeps it there",
          "move orders 2", move_region},
  command{"sessions", "", 0, 0, completes::nothing,
          "who is attached to your tenant", "sessions", list_sessions},
  command{"audit", "", 0, 0, completes::nothing,
          "what was decided about your tenant, and for whom",
          "audit --command create_region", list_decisions, audit_options},
  command{"cluster_status", "", 0, 0, completes::nothing,
          "how many nodes there are, and who leads", "cluster_status",
          tell_cluster_status},
  command{"cluster why", "[REGION]", 0, 1, completes::region,
          "how regions came to live where they live", "cluster why quotes",
          tell_why},
  command{"cluster_instances", "", 0, 0, completes::nothing,
          "each node of the cluster as this one sees it", "cluster_instances",
          list_instances},
  command{"members", "", 0, 0, completes::nothing,
          "who takes part in the agreement", "members", list_members},
  command{"members add", "NODE HOST:PORT", 2, 2, completes::nothing,
          "adds a member that follows, without a vote",
          "members add 4 10.0.0.4:7400", add_member},
  command{"members promote", "NODE", 1, 1, completes::nothing,
          "gives a member a vote, once it has the whole log",
          "members promote 4", promote_member},
  command{"members remove", "NODE", 1, 1, completes::nothing,
          "removes a member that does not lead", "members remove 4",
          remove_member},
  command{"members leave", "", 0, 0, completes::nothing,
          "takes this node off the members", "members leave", leave_members},
  command{"leader transfer", "[NODE]", 0, 1, completes::nothing,
          "hands leadership over, to the lowest fit voter by default",
          "leader transfer 2", transfer_leader},
  command{"drain", "", 0, 0, completes::nothing,
          "keeps this node from leading and from new regions", "drain",
          drain_node},
  command{"resume", "", 0, 0, completes::nothing,
          "lets this node take part again", "resume", resume_node},
  command{"time", "", 0, 0, completes::nothing, "the node's clocks", "time",
          tell_time},
  command{"version", "", 0, 0, completes::nothing,
          "versions of node, protocol and layout", "version", tell_version},
  command{"certs init", "", 0, 0, completes::nothing,
          "makes a cluster's certificate authority; needs no node",
          "certs init --directory /etc/holdfast/authority --cluster prod",
          init_certificates, init_options},
  command{"certs issue", "", 0, 0, completes::nothing,
          "makes a node's key and certificate; needs no node",
          "certs issue --directory /etc/holdfast/authority --node 2 --name "
          "host2.example.org --name 10.0.0.2 --out node-2",
          issue_certificate, issue_options},
  command{"certs show", "FILE", 1, 1, completes::nothing,
          "what stands in a certificate; needs no node",
          "certs show /etc/holdfast/tls/node-2.crt", show_certificate},
  command{"help", "[COMMAND|exit-codes]", 0, 2, completes::command,
          "the commands, one of them, or the exit codes", "help set", help},
};

shm::error bad(const command& of, const std::string& why) {
  return shm::failed(errc::bad_argument, why + "; usage: " + usage_of(of));
}

const option_spec* find_option(const command& of, std::string_view name) {
  const auto found = std::find_if(
    of.options.begin(), of.options.end(),
    [name](const option_spec& each) { return each.name == name; });
  return found == of.options.end() ? nullptr : &*found;
}

/// "init, issue or show": the second words of commands that begin so.
std::string second_words(std::string_view first) {
  std::string out;
  for (const auto& each : commands)
    if (each.name.starts_with(first) && each.name.size() > first.size()
        && each.name[first.size()] == ' ')
      out.append(out.empty() ? "" : ", ")
        .append(each.name.substr(first.size() + 1));
  return out;
}

shm::result<shown> run(workplace& at, std::span<const std::string> words) {
  const auto found = find_command(words);
  if (!found)
    return found.assume_error();
  const auto& command = *found.assume_value();
  const auto sorted
    = sort_arguments(command, words.subspan(words_of_name(command)));
  if (!sorted)
    return sorted.assume_error();
  return command.run(at, sorted.assume_value());
}

exit_code run_and_show(workplace& at, std::span<const std::string> words) {
  const auto result = run(at, words);
  if (!result)
    return at.out.show(result.assume_error(), at.node.meta());
  return at.out.show(result.assume_value(), at.node.meta());
}

} // namespace

shm::result<std::optional<std::uint64_t>>
arguments::number(std::string_view option) const {
  const auto found = options.find(option);
  if (found == options.end())
    return std::optional<std::uint64_t>{};
  std::uint64_t out = 0;
  const auto& text = found->second;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc{} || stopped != end)
    return shm::failed(errc::bad_argument, "--" + std::string{option}
                                             + " takes a number, not '" + text
                                             + "'");
  return std::optional{out};
}

std::span<const command> all_commands() noexcept {
  return commands;
}

shm::result<const command*> find_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& each : commands) {
    if (each.name == name)
      return &each;
    names.push_back(each.name);
  }
  auto detail = "'" + std::string{name} + "'";
  if (const auto meant = config::nearest(name, names); !meant.empty())
    detail += "; did you mean '" + meant + "'?";
  return shm::failed(errc::no_such_command, std::move(detail));
}

shm::result<const command*> find_command(std::span<const std::string> words) {
  const auto seconds = second_words(words.front());
  if (seconds.empty())
    return find_command(words.front());
  const auto alone
    = std::find_if(commands.begin(), commands.end(),
                   [&](const auto& each) { return each.name == words[0]; });
  if (alone != commands.end()
      && (words.size() == 1 || words[1].starts_with("--")))
    return &*alone;
  if (words.size() > 1)
    return find_command(words[0] + ' ' + words[1]);
  return shm::failed(errc::no_such_command,
                     "'" + words[0] + "' is followed by one of: " + seconds);
}

std::size_t words_of_name(const command& of) noexcept {
  return of.name.find(' ') == std::string_view::npos ? 1 : 2;
}

shm::result<arguments> sort_arguments(const command& of,
                                      std::span<const std::string> words) {
  arguments out;
  bool options_end = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (options_end || !word.starts_with("--")) {
      out.values.push_back(word);
      continue;
    }
    if (word == "--") {
      options_end = true;
      continue;
    }
    const auto* option = find_option(of, word.substr(2));
    if (option == nullptr)
      return bad(of, "there is no option '" + word + "'");
    if (!option->value.empty() && i + 1 == words.size())
      return bad(of, word + " takes a value");
    auto value = option->value.empty() ? std::string{} : words[++i];
    auto& held = out.options[std::string{option->name}];
    held = option->repeats && !held.empty() ? held + "," + value
                                            : std::move(value);
  }
  if (out.values.size() < of.values_min)
    return bad(of, "something is missing");
  if (out.values.size() > of.values_max)
    return bad(of, "'" + out.values[of.values_max] + "' is too much");
  return out;
}

std::string usage_of(const command& of) {
  std::string out{of.name};
  if (!of.values.empty())
    out.append(" ").append(of.values);
  for (const auto& each : of.options) {
    out.append(" [--").append(each.name);
    if (!each.value.empty())
      out.append(" ").append(each.value);
    out += each.repeats ? "]..." : "]";
  }
  return out;
}

exit_code run_words(workplace& at, std::vector<std::string> words) {
  const auto flag = std::find(words.begin(), words.end(), "--json");
  const bool as_json = flag != words.end();
  if (as_json)
    words.erase(flag);
  if (words.empty())
    return exit_code::ok;
  forget_interrupt();
  if (!as_json || at.out.form() == output_form::json)
    return run_and_show(at, words);
  const output json_out{output_form::json};
  workplace as_asked{at.node, json_out, at.may_ask};
  return run_and_show(as_asked, words);
}

} // namespace holdfast::shell
