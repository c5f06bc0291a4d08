#include "runtime/region_cast.hpp"

#include "actors/region_disk.hpp"
#include "actors/region_keeper.hpp"
#include "actors/region_maker.hpp"
#include "actors/region_router.hpp"
#include "actors/tenant_region.hpp"
#include "config/catalog_bounds.hpp"
#include "config/region_bounds.hpp"
#include "runtime/loop_worker.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/all.hpp>

namespace holdfast::runtime {

namespace {

region_replica::options rule_of(const config::node_config& config,
                                bool durable) {
  region_replica::options made;
  made.lease = config.lease.duration;
  made.beat = config.lease.renewal;
  made.tick = std::min(config::region_tick, config.lease.renewal);
  made.ask_again = config::region_ask_again;
  made.resend = config::region_resend;
  made.pull_patience = config::region_pull_patience;
  made.wait_patience = config::region_wait_patience;
  made.message_bytes_max = config::region_rows_bytes_max;
  made.together_bytes_max = config::region_together_bytes_max;
  made.together_rows_max = config::region_message_rows_max;
  made.message_rows_max = config::region_message_rows_max;
  made.window_bytes_max = config::region_window_bytes_max;
  made.window_messages_max = config::region_window_messages_max;
  made.waiters_max = config::region_waiters_max;
  made.durable = durable;
  return made;
}

/// Looks at a region that is in use come every millisecond: from CAF's clock
/// each would wake that thread, and a worker behind it.
std::function<void(const actors::tenant_region_actor&,
                   std::chrono::milliseconds)>
on_loop(boost::asio::io_context& io, loop_worker& worker) {
  return [&io, &worker](const actors::tenant_region_actor& to,
                        std::chrono::milliseconds wait) {
    // Never with a strong handle: what waits in the loop would keep the system.
    boost::asio::dispatch(io, [&io, &worker, wait, who = to.address()] {
      const auto timer = std::make_shared<boost::asio::steady_timer>(io, wait);
      timer->async_wait([timer, &worker, who](const auto& error) {
        const auto still = caf::actor_cast<actors::tenant_region_actor>(who);
        if (still && !error)
          worker.send(still, drain_due{});
      });
    });
  };
}

actors::tenant_region_options region_of(const region_cast_options& options,
                                        const region_cast& cast,
                                        actors::region_beginning begun) {
  actors::tenant_region_options made;
  made.region = std::move(begun.memory);
  made.variables = std::move(begun.variables);
  made.maker = cast.maker;
  made.keeper = std::move(begun.keeper);
  if (options.config.cluster)
    made.router = cast.router;
  made.links = options.links;
  made.node = options.config.node.id;
  made.incarnation = options.incarnation;
  made.life = begun.life;
  made.admitted = begun.admitted;
  made.rule = rule_of(options.config, begun.durable);
  made.found = std::move(begun.found);
  made.pace.interval_min = config::drain_interval_min;
  made.pace.interval_max = config::drain_interval_max;
  made.attach_patience = config::region_attach_patience;
  made.packet_bytes_max = config::region_message_bytes_max;
  made.message_bytes_max = config::region_packed_bytes_max;
  made.drain_later = on_loop(*options.io, *options.worker);
  made.now = shm::boot_clock::now;
  made.log = options.log;
  return made;
}

} // namespace

region_cast region_cast::start(caf::actor_system& system,
                               const region_cast_options& options) {
  region_cast cast;
  cast.regions = std::make_shared<local_regions>(*options.io);
  cast.maker = system.spawn<caf::detached>(
    actors::region_maker, actors::region_maker_options{options.disks});
  cast.router = system.spawn(
    actors::region_router,
    actors::region_router_options{
      options.links, [here = cast.regions](std::uint64_t region,
                                           const caf::actor_addr& actor) {
        here->note(region, actor);
      }});
  actors::region_keeper_options keeper;
  keeper.node_id = options.config.node.id;
  keeper.catalog = options.catalog;
  keeper.maker = cast.maker;
  keeper.waiters_max = config::keeper_waiters_max;
  keeper.settling_max = config::settling_max;
  keeper.log = options.log;
  keeper.start_region
    = [&system, options, cast](actors::region_beginning begun) {
        auto storage = std::move(begun.storage);
        auto made = region_of(options, cast, std::move(begun));
        if (storage)
          made.disk = system.spawn<caf::detached>(actors::region_disk,
                                                  std::move(storage));
        return system.spawn(actors::tenant_region, std::move(made));
      };
  cast.keeper = system.spawn(actors::region_keeper, std::move(keeper));
  caf::anon_send(cast.router, actors::local_keeper{cast.keeper});
  return cast;
}

} // namespace holdfast::runtime
