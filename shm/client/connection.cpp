#include "shm/client/connection.hpp"

#include "shm/client/line.hpp"

#include <limits>
#include <utility>

namespace holdfast::client {

namespace {

using shm::errc;
using shm::failed;
using std::chrono::milliseconds;

constexpr std::uint64_t protocol_version = wire::version;
constexpr std::size_t listings_max = shm::limits::variables_max;
constexpr milliseconds patience_max = std::chrono::hours{24};

// Reads what a reply must hold; the first thing missing is kept.
class reply_reader {
public:
  reply_reader(const wire::fields& from, std::string_view command)
    : from_{from}, command_{command} {
    // nop
  }

  std::string text(std::string_view name) {
    const auto* found = wire::find_text(from_, name);
    if (found == nullptr)
      note(name, "text");
    return found == nullptr ? std::string{} : *found;
  }

  std::uint64_t number(std::string_view name) {
    // Whatever the two answers have in common is the number.
    const auto found = wire::number_or(from_, name, 0);
    if (found != wire::number_or(from_, name, 1))
      note(name, "a number");
    return found;
  }

  bool truth(std::string_view name) {
    const auto* found = wire::find(from_, name);
    const auto* held = found == nullptr ? nullptr : std::get_if<bool>(found);
    if (held == nullptr)
      note(name, "a bool");
    return held != nullptr && *held;
  }

  const wire::rows& rows(std::string_view name) {
    static const wire::rows none;
    const auto* found = wire::find(from_, name);
    const auto* held
      = found == nullptr ? nullptr : std::get_if<wire::rows>(found);
    if (held == nullptr)
      note(name, "rows");
    return held == nullptr ? none : *held;
  }

  void note(std::string_view name, std::string_view what) {
    if (problem_.empty())
      problem_ = "the reply to '" + std::string{command_} + "' lacks '"
                 + std::string{name} + "', " + std::string{what};
  }

  template <class T>
  shm::result<T> complete(T read) {
    if (!problem_.empty())
      return failed(errc::protocol, problem_);
    return read;
  }

private:
  const wire::fields& from_;
  std::string_view command_;
  std::string problem_;
};

shm::result<node_greeting> read_greeting(const wire::fields& from) {
  reply_reader reply{from, "hello"};
  node_greeting out;
  out.node = reply.number("node");
  out.name = reply.text("node_name");
  out.version = reply.text("version");
  out.session = reply.number("session");
  out.tenant = reply.text("tenant");
  out.principal = reply.text("principal");
  out.lease
    = milliseconds{static_cast<milliseconds::rep>(reply.number("lease_ms"))};
  return reply.complete(std::move(out));
}

shm::result<region_listing> read_region(const wire::fields& from) {
  reply_reader reply{from, "regions"};
  region_listing out;
  out.region = reply.text("region");
  out.bytes = reply.number("bytes");
  out.bytes_max = reply.number("bytes_max");
  out.bytes_free = reply.number("bytes_free");
  out.variables = reply.number("variables");
  out.variables_max = reply.number("variables_max");
  out.clients = reply.number("clients");
  out.epoch = reply.number("epoch");
  out.home = reply.number("home");
  out.state = reply.text("state");
  out.role = reply.text("role");
  out.rights = reply.text("rights");
  return reply.complete(std::move(out));
}

shm::result<variable_listing> read_variable(const wire::fields& from) {
  reply_reader reply{from, "variables"};
  variable_listing out;
  out.name = reply.text("name");
  out.kind = reply.text("kind");
  out.type = reply.text("type");
  out.capacity = reply.number("capacity");
  out.version = reply.number("version");
  out.committed = reply.number("committed");
  return reply.complete(std::move(out));
}

std::string_view key_of(const region_listing& listing) {
  return listing.region;
}

std::string_view key_of(const variable_listing& listing) {
  return listing.name;
}

// Appends one page; whether there is more.
template <class Listing>
shm::result<bool>
read_page(const wire::fields& from, std::string_view command,
          shm::result<Listing> (*read_row)(const wire::fields&),
          std::vector<Listing>& into) {
  reply_reader reply{from, command};
  const auto& page = reply.rows("rows");
  const bool more = reply.truth("more");
  for (const auto& row : page) {
    auto read = read_row(row);
    if (!read)
      return std::move(read).assume_error();
    // Names that rise bound the number of pages.
    if (!into.empty() && key_of(read.assume_value()) <= key_of(into.back()))
      return failed(errc::protocol,
                    "the " + std::string{command} + " are not sorted by name");
    into.push_back(std::move(read).assume_value());
  }
  if (more && page.empty())
    return failed(errc::protocol,
                  "an empty page of " + std::string{command} + ", and more");
  if (into.size() > listings_max)
    return failed(errc::protocol,
                  "more " + std::string{command} + " than there can be");
  return reply.complete(more);
}

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

} // namespace

// What all copies of a connection and its mapped regions hold on to.
struct connection::shared {
  std::shared_ptr<line> to_node;
  milliseconds patience;
  node_greeting greeting;

  deadline patience_end() const {
    return std::chrono::steady_clock::now() + patience;
  }
};

shm::result<connection> connection::connect(const connect_options& options) {
  if (options.patience < milliseconds{1} || options.patience > patience_max)
    return failed(errc::bad_argument, "patience is 1 ms to 1 day");
  const auto until = std::chrono::steady_clock::now() + options.patience;
  auto opened = line::open(options.socket, until);
  if (!opened)
    return std::move(opened).assume_error();
  auto to_node = std::move(opened).assume_value();
  auto heard = to_node->ask("hello",
                            {{"protocol", protocol_version},
                             {"tenant", options.tenant},
                             {"client", options.client}},
                            until);
  if (!heard)
    return std::move(heard).assume_error();
  auto greeting = read_greeting(heard.assume_value().fields);
  if (!greeting)
    return std::move(greeting).assume_error();
  return connection{std::make_shared<const shared>(shared{
    std::move(to_node), options.patience, std::move(greeting).assume_value()})};
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
    auto page = read_page(heard.assume_value(), "regions", read_region, out);
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
    auto page
      = read_page(heard.assume_value(), "variables", read_variable, out);
    if (!page)
      return std::move(page).assume_error();
    more = page.assume_value();
  }
  return out;
}

shm::result<shm::region_view> connection::attach(std::string_view region,
                                                 shm::access wanted) const {
  auto heard = shared_->to_node->ask(
    "attach", {{"region", text(region)}, {"access", text(word_of(wanted))}},
    shared_->patience_end(), wire::descriptors_max);
  if (!heard)
    return std::move(heard).assume_error();
  auto& granted = heard.assume_value();
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
     {"writers", text(wanted.node_writes_only ? "node" : "clients")}});
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
