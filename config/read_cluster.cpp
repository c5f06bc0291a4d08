#include "config/read_cluster.hpp"

#include <algorithm>
#include <set>

namespace holdfast::config {

namespace {

std::optional<address> read_address(section_reader& keys,
                                    std::string_view key) {
  const auto text = keys.text(key, check_address);
  return text ? parse_address(*text) : std::nullopt;
}

tls_section read_tls(section_reader keys) {
  tls_section tls;
  assign(tls.certificate, keys.text("certificate", check_path));
  assign(tls.key, keys.text("key", check_path));
  assign(tls.authority, keys.text("authority", check_path));
  return tls;
}

health_section read_health(section_reader keys) {
  health_section health;
  assign(health.profile,
         keys.word<health_profile>("profile", health_profile_words));
  const auto interval = keys.number("interval");
  if (keys.has("interval"))
    assign(health.interval, interval);
  else if (health.profile == health_profile::fast)
    health.interval = health_interval_fast;
  const auto suspected = keys.number("suspected_after");
  const auto down = keys.number("down_after");
  assign(health.suspected_after, suspected);
  assign(health.down_after, down);
  if (suspected && down && *down <= *suspected)
    keys.complain(keys.has("down_after") ? "down_after" : "suspected_after",
                  "down after " + std::to_string(*down)
                    + " misses and suspected after "
                    + std::to_string(*suspected),
                  "a down_after above suspected_after");
  return health;
}

cluster_peer read_peer(section_reader& keys) {
  cluster_peer peer;
  assign(peer.id, keys.number("id"));
  peer.address = read_address(keys, "address").value_or(address{});
  assign(peer.key, keys.text("key", check_peer_key));
  return peer;
}

/// Ids and addresses that a complaint left empty collide with nothing.
class known_nodes {
public:
  known_nodes(std::uint64_t own_id, const address& own) {
    ids_.insert(own_id);
    if (own.port != 0)
      addresses_.insert(print_address(own));
  }

  void add(const cluster_peer& peer, section_reader& keys) {
    if (peer.id != 0 && !ids_.insert(peer.id).second)
      keys.complain("id",
                    "the id " + std::to_string(peer.id) + " a second time",
                    "an id of its own for each peer, and not this node's");
    if (peer.address.port != 0
        && !addresses_.insert(print_address(peer.address)).second)
      keys.complain("address",
                    "the address " + in_quotes(print_address(peer.address))
                      + " a second time",
                    "an address of its own for each node");
  }

  bool has(std::uint64_t id) const {
    return ids_.contains(id);
  }

private:
  std::set<std::uint64_t> ids_;
  std::set<std::string> addresses_;
};

void read_peers(section_reader& keys, cluster_section& cluster,
                known_nodes& nodes, report& out) {
  const auto count = keys.list("peers").size();
  for (std::size_t i = 0; i < count && !out.is_full(); ++i) {
    auto entry = keys.entry("peers", i, section::cluster_peer);
    cluster.peers.push_back(read_peer(entry));
    nodes.add(cluster.peers.back(), entry);
  }
}

void read_voters(section_reader& keys, cluster_section& cluster,
                 const known_nodes& nodes) {
  cluster.voters = keys.count_list("voters", node_id_min, node_id_max);
  for (const auto voter : cluster.voters)
    if (!nodes.has(voter))
      keys.complain("voters", "the node " + std::to_string(voter),
                    "ids of this node and of its peers");
}

/// Without TLS, whoever reaches the port owns the node: so nobody on another
/// host may, and nothing is said to another host.
void check_insecure(section_reader& keys, const cluster_section& cluster) {
  if (keys.has("tls"))
    keys.complain("tls", "files of TLS with transport \"insecure-loopback\"",
                  "transport \"tls\", or no tls");
  if (cluster.bind.port != 0 && !is_loopback(cluster.bind))
    keys.complain("bind", in_quotes(print_address(cluster.bind)),
                  "a loopback address with transport \"insecure-loopback\"",
                  "give certificates in tls to listen elsewhere");
  for (const auto& peer : cluster.peers)
    if (peer.address.port != 0 && !is_loopback(peer.address))
      keys.complain("peers", "the peer " + print_address(peer.address),
                    "loopback addresses with transport \"insecure-loopback\"");
  for (const auto& seed : cluster.seeds)
    if (!is_loopback(seed))
      keys.complain("seeds", "the seed " + print_address(seed),
                    "loopback addresses with transport \"insecure-loopback\"");
}

void read_transport(section_reader& keys, cluster_section& cluster) {
  const auto word = keys.word<transport>("transport", transport_words);
  if (!word)
    return;
  cluster.transport = *word;
  if (*word == transport::insecure_loopback)
    check_insecure(keys, cluster);
  else if (!keys.has("tls"))
    keys.complain("tls", "nothing",
                  "certificate, key and authority for transport \"tls\"",
                  cluster.bind.port != 0 && is_loopback(cluster.bind)
                    ? "for a trial on one host write \"transport\": "
                      "\"insecure-loopback\""
                    : "");
  else
    cluster.tls = read_tls(keys.inner("tls", section::tls));
}

void read_places(section_reader& keys, cluster_section& cluster) {
  const auto bind = read_address(keys, "bind");
  cluster.bind = bind.value_or(address{});
  cluster.advertise = cluster.bind;
  if (keys.has("advertise"))
    cluster.advertise = read_address(keys, "advertise").value_or(cluster.bind);
  if (bind && is_everywhere(cluster.advertise))
    keys.complain("advertise", in_quotes(print_address(cluster.advertise)),
                  "an address that peers can call",
                  "write the address of this host as advertise");
}

void read_replication_port(section_reader& keys, cluster_section& cluster) {
  const auto port = keys.number("replication_port");
  assign(cluster.replication_port, port);
  if (port && *port != 0 && *port == cluster.bind.port)
    keys.complain("replication_port", std::to_string(*port) + ", as in bind",
                  "another port than that of bind, or 0");
}

} // namespace

cluster_section read_cluster(section_reader keys, std::uint64_t own_id,
                             report& out) {
  cluster_section cluster;
  if (!keys.is_object())
    return cluster;
  assign(cluster.name, keys.text("name", check_name));
  read_places(keys, cluster);
  known_nodes nodes{own_id, cluster.advertise};
  read_peers(keys, cluster, nodes, out);
  read_voters(keys, cluster, nodes);
  for (const auto& seed : keys.text_list("seeds", check_address))
    cluster.seeds.push_back(*parse_address(seed));
  read_transport(keys, cluster);
  if (keys.has("discovery_directory"))
    assign(cluster.discovery_directory,
           keys.text("discovery_directory", check_path));
  read_replication_port(keys, cluster);
  assign(cluster.weight, keys.number("weight"));
  cluster.health = read_health(keys.inner("health", section::health));
  return cluster;
}

} // namespace holdfast::config
