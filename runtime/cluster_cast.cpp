#include "runtime/cluster_cast.hpp"

#include "actors/cluster.hpp"
#include "actors/error.hpp"
#include "actors/rules/catalog/placing.hpp"
#include "config/defaults.hpp"
#include "config/tables_bounds.hpp"
#include "runtime/node_identity.hpp"
#include "runtime/tls_files.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>

namespace holdfast::runtime {

namespace {

/// The key that the configuration records, or whichever is shown: the members'
/// tables say which one that is to be.
std::function<actors::peer_identity(std::uint64_t)>
identity_with(const node_identity& own,
              const config::cluster_section& cluster) {
  if (!cluster.tls)
    return [](std::uint64_t) { return unproven_identity(); };
  return [own, peers = cluster.peers](std::uint64_t node) {
    for (const auto& peer : peers)
      if (peer.id == node && !peer.key.empty())
        return own.as_peer(
          [key = bytes_of_digits(peer.key)](std::uint64_t) { return key; });
    return own.as_shown();
  };
}

/// On the loop, which waits for the disk: once in the life of a data directory.
std::function<void(const rules::wide_id&)>
remembering(boost::asio::io_context& io, const cluster_cast_options& options) {
  return [&io, log = options.log,
          path = options.config.node.data_directory
                 + "/founding"](const rules::wide_id& cluster) {
    boost::asio::post(io, [=] {
      if (auto done = name_founding(path, cluster); !done)
        log(actors::log_level::warning,
            "the id of the cluster cannot be kept in the data directory",
            {{"reason", done.assume_error().message()}});
    });
  };
}

} // namespace

shm::result<void> prepare_tls(config::node_config& config,
                              const actors::log_function& log) {
  if (!config.cluster || !config.cluster->tls)
    return boost::outcome_v2::success();
  auto& tls = *config.cluster->tls;
  tls_check_options options;
  options.node = config.node.id;
  const auto now = std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
  const auto found
    = check_tls_files({tls.certificate, tls.key, tls.authority}, now, options);
  for (const auto& warning : found.warnings)
    log(actors::log_level::warning, warning.message(), {});
  for (const auto& complaint : found.complaints)
    log(actors::log_level::error, complaint.message(), {});
  if (found.files.empty())
    return shm::failed(shm::errc::bad_argument,
                       "the files of TLS cannot be used");
  auto files = found.files.front();
  if (auto kept = files.keep_copies(config.node.data_directory + "/tls"); !kept)
    return kept;
  const auto& kept_paths = files.paths();
  tls.certificate = kept_paths.certificate;
  tls.key = kept_paths.key;
  tls.authority = kept_paths.authority;
  return boost::outcome_v2::success();
}

shm::result<std::unique_ptr<cluster_cast>>
cluster_cast::start(caf::actor_system& system, boost::asio::io_context& io,
                    const cluster_cast_options& options) {
  std::unique_ptr<cluster_cast> made{new cluster_cast{system}};
  if (options.config.cluster)
    if (auto opened = made->open_door(io, options); !opened)
      return std::move(opened).assume_error();
  made->spawn(io, options);
  return made;
}

shm::result<void> cluster_cast::open_door(boost::asio::io_context& io,
                                          const cluster_cast_options& options) {
  const auto& node = options.config.node;
  const auto& cluster = *options.config.cluster;
  auto identity = node_identity::open(node.data_directory + "/node.key");
  if (!identity)
    return std::move(identity).assume_error();
  const auto& own = identity.assume_value();
  peer_cast_options chosen;
  chosen.node = node.id;
  chosen.cluster = cluster;
  chosen.lease_duration = options.config.lease.duration;
  chosen.identity = identity_with(own, cluster);
  chosen.public_key = own.public_key();
  key_ = digits_of(own.public_key());
  chosen.incarnation = options.incarnation;
  chosen.elector = caf::actor_cast<caf::strong_actor_ptr>(options.elector);
  chosen.router = caf::actor_cast<caf::strong_actor_ptr>(options.router);
  chosen.replication_port = options.replication_port;
  chosen.log = options.log;
  auto peers = peer_cast::start(system_, io, chosen);
  if (!peers)
    return std::move(peers).assume_error();
  peers_ = std::move(peers).assume_value();
  return boost::outcome_v2::success();
}

void cluster_cast::spawn(boost::asio::io_context& io,
                         const cluster_cast_options& options) {
  catalog_ = options.catalog;
  node_ = options.config.node.id;
  actors::cluster_options chosen;
  chosen.node = options.config.node.id;
  chosen.elector = options.elector;
  chosen.router = options.router;
  chosen.catalog = options.catalog;
  chosen.founders = options.begun.digest;
  chosen.said = {options.history, {}, options.begun.cluster};
  if (options.config.cluster)
    chosen.on_named = remembering(io, options);
  chosen.joins = options.begun.members.members.empty();
  chosen.wants_vote
    = !options.config.cluster
      || has_vote(*options.config.cluster, options.config.node.id);
  chosen.voters_max = config::voters_max;
  chosen.key = key_;
  chosen.leading.heard_within = options.config.election_timeout();
  chosen.pace = {config::placing_max, config::placing_retry};
  chosen.peers_max = config::peers_max;
  chosen.interval = config::steer_interval;
  chosen.compare_interval = config::tables_compare_interval;
  chosen.call_deadline = config::cluster_call_deadline;
  chosen.now = shm::boot_clock::now;
  chosen.log = options.log;
  if (peers_) {
    chosen.address = print_address(options.config.cluster->advertise);
    chosen.start_peer = peers_->starter();
  }
  actor_ = system_.spawn(actors::cluster, std::move(chosen));
  if (peers_)
    peers_->guide(options.config, options.begun.digest, actor_);
  if (peers_)
    for (const auto& peer : options.config.cluster->peers)
      caf::anon_send(actor_, found_node{peer.id, print_address(peer.address)});
}

void cluster_cast::hand_over(std::function<void()> over) {
  if (!peers_)
    return over(); // there is nobody else
  system_.spawn([this, over = std::move(over)](caf::blocking_actor* self) {
    hand_over_regions(*self);
    hand_over_leadership(*self);
    over();
  });
}

void cluster_cast::hand_over_regions(caf::blocking_actor& self) const {
  self.request(actor_, config::hand_over_deadline, drain_node_request{true})
    .receive([] {}, [](const caf::error&) { /* then none will move */ });
  const auto until = shm::boot_clock::now() + config::drain_deadline;
  bool any = true;
  while (any && shm::boot_clock::now() < until) {
    any = false;
    self.request(catalog_, config::hand_over_deadline, tables_query{})
      .receive(
        [&](const tables_copy& copy) {
          any = catalog::can_be_moved_from(node_, *copy.tables);
        },
        [](const caf::error&) { /* the catalog ended: none will move */ });
    if (any)
      self.receive(caf::after(config::drain_look) >> [] {});
  }
}

void cluster_cast::hand_over_leadership(caf::blocking_actor& self) const {
  // One that leads since a moment ago has heard of nobody yet.
  bool again = true;
  for (int i = 0; again && i < config::hand_over_tries; ++i) {
    again = false;
    self.request(actor_, config::hand_over_deadline, hand_over_request{0, true})
      .receive([] {},
               [&](const caf::error& error) {
                 again = actors::to_shm(error).code == shm::errc::unavailable;
               });
    if (again)
      self.receive(caf::after(config::steer_interval) >> [] {});
  }
}

cluster_cast::~cluster_cast() {
  if (actor_) {
    caf::scoped_actor self{system_};
    self->request(actor_, config::hand_over_deadline, leave_cluster_request{})
      .receive([] {}, [](const caf::error&) { /* it has ended already */ });
  }
  peers_.reset();
}

} // namespace holdfast::runtime
