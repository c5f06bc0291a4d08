#include "runtime/node.hpp"

#include "actors/catalog.hpp"
#include "actors/error.hpp"
#include "actors/region_maker.hpp"
#include "actors/session.hpp"
#include "actors/tenant_region.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>

namespace holdfast::runtime {

namespace {

rules::right right_of(config::right right) {
  switch (right) {
  case config::right::read:
    return rules::right::read;
  case config::right::write:
    return rules::right::write;
  case config::right::create:
    return rules::right::create;
  case config::right::admin:
    return rules::right::admin;
  }
  return rules::right::read;
}

rules::principal principal_of(const config::principal& from) {
  rules::principal made{from.name, from.uid, from.gid, {}};
  for (const auto& grant : from.grants) {
    rules::right_set rights;
    for (const auto right : grant.rights)
      rights.add(right_of(right));
    made.grants.push_back({grant.regions, rights});
  }
  return made;
}

actors::tenant_options tenant_of(const config::tenant& from) {
  actors::tenant_options made;
  made.name = from.name;
  made.quota = {from.quota.bytes, from.quota.regions, from.quota.variables,
                from.quota.sessions};
  for (const auto& principal : from.principals)
    made.principals.push_back(principal_of(principal));
  return made;
}

create_region_request request_for(const config::tenant& tenant,
                                  const config::region& region) {
  create_region_request request;
  auto& options = request.options;
  options.tenant = tenant.name;
  options.name = region.name;
  options.bytes = region.bytes;
  options.bytes_max = std::max(region.bytes, region.bytes_max);
  options.variables_max = region.variables_max;
  options.clients_max = config::clients_per_region_max;
  options.node_writes_only = region.writers == config::region_writers::node;
  for (const auto& variable : region.variables)
    request.variables.push_back(
      {variable.name,
       static_cast<shm::layout::variable_kind>(
         static_cast<std::uint32_t>(variable.kind) + 1),
       variable.type, variable.capacity});
  return request;
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
  made->start_cast();
  if (auto regions = made->make_regions(); !regions)
    return std::move(regions).assume_error();
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

void node::start_cast() {
  maker_ = system_.spawn<caf::detached>(actors::region_maker);
  actors::catalog_options options;
  options.node_id = config_.node.id;
  options.maker = maker_;
  options.now = shm::boot_clock::now;
  options.log = log_;
  for (const auto& tenant : config_.tenants)
    options.tenants.push_back(tenant_of(tenant));
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
  catalog_ = system_.spawn(actors::catalog, std::move(options));
}

shm::result<void> node::make_regions() {
  for (const auto& tenant : config_.tenants)
    for (const auto& region : tenant.regions)
      if (auto made = make_region(tenant, region); !made)
        return made;
  return boost::outcome_v2::success();
}

shm::result<void> node::make_region(const config::tenant& tenant,
                                    const config::region& region) {
  caf::scoped_actor self{system_};
  shm::error failure;
  self->request(catalog_, caf::infinite, request_for(tenant, region))
    .receive([] {},
             [&](const caf::error& error) { failure = actors::to_shm(error); });
  if (failure.code == shm::errc::ok)
    return boost::outcome_v2::success();
  failure.detail = "region '" + region.name + "' of tenant '" + tenant.name
                   + "': " + failure.detail;
  return failure;
}

actors::session_actor
node::open_session(const actors::peer_credentials& credentials,
                   std::shared_ptr<actors::session_line> line) {
  actors::session_options options;
  options.line = std::move(line);
  options.credentials = credentials;
  options.catalog = catalog_;
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
  if (catalog_) {
    // Clients see "fenced" before their line closes.
    caf::scoped_actor self{system_};
    self->request(catalog_, config::shutdown_deadline, fence_all_request{})
      .receive([] {}, [](const caf::error&) { /* it has ended already */ });
  }
  if (endpoint_)
    endpoint_->close_lines("the node stops");
  endpoint_.reset();
  if (maker_)
    caf::anon_send_exit(maker_, caf::exit_reason::user_shutdown);
  catalog_ = nullptr;
  maker_ = nullptr;
  // The system's destructor waits for every actor.
}

} // namespace holdfast::runtime
