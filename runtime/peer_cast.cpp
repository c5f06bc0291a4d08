#include "runtime/peer_cast.hpp"

#include "actors/peer_door.hpp"
#include "runtime/node_identity.hpp"

#include <caf/all.hpp>

#include <set>

namespace holdfast::runtime {

namespace {

constexpr std::uint32_t protocol = 1;

std::string listed(const std::set<std::uint64_t>& ids) {
  std::string text;
  for (const auto id : ids)
    text += (text.empty() ? "" : ",") + std::to_string(id);
  return text;
}

std::set<std::uint64_t> all_nodes(const config::cluster_section& cluster,
                                  std::uint64_t node) {
  std::set<std::uint64_t> ids{node};
  for (const auto& peer : cluster.peers)
    ids.insert(peer.id);
  return ids;
}

rules::hello hello_of(const peer_cast_options& options) {
  rules::hello said;
  said.protocol = protocol;
  said.protocol_least = protocol;
  said.cluster = options.cluster.name;
  said.cluster_id = options.cluster_id;
  said.node = options.node;
  said.incarnation = options.incarnation;
  said.settings = settings_of(options.cluster, options.lease_duration);
  said.founders = founders_of(options.cluster, options.node);
  said.key = options.public_key;
  return said;
}

actors::peer_options options_for(const config::cluster_peer& peer,
                                 const peer_cast_options& options,
                                 const actors::peer_network_actor& network) {
  const auto& health = options.cluster.health;
  actors::peer_options made;
  made.node = peer.id;
  made.host = peer.address.host;
  made.port = peer.address.port;
  made.ours = [said = hello_of(options), history = options.history] {
    auto now = said;
    if (history)
      now.history = history();
    return now;
  };
  made.identity = options.identity;
  made.network = network;
  made.elector = options.elector;
  made.service = options.service;
  made.listeners = options.listeners;
  made.health = {health.interval, health.suspected_after, health.down_after};
  made.breaker = {config::breaker_failures_max, config::breaker_open_for};
  made.reconnect = {config::reconnect_delay_min, config::reconnect_delay_max};
  made.dial_deadline = config::dial_deadline;
  made.hello_deadline = config::peer_hello_deadline;
  made.held_after = config::link_held_after;
  made.calls_max = config::peer_calls_max;
  made.call_bytes_max = config::peer_call_bytes_max;
  made.now = shm::boot_clock::now;
  made.chance = draw_chance;
  made.log = options.log;
  return made;
}

} // namespace

std::string settings_of(const config::cluster_section& cluster,
                        std::chrono::milliseconds lease_duration) {
  const auto& health = cluster.health;
  return "health.interval=" + std::to_string(health.interval.count())
         + "ms\nhealth.suspected_after="
         + std::to_string(health.suspected_after) + "\nhealth.down_after="
         + std::to_string(health.down_after) + "\nlease.duration="
         + std::to_string(lease_duration.count()) + "ms\nvoters="
         + listed({cluster.voters.begin(), cluster.voters.end()});
}

std::uint64_t founders_of(const config::cluster_section& cluster,
                          std::uint64_t node) {
  // FNV-1a: it tells lists apart that people wrote, not those of an attacker.
  std::uint64_t digest = 0xcbf29ce484222325U;
  for (const char c : listed(all_nodes(cluster, node)))
    digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return digest == 0 ? 1 : digest;
}

shm::result<std::unique_ptr<peer_cast>>
peer_cast::start(caf::actor_system& system, boost::asio::io_context& io,
                 const peer_cast_options& options) {
  std::unique_ptr<peer_cast> made{new peer_cast};
  made->network_ = peer_network::start(system, io, options.cluster);
  actors::peer_door_options door{options.node, {}, options.log};
  for (const auto& peer : options.cluster.peers) {
    made->peers_.push_back(system.spawn(
      actors::peer, options_for(peer, options, made->network_->actor())));
    door.peers[peer.id] = made->peers_.back();
  }
  made->door_ = system.spawn(actors::peer_door, std::move(door));
  if (auto port = made->network_->publish(made->door_); !port)
    return std::move(port).assume_error();
  return made;
}

peer_cast::~peer_cast() {
  for (const auto& each : peers_)
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  network_.reset();
  if (door_)
    caf::anon_send_exit(door_, caf::exit_reason::user_shutdown);
}

} // namespace holdfast::runtime
