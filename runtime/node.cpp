#include "runtime/node.hpp"

#include "actors/catalog.hpp"
#include "actors/departure_watch.hpp"
#include "actors/elector.hpp"
#include "actors/error.hpp"
#include "actors/log_store.hpp"
#include "actors/session.hpp"
#include "config/catalog_bounds.hpp"
#include "runtime/configured_catalog.hpp"
#include "runtime/network_steps.hpp"
#include "runtime/node_identity.hpp"
#include "runtime/own_log.hpp"
#include "runtime/store/region_store.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>

#include <sodium.h>
#include <unistd.h>

#include <array>
#include <span>

namespace holdfast::runtime {

namespace {

/// Not for secrecy: equal tables have equal digests.
std::string digest_of(std::span<const std::uint8_t> octets) {
  std::array<unsigned char, 32> digest{};
  ::crypto_generichash(digest.data(), digest.size(), octets.data(),
                       octets.size(), nullptr, 0);
  std::string digits(digest.size() * 2 + 1, '\0');
  ::sodium_bin2hex(digits.data(), digits.size(), digest.data(), digest.size());
  digits.pop_back();
  return digits;
}

template <class Handle, class Message>
shm::result<void> tell(caf::actor_system& system, const Handle& whom,
                       Message message,
                       caf::duration patience = caf::duration{caf::infinite}) {
  caf::scoped_actor self{system};
  shm::result<void> got = boost::outcome_v2::success();
  self->request(whom, patience, std::move(message))
    .receive([] {},
             [&](const caf::error& error) { got = actors::to_shm(error); });
  return got;
}

/// Null when no directory is configured.
shm::result<std::unique_ptr<discovery_watch>>
watch_directory(event_loop& loop, const config::node_config& config,
                const actors::log_function& log) {
  if (!config.cluster || config.cluster->discovery_directory.empty())
    return std::unique_ptr<discovery_watch>{};
  return discovery_watch::open(loop, config, node_version(), log);
}

/// Where regions are kept that are on disk, too.
shm::result<std::shared_ptr<region_storages>>
open_region_disks(const config::node_config& config, std::uint64_t database) {
  const auto directory = config.node.data_directory + "/regions";
  if (auto made = make_directories(directory, 0700); !made)
    return std::move(made).assume_error();
  if (auto checked = check_private(directory); !checked)
    return std::move(checked).assume_error();
  return std::make_shared<region_stores>(directory, database);
}

// A window of the longest entries still fits one message.
static_assert(config::consensus_window_max
                * (config::catalog_entry_bytes_max + 64)
              < config::consensus_packet_bytes_max);

/// A log that is begun now has an entry before a word is said: only a node that
/// others let in has none.
rules::history_end end_of(const opened_log& log, const founding& begun) {
  if (log.last == 0 && !begun.members.members.empty())
    return {1, 1};
  return {log.last_term, log.last};
}

/// Ends an actor, if it was started, and lets go of it.
template <class Handle>
void end(Handle& actor) {
  if (actor)
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

} // namespace

std::string node_version() {
  return HOLDFAST_VERSION;
}

shm::result<std::unique_ptr<node>>
node::start(event_loop& loop, const config::node_config& config,
            actors::log_function log) {
  auto directory = data_directory::open(config.node.data_directory);
  if (!directory)
    return std::move(directory).assume_error();
  auto chosen = config;
  if (auto ready = prepare_tls(chosen, log); !ready)
    return std::move(ready).assume_error();
  auto watch = watch_directory(loop, chosen, log);
  if (!watch)
    return std::move(watch).assume_error();
  std::unique_ptr<node> made{new node{loop, chosen, std::move(log),
                                      std::move(directory).assume_value()}};
  // The door first: what another node owns is found out before memory is
  // reserved. Clients wait in it until the regions are there.
  if (auto opened = made->open_door(); !opened)
    return std::move(opened).assume_error();
  if (auto cast = made->start_cast(watch.assume_value().get()); !cast)
    return std::move(cast).assume_error();
  made->follow_directory(std::move(watch).assume_value());
  made->end_with_the_agreement();
  made->endpoint_->start();
  return made;
}

node::node(event_loop& loop, const config::node_config& config,
           actors::log_function log, data_directory directory)
  : loop_{loop},
    config_{config},
    log_{std::move(log)},
    directory_{std::move(directory)},
    setup_{config.cluster},
    worker_{system_, {config::loop_stretch, config::loop_rest_per_work}},
    network_worker_{system_,
                    {config::loop_stretch, config::loop_rest_per_work}},
    system_{setup_},
    started_{shm::boot_clock::now()},
    process_{draw_wide_id()} {
  if (config_.cluster)
    lend_network_thread(system_, network_worker_);
}

shm::result<void> node::open_door() {
  attach_endpoint_options options;
  options.socket = config_.node.socket;
  options.limits = config_.attach;
  options.log = log_;
  options.open_session = [this](const actors::peer_credentials& credentials,
                                std::shared_ptr<actors::session_line> line) {
    return open_session(credentials, std::move(line));
  };
  options.deliver
    = [this](const actors::session_actor& to, line_packet packet) {
        worker_.send(to, std::move(packet));
      };
  options.ring = [this](const actors::session_actor& to) {
    worker_.send(to, line_rang{});
  };
  options.settle = [this](const actors::session_actor& to) {
    worker_.send(to, line_settled{});
  };
  auto endpoint = attach_endpoint::open(loop_.io(), std::move(options));
  if (!endpoint)
    return std::move(endpoint).assume_error();
  endpoint_ = std::move(endpoint).assume_value();
  return boost::outcome_v2::success();
}

shm::result<void> node::start_cast(discovery_watch* watch) {
  auto log = open_own_log(config_, log_);
  if (!log)
    return std::move(log).assume_error();
  const auto [database, incarnation] = log.assume_value().who;
  const auto began = how_it_began(system_, loop_, config_, watch, log_);
  if (!began)
    return began.assume_error();
  const auto& begun = began.assume_value();
  const auto history = end_of(log.assume_value(), begun.members);
  auto disks = open_region_disks(config_, database);
  if (!disks)
    return std::move(disks).assume_error();
  start_elector(std::move(log).assume_value(), begun.members);
  if (auto opened = open_replication(); !opened)
    return opened;
  regions_ = region_cast::start(
    system_, {config_, catalog_, process_, disks.assume_value(),
              replication_ ? replication_->links() : nullptr, &loop_.io(),
              &worker_, log_});
  const std::uint16_t port = replication_ ? replication_->port() : 0;
  auto cluster
    = cluster_cast::start(system_, loop_.io(),
                          {config_, elector_, catalog_, regions_.router, port,
                           process_, begun.members, history, log_});
  if (!cluster)
    return std::move(cluster).assume_error();
  cluster_ = std::move(cluster).assume_value();
  if (const auto& seed = begun.seed)
    caf::anon_send(cluster_->actor(), found_node{seed->node, seed->address});
  return begin(incarnation);
}

/// A node alone has no need of it, and opens no port.
shm::result<void> node::open_replication() {
  if (!config_.cluster)
    return boost::outcome_v2::success();
  replication_network_options chosen;
  chosen.node = config_.node.id;
  chosen.cluster = *config_.cluster;
  chosen.arrived = [this](region_packet packet) {
    // Nobody to hand it to is as good as a lost message: it is said again.
    if (const auto to = regions_.regions->find(packet.region))
      worker_.send(to, std::move(packet));
  };
  chosen.chance = draw_chance;
  chosen.log = log_;
  auto opened = replication_network::open(loop_.io(), std::move(chosen));
  if (!opened)
    return std::move(opened).assume_error();
  replication_ = std::move(opened).assume_value();
  return boost::outcome_v2::success();
}

void node::start_elector(opened_log log, const founding& begun) {
  actors::catalog_options tables;
  tables.node_id = config_.node.id;
  tables.requests_max = config::results_per_node_max;
  tables.proposal_deadline = config::command_deadline;
  tables.proposal_retry = config::command_retry;
  tables.attempts_max = config::command_attempts_max;
  tables.digest = digest_of;
  if (config_.cluster)
    tables.first_principals = principals_of(config_.tenants);
  tables.now = shm::boot_clock::now;
  tables.wall_now = std::chrono::system_clock::now;
  tables.log = log_;
  catalog_ = system_.spawn(actors::catalog, std::move(tables));
  actors::log_store_options disk;
  disk.storage = log.storage;
  disk.who = [who = log.who] { return who; };
  disk.writes_max = config::consensus_writes_max;
  disk.log = log_;
  log_store_ = system_.spawn<caf::detached>(actors::log_store, std::move(disk));
  actors::elector_options options;
  options.first_members = begun.members;
  options.core.self = config_.node.id;
  options.core.cluster = begun.digest;
  options.core.election_timeout = config_.election_timeout();
  options.core.heartbeat
    = options.core.election_timeout / config::election_heartbeats;
  options.core.bounds.entry_bytes_max = config::catalog_entry_bytes_max;
  options.core.bounds.inflight_entries_max = config::consensus_window_max;
  // Differs between nodes, and between the starts of one.
  options.core.seed
    = static_cast<std::uint32_t>(log.who.database ^ log.who.start);
  options.store = log_store_;
  options.machine = catalog_;
  options.packet_bytes_max = config::consensus_packet_bytes_max;
  options.proposals_max = config::proposals_max;
  options.watchers_max = config::leadership_watchers_max;
  options.proposal_deadline = config::proposal_deadline;
  options.proposal_retry = config::proposal_retry;
  options.now = shm::boot_clock::now;
  options.log = log_;
  elector_ = system_.spawn(actors::elector, std::move(options));
}

void node::follow_directory(std::unique_ptr<discovery_watch> watch) {
  discovery_ = std::move(watch);
  if (!discovery_)
    return;
  discovery_events events;
  events.on_found = [to = caf::actor_cast<caf::actor_addr>(cluster_->actor())](
                      const rules::instance& peer) {
    if (const auto cluster = caf::actor_cast<actors::cluster_actor>(to))
      caf::anon_send(cluster, found_node{peer.node, peer.address});
  };
  events.on_duplicate = [this](const std::string& why) {
    log_(actors::log_level::error, "another process is this node",
         {{"reason", why}});
    has_twin_ = true;
    loop_.stop();
  };
  discovery_->run(std::move(events));
}

/// Before this, whoever starts the node hears of it as an error.
void node::end_with_the_agreement() {
  actors::departure_watch_options options;
  options.elector = elector_;
  // Not `this`: it may be called while the node ends.
  options.on_departure = [&loop = loop_, left = left_] {
    boost::asio::post(loop.io(), [&loop, left] {
      *left = true;
      loop.stop();
    });
  };
  departure_watch_ = system_.spawn(actors::departure_watch, std::move(options));
}

catalog::join_member node::own_member(std::uint64_t incarnation) const {
  catalog::join_member self;
  self.node = config_.node.id;
  self.cluster = draw_wide_id();
  self.incarnation = incarnation;
  self.format = catalog::format_version;
  if (!config_.cluster)
    return self;
  self.address = print_address(config_.cluster->advertise);
  self.weight = config_.cluster->weight;
  self.key = cluster_->key();
  return self;
}

/// A node alone serves when all of it is there. One in a cluster serves at
/// once: without a majority it can still be asked why it has none.
shm::result<void> node::begin(std::uint64_t incarnation) {
  const bool alone = !config_.cluster;
  beginning_options options;
  options.elector = elector_;
  options.catalog = catalog_;
  options.keeper = regions_.keeper;
  options.router = regions_.router;
  options.self = own_member(incarnation);
  options.tenants = config_.tenants;
  options.awaited = alone;
  if (alone)
    options.patience = caf::duration{config::enter_deadline};
  options.log = log_;
  beginning_ = spawn_beginning(system_, std::move(options));
  if (alone)
    return tell(system_, beginning_, begin_request{});
  caf::anon_send(beginning_, begin_request{});
  return boost::outcome_v2::success();
}

actors::session_actor
node::open_session(const actors::peer_credentials& credentials,
                   std::shared_ptr<actors::session_line> line) {
  actors::session_options options;
  options.line = std::move(line);
  options.credentials = credentials;
  options.catalog = catalog_;
  options.keeper = regions_.keeper;
  options.router = regions_.router;
  options.cluster = cluster_->actor();
  options.node = {config_.node.id,   process_,       ::geteuid(),
                  config_.node.name, node_version(), config_.lease.duration,
                  started_};
  options.now = shm::boot_clock::now;
  options.wall_now = std::chrono::system_clock::now;
  options.log = log_;
  // Begins with the first packet, on whichever thread delivers that.
  return system_.spawn<caf::lazy_init>(actors::session, std::move(options));
}

node::~node() {
  if (endpoint_)
    endpoint_->stop_listening();
  discovery_.reset();
  end(beginning_);
  if (cluster_) // What is still stored goes to the others meanwhile.
    loop_.serve_until([this](std::function<void()> over) {
      cluster_->hand_over(std::move(over));
    });
  if (regions_.keeper) // Clients see "fenced" before their line closes.
    if (!tell(system_, regions_.keeper, fence_all_request{},
              caf::duration{config::shutdown_deadline})) {
      // It has ended already.
    }
  if (endpoint_)
    endpoint_->close_lines("the node stops");
  endpoint_.reset();
  // The others take its goodbye for proof that nothing is written here.
  cluster_.reset();
  replication_.reset();
  end(departure_watch_);
  end(catalog_);
  end(elector_);
  end(log_store_); // what it has begun to write, it finishes
  end(regions_.maker);
  end(regions_.router);
  regions_.keeper = nullptr;
  // The system's destructor waits for every actor.
}

} // namespace holdfast::runtime
