#include "apps/examples/tour_cluster.hpp"

#include "apps/examples/program.hpp"
#include "apps/processes/free_ports.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t node_count = 3;
constexpr auto reach_patience = 30s;
constexpr auto pause_between_looks = 5ms;

using ports = std::vector<std::uint16_t>;

std::string address_of(std::uint16_t port) {
  return "\"127.0.0.1:" + std::to_string(port) + "\"";
}

std::string configuration(const std::string& directory, std::size_t index,
                          const ports& all) {
  std::string peers;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i != index)
      peers += (peers.empty() ? "{ \"id\": " : ", { \"id\": ")
               + std::to_string(i + 1) + ", \"address\": " + address_of(all[i])
               + " }";
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
         + peers + R"(]
  },
  "tenants": [{
    "name": "tour",
    "principals": [{ "name": "operator", "uid": )"
         + std::to_string(::geteuid()) + R"(, "grants": [
      { "regions": "*", "rights": ["read", "write", "create", "admin"] }] }]
  }]
}
)";
}

/// What one node tells of the leader.
struct leadership {
  std::uint64_t leader = 0; // 0: it does not answer, or nobody leads
  std::uint64_t term = 0;

  bool operator==(const leadership&) const = default;
};

/// One of the three, on a directory of its own.
class member {
public:
  member(const cast& players, std::size_t index, const ports& all)
    : as_{players.node} {
    std::ofstream{config()} << configuration(directory_.path(), index, all);
    directory_.give_to(as_);
    start();
  }

  void start() {
    process_.emplace(launch{.program = "holdfast-node",
                            .arguments = {"--config", config()},
                            .as = as_,
                            .output_file = directory_.path() + "/log"});
  }

  void kill() {
    process_->kill();
    line_.reset();
  }

  /// Until it has ended in order.
  void stop() {
    process_->stop();
  }

  leadership sees() {
    const auto told = ask([](const client::connection& node) {
      return node.call("cluster_status");
    });
    if (!told)
      return {};
    return {wire::number_or(told.assume_value(), "leader", 0),
            wire::number_or(told.assume_value(), "term", 0)};
  }

  /// Something that only a majority can decide: whether it was.
  bool decide_on(const std::string& region) {
    const auto told = ask([&region](const client::connection& node) {
      return node.create_region(
        {.region = region, .bytes = 65536, .variables_max = 16});
    });
    return told || told.assume_error().code == shm::errc::exists;
  }

  bool knows(const std::string& region) {
    const auto told
      = ask([](const client::connection& node) { return node.regions(); });
    return told
           && std::any_of(
             told.assume_value().begin(), told.assume_value().end(),
             [&region](const auto& row) { return row.region == region; });
  }

private:
  std::string config() const {
    return directory_.path() + "/node.json";
  }

  /// Over one connection for as long as that lasts.
  template <class Question>
  auto ask(Question question)
    -> decltype(question(std::declval<const client::connection&>())) {
    if (!line_) {
      client::connect_options options;
      options.socket = directory_.path() + "/run/attach.sock";
      options.client = "quickstart";
      auto connected = client::connection::connect(options);
      if (!connected)
        return connected.assume_error();
      line_.emplace(std::move(connected).assume_value());
    }
    auto told = question(*line_);
    if (!told && told.assume_error().code == shm::errc::unreachable)
      line_.reset();
    return told;
  }

  own_directory directory_;
  std::optional<identity> as_;
  std::optional<child> process_;
  std::optional<client::connection> line_;
};

class trio {
public:
  explicit trio(const cast& players) {
    const auto all = processes::free_ports(node_count);
    for (std::size_t i = 0; i < node_count; ++i)
      members_[i].emplace(players, i, all);
  }

  member& at(std::uint64_t id) {
    return *members_.at(id - 1);
  }

  /// Until all of these name the same one of them.
  leadership agreed_by(const std::vector<std::uint64_t>& ids) {
    leadership seen;
    until("no leader", [&] {
      seen = at(ids.front()).sees();
      return std::find(ids.begin(), ids.end(), seen.leader) != ids.end()
             && std::all_of(ids.begin(), ids.end(),
                            [&](auto id) { return at(id).sees() == seen; });
    });
    return seen;
  }

  static void until(const char* missing, const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + reach_patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end)
        throw tour_failure{std::string{"three nodes: "} + missing};
      rest(pause_between_looks);
    }
  }

private:
  std::array<std::optional<member>, node_count> members_;
};

double ms_since(std::int64_t start_ns) {
  return static_cast<double>(monotonic_ns() - start_ns) * 1e-6;
}

std::vector<std::uint64_t> others_than(std::uint64_t id) {
  std::vector<std::uint64_t> others;
  for (std::uint64_t other = 1; other <= node_count; ++other)
    if (other != id)
      others.push_back(other);
  return others;
}

} // namespace

cluster_findings kill_a_leader(const cast& players) {
  cluster_findings found;
  const auto started = monotonic_ns();
  trio nodes{players};
  auto first = nodes.agreed_by({1, 2, 3});
  found.elected_ms = ms_since(started);
  trio::until("the lowest id does not lead", [&] {
    first = nodes.agreed_by({1, 2, 3});
    return first.leader == 1;
  });
  found.settled_ms = ms_since(started);
  found.first_leader = first.leader;
  found.first_term = first.term;
  trio::until("no decision", [&] { return nodes.at(3).decide_on("before"); });

  const auto others = others_than(first.leader);
  const auto killed = monotonic_ns();
  nodes.at(first.leader).kill();
  const auto next = nodes.agreed_by(others);
  found.next_leader_ms = ms_since(killed);
  found.next_leader = next.leader;
  found.next_term = next.term;
  trio::until("no decision after the kill",
              [&] { return nodes.at(next.leader).decide_on("after"); });
  found.next_decision_ms = ms_since(killed);

  const auto restarted = monotonic_ns();
  nodes.at(first.leader).start();
  trio::until("leadership does not return", [&] {
    found.last_leader = nodes.agreed_by({1, 2, 3}).leader;
    return found.last_leader == first.leader;
  });
  found.returned_ms = ms_since(restarted);
  trio::until("the tables differ", [&] {
    for (std::uint64_t id = 1; id <= node_count; ++id)
      if (!nodes.at(id).knows("before") || !nodes.at(id).knows("after"))
        return false;
    return true;
  });
  found.same_tables = true;
  for (std::uint64_t id = node_count; id > 0; --id)
    nodes.at(id).stop();
  return found;
}

} // namespace holdfast::examples
