#include "runtime/peer_cast.hpp"

#include "actors/peer_door.hpp"
#include "runtime/node_identity.hpp"

#include <caf/all.hpp>

namespace holdfast::runtime {

namespace {

rules::hello hello_of(const peer_cast_options& options,
                      std::uint64_t founders) {
  rules::hello said;
  said.protocol = peer_protocol;
  said.protocol_least = peer_protocol;
  said.cluster = options.cluster.name;
  said.node = options.node;
  said.incarnation = options.incarnation;
  said.settings = settings_of(options.cluster, options.lease_duration);
  said.founders = founders;
  said.key = options.public_key;
  return said;
}

actors::peer_options options_for(std::uint64_t node,
                                 const config::address& where,
                                 const peer_cast_options& options,
                                 std::uint64_t founders) {
  const auto& health = options.cluster.health;
  actors::peer_options made;
  made.node = node;
  made.host = where.host;
  made.port = where.port;
  made.ours = [said = hello_of(options, founders)] { return said; };
  made.identity = options.identity(node);
  made.elector = options.elector;
  made.router = options.router;
  made.replication_port = options.replication_port;
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
         + std::to_string(health.suspected_after)
         + "\nhealth.down_after=" + std::to_string(health.down_after)
         + "\nhealth.profile.election_timeout="
         + std::to_string(health.election_timeout().count()) + "ms"
         + "\nlease.duration=" + std::to_string(lease_duration.count()) + "ms";
}

peer_cast::peer_cast(caf::actor_system& system,
                     const peer_cast_options& options)
  : system_{system},
    options_{std::make_shared<const peer_cast_options>(options)} {
  // nop
}

shm::result<std::unique_ptr<peer_cast>>
peer_cast::start(caf::actor_system& system, boost::asio::io_context& io,
                 const peer_cast_options& options) {
  std::unique_ptr<peer_cast> made{new peer_cast{system, options}};
  made->network_ = peer_network::start(system, io, options.cluster);
  made->door_
    = system.spawn(actors::peer_door,
                   actors::peer_door_options{options.node, {}, options.log});
  if (auto port = made->network_->publish(made->door_); !port)
    return std::move(port).assume_error();
  return made;
}

void peer_cast::guide(const config::node_config& config, std::uint64_t founders,
                      const actors::cluster_actor& cluster) {
  door_guide said;
  said.cluster = config.cluster->name;
  said.protocol = peer_protocol;
  said.here
    = {config.node.id, print_address(config.cluster->advertise), founders};
  said.listener = caf::actor_cast<caf::strong_actor_ptr>(cluster);
  caf::anon_send(door_, std::move(said));
}

actors::peer_starter peer_cast::starter() const {
  return [&system = system_, options = options_, network = network_->actor(),
          door = door_](std::uint64_t node, const config::address& where,
                        const actors::cluster_actor& cluster,
                        std::uint64_t founders) {
    auto made = options_for(node, where, *options, founders);
    made.network = network;
    if (cluster) {
      made.service = cluster;
      made.listeners = {cluster};
    }
    auto peer = system.spawn(actors::peer, std::move(made));
    caf::anon_send(
      door, door_entry{node, caf::actor_cast<caf::strong_actor_ptr>(peer)});
    return peer;
  };
}

peer_cast::~peer_cast() {
  network_.reset();
  if (door_)
    caf::anon_send_exit(door_, caf::exit_reason::user_shutdown);
}

} // namespace holdfast::runtime
