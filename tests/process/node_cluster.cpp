#include "tests/process/node_cluster.hpp"

#include "apps/processes/free_ports.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;

/// Of nodes that share their host of the network with nobody.
constexpr std::uint16_t lone_port = 4711;

bool flag(const wire::fields& in, std::string_view name) {
  const auto* held = wire::find(in, name);
  const auto* flag = held != nullptr ? std::get_if<bool>(held) : nullptr;
  return flag != nullptr && *flag;
}

} // namespace

const wire::rows* rows_of(const shm::result<wire::fields>& heard) {
  if (!heard)
    return nullptr;
  const auto* rows = wire::find(heard.assume_value(), "rows");
  return rows != nullptr ? std::get_if<wire::rows>(rows) : nullptr;
}

namespace {

/// The first row of an answer that is the one; empty: there is none.
template <class Is>
wire::fields row_where(const shm::result<wire::fields>& heard, Is is) {
  if (const auto* all = rows_of(heard))
    for (const auto& row : *all)
      if (is(row))
        return row;
  return {};
}

} // namespace

list_style over_tls(const issued_files& issued, std::uint64_t node) {
  const auto files = issued.issue(node);
  return {"test", R"("transport": "tls", "tls": {"certificate": ")"
                    + files.certificate + R"(", "key": ")" + files.key
                    + R"(", "authority": ")" + files.authority + R"("})"};
}

node_cluster::node_cluster(std::size_t count)
  : hosts_(count, "127.0.0.1"), ports_{processes::free_ports(count)} {
  for (std::uint64_t id = 1; id <= count; ++id)
    sections_[id] = list_for(id, {});
}

node_cluster::node_cluster(const split_network& network,
                           const issued_files& issued)
  : ports_(network.size(), lone_port), network_{&network} {
  for (const auto id : network.all())
    hosts_.push_back(split_network::host(id));
  for (const auto id : network.all())
    sections_[id] = list_for(id, over_tls(issued, id));
}

std::set<std::uint64_t> node_cluster::all() const {
  std::set<std::uint64_t> made;
  for (const auto& [id, _] : sections_)
    made.insert(id);
  return made;
}

std::string node_cluster::list_for(std::uint64_t id,
                                   const list_style& style) const {
  std::string peers;
  for (std::uint64_t other = 1;
       other <= std::min<std::uint64_t>(ports_.size(), style.up_to); ++other)
    if (other != id)
      peers += std::string{peers.empty() ? "" : ", "} + R"({"id": )"
               + std::to_string(other) + R"(, "address": ")" + address(other)
               + R"("})";
  return R"("name": ")" + style.name + R"(", "bind": ")" + address(id)
         + R"(", )" + style.transport + R"(, "health": {"profile": ")"
         + style.health + R"("}, "peers": [)" + peers + "]";
}

std::string node_cluster::found_by(std::uint64_t id,
                                   const std::string& more) const {
  return R"("name": "test", "bind": ")" + address(id)
         + R"(", "transport": "insecure-loopback",
             "health": {"profile": "fast"}, )"
         + more;
}

wire::fields node_cluster::member_seen_by(std::uint64_t at,
                                          std::uint64_t id) const {
  return row_seen_by(at, "members", "node", id);
}

wire::fields node_cluster::region_seen_by(std::uint64_t at,
                                          const std::string& region) const {
  return row_where(call(at, "regions"), [&](const wire::fields& row) {
    const auto* name = wire::find_text(row, "region");
    return name != nullptr && *name == region;
  });
}

wire::fields node_cluster::row_seen_by(std::uint64_t at,
                                       const std::string& command,
                                       std::string_view column,
                                       std::uint64_t number) const {
  return row_where(call(at, command), [&](const wire::fields& row) {
    return wire::number_or(row, column, 0) == number;
  });
}

void node_cluster::describe(std::uint64_t id, std::string text) {
  sections_[id] = std::move(text);
}

void node_cluster::describe_quota(std::uint64_t id, std::string text) {
  quotas_[id] = std::move(text);
}

bool node_cluster::says(std::uint64_t id,
                        const std::vector<std::string>& words) {
  return eventually(
    [&] {
      std::istringstream lines{at(id).log()};
      for (std::string line; std::getline(lines, line);)
        if (std::all_of(words.begin(), words.end(), [&](const auto& word) {
              return line.find(word) != std::string::npos;
            }))
          return true;
      return false;
    },
    20s);
}

void node_cluster::start(std::uint64_t id) {
  running_.insert(id);
  if (const auto known = nodes_.find(id); known != nodes_.end())
    return known->second->restart();
  auto tenant = own_tenant("[]");
  // More than any test makes.
  const auto quota = quotas_.contains(id) ? quotas_.at(id)
                                          : std::string{R"({"regions": 4096})"};
  tenant.insert(2, R"("quota": )" + quota + ", ");
  auto text = node_text(tenant, R"("cluster": {)" + sections_.at(id) + "}, ");
  const std::string before = R"({"node": {)";
  text.replace(0, before.size(),
               before + R"("id": )" + std::to_string(id) + ", ");
  nodes_[id] = std::make_unique<real_node>(
    text, network_ != nullptr ? network_->place(id) : -1);
}

void node_cluster::start_all() {
  for (const auto& [id, _] : sections_)
    start(id);
}

void node_cluster::kill(std::uint64_t id) {
  running_.erase(id);
  at(id).kill();
}

client::connect_options node_cluster::door(std::uint64_t id) const {
  client::connect_options made;
  made.socket = nodes_.at(id)->socket();
  made.client = "node_cluster";
  made.patience = 8s;
  return made;
}

void node_cluster::forget(std::uint64_t id) {
  std::filesystem::remove_all(at(id).directory() + "/state");
}

shm::result<wire::fields> node_cluster::call(std::uint64_t id,
                                             const std::string& command,
                                             wire::fields fields) const {
  const auto connected = client::connection::connect(door(id));
  if (!connected)
    return connected.assume_error();
  return connected.assume_value().call(command, std::move(fields));
}

told_status node_cluster::status(std::uint64_t id) const {
  const auto heard = call(id, "cluster_status");
  told_status told;
  if (!heard)
    return told;
  const auto& fields = heard.assume_value();
  told.heard = true;
  told.total = wire::number_or(fields, "total", 0);
  told.healthy = wire::number_or(fields, "healthy", 0);
  told.down = wire::number_or(fields, "down", 0);
  told.leader = wire::number_or(fields, "leader", 0);
  told.term = wire::number_or(fields, "term", 0);
  told.quorum = flag(fields, "quorum");
  if (const auto* role = wire::find_text(fields, "role"))
    told.role = *role;
  return told;
}

std::uint64_t node_cluster::await_leader(const std::set<std::uint64_t>& among,
                                         std::chrono::seconds patience) const {
  std::uint64_t leader = 0;
  const auto agree = [&] {
    leader = status(*among.begin()).leader;
    if (!among.contains(leader))
      return false;
    for (const auto id : among)
      if (status(id).leader != leader)
        return false;
    return true;
  };
  return eventually(agree, patience) ? leader : 0;
}

bool node_cluster::await_leader_at(const std::set<std::uint64_t>& among,
                                   std::uint64_t leader,
                                   std::chrono::seconds patience) const {
  const auto agree = [&] {
    for (const auto id : among)
      if (status(id).leader != leader)
        return false;
    return true;
  };
  return eventually(agree, patience);
}

bool node_cluster::await_no_leader(std::uint64_t id,
                                   std::chrono::seconds patience) const {
  const auto nobody = [&] {
    const auto told = status(id);
    return told.heard && told.leader == 0 && told.role != "leader";
  };
  return eventually(nobody, patience);
}

std::string node_cluster::logs() const {
  std::string all;
  for (const auto& [id, node] : nodes_)
    all += "--- node " + std::to_string(id) + "\n" + node->log();
  return all;
}

} // namespace holdfast::test
