#include "apps/examples/tour_trio.hpp"

#include "apps/examples/live.hpp"
#include "apps/processes/free_ports.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

constexpr auto reach_patience = 30s;
constexpr auto pause_between_looks = 5ms;

using ports = std::vector<std::uint16_t>;

std::string address_of(std::uint16_t port) {
  return "\"127.0.0.1:" + std::to_string(port) + "\"";
}

std::string peers_of(std::size_t index, const ports& all) {
  std::string peers;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i != index)
      peers += (peers.empty() ? "{ \"id\": " : ", { \"id\": ")
               + std::to_string(i + 1) + ", \"address\": " + address_of(all[i])
               + " }";
  return peers;
}

std::string principals(const cast& players) {
  auto all = principal("operator", ::geteuid(),
                       R"("read", "write", "create", "admin")");
  if (players.separate) {
    all += ",\n      ";
    all += principal("writer", players.market_publisher->uid,
                     R"("read", "write")");
    all += ",\n      ";
    all += principal("reader", players.market_reader->uid, R"("read")");
  }
  return all;
}

std::string variable(std::string_view name, std::string_view type,
                     std::size_t bytes) {
  return R"({ "name": ")" + std::string{name} + R"(", "type": ")"
         + std::string{type} + R"(", "capacity": ")" + std::to_string(bytes)
         + "B\" }";
}

std::string variables() {
  const auto tick_type = shm::type_tag<tick>::value;
  auto all = variable(live_memory, shm::type_tag<memory_use>::value,
                      sizeof(memory_use))
             + ", " + variable(tape_variable, tick_type, sizeof(tick));
  for (std::uint64_t i = 0; i < kept_ticks; ++i)
    all += ",\n        " + variable(kept_tick(i), tick_type, sizeof(tick));
  return all;
}

std::string configuration(const std::string& directory, std::size_t index,
                          const ports& all, const cast& players) {
  return R"({
  "node": {
    "id": )"
         + std::to_string(index + 1) + R"(,
    "data_directory": ")"
         + directory + R"(/data",
    "socket": ")"
         + directory + R"(/run/attach.sock"
  },
  "cluster": {
    "name": "tour",
    "bind": )"
         + address_of(all[index]) + R"(,
    "transport": "insecure-loopback",
    "peers": [)"
         + peers_of(index, all) + R"(]
  },
  "tenants": [{
    "name": "tour",
    "principals": [
      )" + principals(players)
         + R"(
    ],
    "regions": [{
      "name": ")"
         + std::string{live_region} + R"(",
      "bytes": "1MiB",
      "variables": [
        )"
         + variables() + R"(
      ]
    }]
  }]
}
)";
}

} // namespace

// -- one of them --------------------------------------------------------------

trio_member::trio_member(const cast& players, std::size_t index,
                         const ports& all)
  : as_{players.node} {
  std::ofstream{config()} << configuration(directory_.path(), index, all,
                                           players);
  directory_.give_to(as_);
  start();
}

void trio_member::start() {
  process_.emplace(launch{.program = "holdfast-node",
                          .arguments = {"--config", config()},
                          .as = as_,
                          .output_file = directory_.path() + "/log"});
}

void trio_member::kill() {
  process_->kill();
  line_.reset();
}

void trio_member::stop() {
  process_->stop();
}

leadership trio_member::sees() {
  const auto told = ask(
    [](const client::connection& node) { return node.call("cluster_status"); });
  if (!told)
    return {};
  return {wire::number_or(told.assume_value(), "leader", 0),
          wire::number_or(told.assume_value(), "term", 0)};
}

bool trio_member::decide_on(const std::string& region) {
  const auto told = ask([&region](const client::connection& node) {
    return node.create_region(
      {.region = region, .bytes = 65536, .variables_max = 16});
  });
  return told || told.assume_error().code == shm::errc::exists;
}

bool trio_member::knows(const std::string& region) {
  const auto told
    = ask([](const client::connection& node) { return node.regions(); });
  return told
         && std::any_of(
           told.assume_value().begin(), told.assume_value().end(),
           [&region](const auto& row) { return row.region == region; });
}

wire::fields trio_member::live() {
  const auto told = ask([](const client::connection& node) {
    return node.call("region", {{"region", std::string{live_region}}});
  });
  return told ? told.assume_value() : wire::fields{};
}

bool trio_member::is_home() {
  const auto seen = live();
  const auto* role = wire::find_text(seen, "role");
  const auto* whole = wire::find_text(seen, "whole");
  return role != nullptr && *role == "home" && whole != nullptr
         && *whole == "1 2 3";
}

std::uint64_t trio_member::home_seen() {
  return wire::number_or(live(), "home", 0);
}

void trio_member::ask_to_move_home(std::uint64_t node) {
  static_cast<void>(ask([node](const client::connection& to) {
    return to.call("move_region",
                   {{"region", std::string{live_region}}, {"node", node}});
  }));
}

// -- all three ----------------------------------------------------------------

trio::trio(const cast& players) {
  const auto all = processes::free_ports(count);
  for (std::size_t i = 0; i < count; ++i)
    members_[i].emplace(players, i, all);
}

leadership trio::agreed_by(const std::vector<std::uint64_t>& ids) {
  leadership seen;
  until("no leader", [&] {
    seen = at(ids.front()).sees();
    return std::find(ids.begin(), ids.end(), seen.leader) != ids.end()
           && std::all_of(ids.begin(), ids.end(),
                          [&](auto id) { return at(id).sees() == seen; });
  });
  return seen;
}

void trio::until(const char* missing, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + reach_patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end)
      throw tour_failure{std::string{"three nodes: "} + missing};
    rest(pause_between_looks);
  }
}

} // namespace holdfast::examples
