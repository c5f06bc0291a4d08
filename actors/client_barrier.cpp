// Flushes and confirms. Both wait for other nodes: too long for an actor
// without a thread, and for the writer, whose next stores need not wait.
#include "actors/client_parts.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

caf::result<client::flushed> flush(const flush_order& order) {
  const auto& [node, region, what] = order;
  if (what.anew)
    region.forget_doubt();
  if (const auto done = node.flush(region, what.durability); !done)
    return make_error(done.assume_error());
  return client::flushed{what.region, region.epoch()};
}

caf::result<void> confirm(const confirm_order& order) {
  if (const auto done = order.node.confirm(order.region, order.epoch); !done)
    return make_error(done.assume_error());
  return caf::unit;
}

barrier_actor::behavior_type barrier(barrier_actor::pointer self) {
  // Ends with the client, for whatever reason that one ended.
  self->set_exit_handler([self](const caf::exit_msg&) { self->quit(); });
  return {
    [](const flush_order& order) { return flush(order); },
    [](const confirm_order& order) { return confirm(order); },
  };
}

} // namespace

barrier_actor spawn_barrier(caf::local_actor& client) {
  return client.spawn<caf::linked + caf::detached>(barrier);
}

} // namespace holdfast::actors
