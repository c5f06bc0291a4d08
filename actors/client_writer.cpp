// Stores. A store waits up to shm::limits::lock_patience where another writer
// of the variable stopped inside its own: too long for an actor without a
// thread.
#include "actors/client_parts.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

#include <span>

namespace holdfast::actors {

namespace {

caf::result<client::stored> store(const store_order& order) {
  const auto& variable = order.variable;
  if (const auto fits = variable.check_size(order.bytes.size());
      fits != shm::errc::ok)
    return make_error(fits, "a '" + variable.type() + "' has "
                              + std::to_string(variable.capacity())
                              + " bytes, not "
                              + std::to_string(order.bytes.size()));
  const auto done = variable.store(std::as_bytes(std::span{order.bytes}));
  if (!done)
    return make_error(done.assume_error());
  return client::stored{done.assume_value()};
}

writer_actor::behavior_type writer(writer_actor::pointer self) {
  // Ends with the client, for whatever reason that one ended.
  self->set_exit_handler([self](const caf::exit_msg&) { self->quit(); });
  return {
    [](const store_order& order) { return store(order); },
    [self](pass_on_order& order) {
      return self->delegate(order.to, std::move(order.flush));
    },
  };
}

} // namespace

writer_actor spawn_writer(caf::local_actor& client) {
  return client.spawn<caf::linked + caf::detached>(writer);
}

} // namespace holdfast::actors
