#include "runtime/node.hpp"

#include "actors/catalog.hpp"
#include "actors/consensus/membership.hpp"
#include "actors/departure_watch.hpp"
#include "actors/elector.hpp"
#include "actors/error.hpp"
#include "actors/log_store.hpp"
#include "actors/region_keeper.hpp"
#include "actors/region_maker.hpp"
#include "actors/session.hpp"
#include "actors/tenant_region.hpp"
#include "runtime/configured_catalog.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>

#include <sodium.h>

#include <array>
#include <span>

namespace holdfast::runtime {

namespace {

/// The file's name when the configuration names no cluster.
std::string cluster_of(const config::node_config& config) {
  return config.cluster ? config.cluster->name
                        : std::string{config::cluster_name_default};
}

/// What the cluster begins with. A node alone is all of it, and has no address.
consensus::membership first_members(const config::node_config& config) {
  return {{{config.node.id, "alone", consensus::member_role::voter}}};
}

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

template <class Answer, class Handle, class Message>
shm::result<Answer> ask(caf::actor_system& system, const Handle& whom,
                        Message message) {
  caf::scoped_actor self{system};
  shm::result<Answer> got = shm::failed(shm::errc::unavailable);
  self->request(whom, caf::infinite, std::move(message))
    .receive([&](Answer& answer) { got = std::move(answer); },
             [&](const caf::error& error) { got = actors::to_shm(error); });
  return got;
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

shm::error about(shm::error why, const std::string& what) {
  why.detail = what + ": " + why.detail;
  return why;
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
  // To serve alone what was to be a cluster would be a quiet lie.
  if (config.cluster)
    return shm::failed(shm::errc::bad_argument,
                       "section 'cluster': this version runs one node and "
                       "joins no cluster yet; leave the section out");
  auto directory = data_directory::open(config.node.data_directory);
  if (!directory)
    return std::move(directory).assume_error();
  std::unique_ptr<node> made{
    new node{config, std::move(log), std::move(directory).assume_value()}};
  // The door first: what another node owns is found out before memory is
  // reserved. Clients wait in it until the regions are there.
  if (auto opened = made->open_door(loop); !opened)
    return std::move(opened).assume_error();
  if (auto cast = made->start_cast(); !cast)
    return std::move(cast).assume_error();
  made->end_with_the_agreement(loop);
  made->endpoint_->start();
  return made;
}

node::node(const config::node_config& config, actors::log_function log,
           data_directory directory)
  : config_{config},
    log_{std::move(log)},
    directory_{std::move(directory)},
    worker_{system_, {config::loop_stretch, config::loop_rest_per_work}},
    system_{setup_},
    started_{shm::boot_clock::now()} {
  // nop
}

shm::result<void> node::open_door(event_loop& loop) {
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
  options.settle = [this](const actors::session_actor& to) {
    worker_.send(to, line_settled{});
  };
  auto endpoint = attach_endpoint::open(loop.io(), std::move(options));
  if (!endpoint)
    return std::move(endpoint).assume_error();
  endpoint_ = std::move(endpoint).assume_value();
  return boost::outcome_v2::success();
}

shm::result<void> node::start_cast() {
  auto log = open_log({config_.node.data_directory + "/consensus",
                       cluster_of(config_), config_.node.id});
  if (!log)
    return std::move(log).assume_error();
  const auto incarnation = log.assume_value().who.start;
  start_elector(std::move(log).assume_value());
  start_keeper();
  if (auto entered = enter(incarnation); !entered)
    return entered;
  if (auto applied = apply_configuration(); !applied)
    return applied;
  return wait_for_regions();
}

void node::start_elector(opened_log log) {
  actors::catalog_options tables;
  tables.node_id = config_.node.id;
  tables.requests_max = config::results_per_node_max;
  tables.proposal_deadline = config::command_deadline;
  tables.proposal_retry = config::command_retry;
  tables.attempts_max = config::command_attempts_max;
  tables.digest = digest_of;
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
  options.first_members = first_members(config_);
  options.core.self = config_.node.id;
  options.core.cluster = consensus::digest_of(options.first_members);
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

void node::start_keeper() {
  maker_ = system_.spawn<caf::detached>(actors::region_maker);
  actors::region_keeper_options options;
  options.node_id = config_.node.id;
  options.catalog = catalog_;
  options.maker = maker_;
  options.waiters_max = config::keeper_waiters_max;
  options.log = log_;
  options.start_region
    = [this, maker = maker_](std::shared_ptr<shm::region> region) {
        actors::tenant_region_options chosen;
        chosen.region = std::move(region);
        chosen.maker = maker;
        chosen.lease_duration = config_.lease.duration;
        chosen.lease_renewal = config_.lease.renewal;
        chosen.pace.interval_min = config::drain_interval_min;
        chosen.pace.interval_max = config::drain_interval_max;
        chosen.now = shm::boot_clock::now;
        chosen.log = log_;
        return system_.spawn(actors::tenant_region, std::move(chosen));
      };
  keeper_ = system_.spawn(actors::region_keeper, std::move(options));
}

/// Before this, whoever starts the node hears of it as an error.
void node::end_with_the_agreement(event_loop& loop) {
  actors::departure_watch_options options;
  options.elector = elector_;
  // Not `this`: it may be called while the node ends.
  options.on_departure = [&loop, left = left_] {
    boost::asio::post(loop.io(), [&loop, left] {
      *left = true;
      loop.stop();
    });
  };
  departure_watch_ = system_.spawn(actors::departure_watch, std::move(options));
}

shm::result<void> node::enter(std::uint64_t incarnation) {
  catalog::join_member self;
  self.node = config_.node.id;
  self.incarnation = incarnation;
  self.format = catalog::format_version;
  auto entered = tell(system_, catalog_,
                      actors::enter_request{elector_, keeper_, std::move(self)},
                      caf::duration{config::enter_deadline});
  if (!entered)
    return about(std::move(entered).assume_error(),
                 "this node was not agreed on");
  return entered;
}

shm::result<void> node::apply_configuration() {
  const auto copy = ask<tables_copy>(system_, catalog_, tables_query{});
  if (!copy)
    return copy.assume_error();
  auto wanted = changes_for(*copy.assume_value().tables, config_.tenants);
  for (const auto& warning : wanted.warnings)
    log_(actors::log_level::warning, warning, {});
  for (auto& command : wanted.commands) {
    const auto what = std::string{name_of(command)} + " " + target_of(command);
    auto done
      = tell(system_, catalog_, command_request{std::move(command), {}});
    if (done)
      continue;
    return about(std::move(done).assume_error(), what);
  }
  return boost::outcome_v2::success();
}

/// All that were there before are made again; one of the configuration that
/// cannot be made stops the start, any other is only missing.
shm::result<void> node::wait_for_regions() {
  const auto copy = ask<tables_copy>(system_, catalog_, tables_query{});
  if (!copy)
    return copy.assume_error();
  const auto applied = copy.assume_value().tables->applied;
  if (auto all = tell(system_, keeper_, usable_query{applied, {}, {}}); !all)
    return all;
  for (const auto& tenant : config_.tenants)
    for (const auto& region : tenant.regions) {
      const catalog::region_name name{tenant.name, region.name};
      if (auto made = tell(system_, keeper_, usable_query{applied, name, {}});
          !made)
        return about(std::move(made).assume_error(),
                     "tenant " + tenant.name + ", region " + region.name);
    }
  return boost::outcome_v2::success();
}

actors::session_actor
node::open_session(const actors::peer_credentials& credentials,
                   std::shared_ptr<actors::session_line> line) {
  actors::session_options options;
  options.line = std::move(line);
  options.credentials = credentials;
  options.catalog = catalog_;
  options.keeper = keeper_;
  options.node = {config_.node.id, config_.node.name, node_version(),
                  config_.lease.duration, started_};
  options.now = shm::boot_clock::now;
  options.wall_now = std::chrono::system_clock::now;
  options.log = log_;
  // Begins with the first packet, on whichever thread delivers that.
  return system_.spawn<caf::lazy_init>(actors::session, std::move(options));
}

node::~node() {
  if (endpoint_)
    endpoint_->stop_listening();
  if (keeper_) // Clients see "fenced" before their line closes.
    if (!tell(system_, keeper_, fence_all_request{},
              caf::duration{config::shutdown_deadline})) {
      // It has ended already.
    }
  if (endpoint_)
    endpoint_->close_lines("the node stops");
  endpoint_.reset();
  end(departure_watch_);
  end(catalog_);
  end(elector_);
  end(log_store_); // what it has begun to write, it finishes
  end(maker_);
  keeper_ = nullptr;
  // The system's destructor waits for every actor.
}

} // namespace holdfast::runtime
