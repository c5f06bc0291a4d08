#include "runtime/peer_network.hpp"

#include "runtime/probe_over.hpp"
#include "runtime/tls_errors.hpp"

#include <caf/all.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/openssl/manager.hpp>

#include <cassert>
#include <map>

namespace holdfast::runtime {

namespace {

using network_actor = actors::peer_network_actor;
using inner_actor = network_actor::extend<caf::reacts_to<probe_over>>;

struct network_state {
  static constexpr const char* name = "peer network";

  struct question {
    std::uint16_t port = 0;
    caf::response_promise promise;
    bool dial = false; ///< else only a probe
  };

  std::uint64_t last = 0;
  std::map<std::uint64_t, question> open{};
  caf::io::middleman_actor middleman{};
  std::function<void(std::uint64_t, std::string, std::uint16_t)> probe{};
};

using network_pointer = inner_actor::stateful_pointer<network_state>;

caf::response_promise ask(network_pointer self, const std::string& host,
                          std::uint16_t port, bool dial) {
  auto& state = self->state;
  auto promise = self->make_response_promise();
  state.open[++state.last] = {port, promise, dial};
  state.probe(state.last, host, port);
  return promise;
}

reach_outcome outcome_of(probe_outcome outcome) {
  switch (outcome) {
  case probe_outcome::reachable:
    return reach_outcome::reached;
  case probe_outcome::refused:
    return reach_outcome::refused;
  case probe_outcome::silent:
    return reach_outcome::silent;
  }
  return reach_outcome::silent;
}

/// CAF's own timer cuts handshakes that it meets, healthy ones too.
dialled not_connected(const caf::error& error) {
  const bool cut = error == caf::sec::connection_timeout;
  if (error == caf::sec::disconnect_during_handshake
      || error == caf::sec::cannot_connect_to_node)
    return {reach_outcome::silent, nullptr,
            "the connection ended in its handshake (" + to_string(error)
              + "): are both certificates of one authority?"};
  return {cut ? reach_outcome::cut : reach_outcome::silent, nullptr,
          "CAF: " + to_string(error)};
}

void connect(network_pointer self, caf::response_promise promise,
             const std::string& host, std::uint16_t port) {
  self
    ->request(self->state.middleman, config::dial_deadline, caf::connect_atom_v,
              host, port)
    .then(
      [promise](const caf::node_id&, const caf::strong_actor_ptr& door,
                const std::set<std::string>&) mutable {
        if (door)
          promise.deliver(dialled{reach_outcome::reached, door, {}});
        else
          promise.deliver(
            dialled{reach_outcome::silent, nullptr, "no door is open there"});
      },
      [promise](const caf::error& error) mutable {
        promise.deliver(not_connected(error));
      });
}

void on_probe_over(network_pointer self, const probe_over& over) {
  auto& open = self->state.open;
  const auto found = open.find(over.question);
  if (found == open.end())
    return;
  auto question = std::move(found->second);
  open.erase(found);
  const auto outcome = outcome_of(over.result.outcome);
  if (!question.dial)
    question.promise.deliver(outcome);
  else if (outcome != reach_outcome::reached)
    question.promise.deliver(dialled{outcome, nullptr, over.result.detail});
  else
    connect(self, question.promise, over.result.address, question.port);
}

inner_actor::behavior_type
network(network_pointer self, caf::io::middleman_actor middleman,
        std::function<void(std::uint64_t, std::string, std::uint16_t)> probe) {
  self->state.middleman = std::move(middleman);
  self->state.probe = std::move(probe);
  return {
    [self](const dial_request& to) -> caf::result<dialled> {
      return ask(self, to.host, to.port, true);
    },
    [self](const probe_request& to) -> caf::result<reach_outcome> {
      return ask(self, to.host, to.port, false);
    },
    [self](const probe_over& over) { on_probe_over(self, over); },
  };
}

caf::io::middleman_actor middleman_of(caf::actor_system& system, bool tls) {
  return tls ? system.openssl_manager().actor_handle()
             : system.middleman().actor_handle();
}

} // namespace

/// CAF speaks first; its TLS waits for the caller, and hangs up on this alert
/// "close notify".
std::string greeting_for(const config::cluster_section& cluster) {
  using namespace std::string_literals;
  return cluster.tls ? "\x15\x03\x01\x00\x02\x01\x00"s : ""s;
}

void load_network(caf::actor_system_config& setup,
                  const config::cluster_section& cluster) {
  setup.load<caf::io::middleman>();
  setup.set("middleman.workers", std::size_t{1});
  // Both are off by default, and then a half-open connection stands for ever.
  setup.set("middleman.heartbeat-interval",
            caf::timespan{config::caf_heartbeat_interval});
  setup.set("middleman.connection-timeout",
            caf::timespan{config::caf_connection_timeout});
  if (!cluster.tls)
    return;
  // With any of the three empty CAF would encrypt with strangers.
  assert(!cluster.tls->certificate.empty() && !cluster.tls->key.empty()
         && !cluster.tls->authority.empty());
  setup.load<caf::openssl::manager>();
  part_tls_errors();
  setup.openssl_certificate = cluster.tls->certificate;
  setup.openssl_key = cluster.tls->key;
  setup.openssl_cafile = cluster.tls->authority;
}

peer_network::peer_network(caf::actor_system& system,
                           const config::cluster_section& cluster)
  : system_{system}, cluster_{cluster} {
  // nop
}

std::unique_ptr<peer_network>
peer_network::start(caf::actor_system& system, boost::asio::io_context& io,
                    const config::cluster_section& cluster) {
  std::unique_ptr<peer_network> made{new peer_network{system, cluster}};
  auto& self = *made;
  // Never with a strong handle: what waits in the loop would keep the system.
  self.probe_ = std::make_unique<reach_probe>(
    io, config::probe_deadline, greeting_for(cluster),
    [&self](std::uint64_t question, const probe_result& result) {
      if (self.actor_)
        caf::anon_send(caf::actor_cast<inner_actor>(self.actor_),
                       probe_over{question, result});
    });
  self.actor_
    = system.spawn(network, middleman_of(system, cluster.tls.has_value()),
                   self.probe_->asker());
  return made;
}

shm::result<std::uint16_t>
peer_network::publish(const actors::peer_door_actor& door) {
  const auto middleman = middleman_of(system_, cluster_.tls.has_value());
  const auto place = print_address(cluster_.bind);
  const auto whom = caf::actor_cast<caf::strong_actor_ptr>(door);
  caf::scoped_actor self{system_};
  shm::error failure;
  self
    ->request(middleman, config::dial_deadline, caf::publish_atom_v,
              cluster_.bind.port, whom, system_.message_types(door),
              cluster_.bind.host, true)
    .receive([&](std::uint16_t port) { port_ = port; },
             [&](const caf::error& error) {
               failure = shm::failed(shm::errc::exists,
                                     "cannot listen on " + place + ": "
                                       + system_.render(error));
             });
  if (failure.code != shm::errc::ok)
    return failure;
  door_ = door.address();
  return port_;
}

peer_network::~peer_network() {
  probe_.reset();
  if (port_ != 0)
    caf::anon_send(middleman_of(system_, cluster_.tls.has_value()),
                   caf::unpublish_atom_v, door_, port_);
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
}

} // namespace holdfast::runtime
