#include "shm/client/connection.hpp"

#include "shm/client/connection_shared.hpp"
#include "shm/client/replies.hpp"

#include <limits>
#include <utility>

namespace holdfast::client {

namespace {

using shm::errc;
using shm::failed;
using std::chrono::milliseconds;

constexpr std::uint64_t protocol_version = wire::version;
constexpr milliseconds patience_max = std::chrono::hours{24};

std::string text(std::string_view of) {
  return std::string{of};
}

std::string_view word_of(shm::access wanted) noexcept {
  return wanted == shm::access::write ? "write" : "read";
}

std::string_view word_of(shm::layout::variable_kind kind) noexcept {
  using shm::layout::variable_kind;
  switch (kind) {
  case variable_kind::value:
    return "value";
  case variable_kind::bytes:
    return "bytes";
  case variable_kind::string:
    return "string";
  case variable_kind::json:
    return "json";
  case variable_kind::counter:
    return "counter";
  }
  return "unknown";
}

std::string_view word_of(shm::watch_scope scope) noexcept {
  return scope == shm::watch_scope::variable ? "variable" : "region";
}

question hello(const connect_options& options) {
  return {"hello",
          {{"protocol", protocol_version},
           {"tenant", options.tenant},
           {"client", options.client}},
          0,
          true};
}

question wish_to_attach(std::string_view region, shm::access wanted) {
  return {"attach",
          {{"region", text(region)}, {"access", text(word_of(wanted))}},
          wire::descriptors_max,
          true};
}

} // namespace

shm::result<connection> connection::connect(const connect_options& options) {
  auto met = meet(options, {});
  if (!met)
    return std::move(met).assume_error();
  return std::move(met.assume_value().first);
}

shm::result<connected_region>
connection::connect_and_attach(const connect_options& options,
                               std::string_view region, shm::access wanted) {
  std::vector<question> more;
  more.push_back(wish_to_attach(region, wanted));
  auto met = meet(options, std::move(more));
  if (!met)
    return std::move(met).assume_error();
  auto& [node, answers] = met.assume_value();
  auto view = node.map(region, wanted, std::move(answers.back()));
  if (!view)
    return std::move(view).assume_error();
  return connected_region{std::move(node), std::move(view).assume_value()};
}

/// Connects, and says hello and whatever is to follow it in one go.
shm::result<std::pair<connection, std::vector<answer>>>
connection::meet(const connect_options& options, std::vector<question> more) {
  if (options.patience < milliseconds{1} || options.patience > patience_max)
    return failed(errc::bad_argument, "patience is 1 ms to 1 day");
  const auto until = std::chrono::steady_clock::now() + options.patience;
  auto opened = line::open(options.socket, until);
  if (!opened)
    return std::move(opened).assume_error();
  auto to_node = std::move(opened).assume_value();
  more.insert(more.begin(), hello(options));
  auto heard = to_node->ask_all(std::move(more), until);
  if (!heard)
    return std::move(heard).assume_error();
  auto greeting = read_greeting(heard.assume_value().front().fields);
  if (!greeting)
    return std::move(greeting).assume_error();
  return std::pair{connection{std::make_shared<const shared>(
                     shared{std::move(to_node), options.patience,
                            std::move(greeting).assume_value()})},
                   std::move(heard).assume_value()};
}

shm::result<wire::fields> connection::call(std::string_view command,
                                           wire::fields arguments) const {
  if (command == "attach")
    return failed(errc::bad_argument,
                  "attach brings memory along: use connection::attach");
  auto heard = shared_->to_node->ask(command, std::move(arguments),
                                     shared_->patience_end());
  if (!heard)
    return std::move(heard).assume_error();
  return std::move(heard.assume_value().fields);
}

shm::result<void> connection::order(std::string_view command,
                                    wire::fields arguments) const {
  if (auto done = call(command, std::move(arguments)); !done)
    return std::move(done).assume_error();
  return boost::outcome_v2::success();
}

shm::result<std::vector<region_listing>> connection::regions() const {
  std::vector<region_listing> out;
  for (bool more = true; more;) {
    wire::fields arguments;
    if (!out.empty())
      arguments.push_back({"after", out.back().region});
    auto heard = call("regions", std::move(arguments));
    if (!heard)
      return std::move(heard).assume_error();
    auto page = read_page(heard.assume_value(), out);
    if (!page)
      return std::move(page).assume_error();
    more = page.assume_value();
  }
  return out;
}

shm::result<std::vector<variable_listing>>
connection::variables(std::string_view region) const {
  std::vector<variable_listing> out;
  for (bool more = true; more;) {
    wire::fields arguments{{"region", text(region)}};
    if (!out.empty())
      arguments.push_back({"after", out.back().name});
    auto heard = call("variables", std::move(arguments));
    if (!heard)
      return std::move(heard).assume_error();
    auto page = read_page(heard.assume_value(), out);
    if (!page)
      return std::move(page).assume_error();
    more = page.assume_value();
  }
  return out;
}

shm::result<shm::region_view> connection::attach(std::string_view region,
                                                 shm::access wanted) const {
  std::vector<question> one;
  one.push_back(wish_to_attach(region, wanted));
  auto heard
    = shared_->to_node->ask_all(std::move(one), shared_->patience_end());
  if (!heard)
    return std::move(heard).assume_error();
  return map(region, wanted, std::move(heard.assume_value().front()));
}

shm::result<shm::region_view> connection::map(std::string_view region,
                                              shm::access wanted,
                                              answer granted) const {
  const auto owner = wire::number_or(granted.fields, "owner", 0);
  if (owner == 0 || owner > std::numeric_limits<std::int32_t>::max())
    return failed(errc::protocol,
                  "the node numbers this client " + std::to_string(owner));
  shm::attach_grant grant;
  grant.control = std::move(granted.descriptors[0]);
  grant.data = std::move(granted.descriptors[1]);
  grant.granted = wanted;
  grant.owner = static_cast<std::uint32_t>(owner);
  grant.doorbell = shared_->to_node->socket();
  // Held by the mapping: keeps the socket, and with it the doorbell, open.
  grant.watch = [self = *this, name = text(region)](shm::watch_scope scope) {
    return self.order("watch",
                      {{"region", name}, {"scope", text(word_of(scope))}});
  };
  auto view = shm::region_view::attach(std::move(grant));
  if (!view)
    (void)detach(region); // the error that matters is the view's
  return view;
}

shm::result<void> connection::detach(std::string_view region) const {
  return order("detach", {{"region", text(region)}});
}

shm::result<void>
connection::add_variable(std::string_view region,
                         const variable_request& wanted) const {
  return order("add_variable", {{"region", text(region)},
                                {"name", wanted.name},
                                {"kind", text(word_of(wanted.kind))},
                                {"type", wanted.type},
                                {"capacity", std::uint64_t{wanted.capacity}}});
}

shm::result<void> connection::remove_variable(std::string_view region,
                                              std::string_view name) const {
  return order("remove_variable",
               {{"region", text(region)}, {"name", text(name)}});
}

shm::result<void>
connection::create_region(const region_request& wanted) const {
  return order(
    "create_region",
    {{"region", wanted.region},
     {"bytes", wanted.bytes},
     {"bytes_max", wanted.bytes_max == 0 ? wanted.bytes : wanted.bytes_max},
     {"variables_max", wanted.variables_max},
     {"copies", wanted.copies},
     {"writers", text(wanted.node_writes_only ? "node" : "clients")},
     {"durability",
      text(wanted.durable == durability::disk ? "disk" : "memory")}});
}

shm::result<void> connection::remove_region(std::string_view region) const {
  return order("remove_region", {{"region", text(region)}});
}

shm::result<void> connection::grow_region(std::string_view region,
                                          std::uint64_t bytes) const {
  return order("grow_region", {{"region", text(region)}, {"bytes", bytes}});
}

bool connection::alive() const noexcept {
  return shared_->to_node->alive();
}

shm::result<void> connection::wait_for_hang_up(
  std::chrono::steady_clock::time_point until) const {
  return shared_->to_node->wait_for_hang_up(until);
}

void connection::hang_up() const noexcept {
  shared_->to_node->hang_up();
}

const node_greeting& connection::node() const noexcept {
  return shared_->greeting;
}

} // namespace holdfast::client
