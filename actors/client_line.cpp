// Talks to the socket where that takes time: connecting, and noticing that the
// node is gone. It sleeps in the kernel while all is well, rather than look
// every so often: a killed node is noticed at once and an idle one costs
// nothing. The client ends that sleep by hanging up.
#include "actors/client_parts.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

line_actor::behavior_type line(line_actor::pointer self) {
  // Ends with the client, for whatever reason that one ended.
  self->set_exit_handler([self](const caf::exit_msg&) { self->quit(); });
  return {
    [](const connect_order& order) -> caf::result<connected_line> {
      auto made = client::connection::connect(order.options);
      if (!made)
        return make_error(made.assume_error());
      return connected_line{std::move(made).assume_value()};
    },
    [](const guard_order& order) {
      // Only a hang-up ends it: the deadline never comes.
      (void)order.node.wait_for_hang_up(for_ever);
    },
  };
}

} // namespace

line_actor spawn_line(caf::local_actor& client) {
  return client.spawn<caf::linked + caf::detached>(line);
}

} // namespace holdfast::actors
