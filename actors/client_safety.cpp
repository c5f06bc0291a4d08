// What the client actor does to have stores safe and readings sure. It knows
// of stores that no flush has covered over the loss of a region, too.
#include "actors/client_state.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

#include <utility>

namespace holdfast::actors {

namespace {

const barrier_actor& barrier_of(client_pointer self) {
  auto& state = self->state;
  if (!state.barrier)
    state.barrier = spawn_barrier(*self);
  return state.barrier;
}

/// All up to that many stores is safe; what was stored since was in that epoch
/// or later.
void on_flushed(client_state& state, const std::string& name,
                std::uint64_t stores, std::uint64_t epoch) {
  const auto found = state.regions.find(name);
  if (found == state.regions.end())
    return;
  auto& region = found->second;
  region.stored_in = region.stores == stores ? 0 : epoch;
}

} // namespace

void note_store(client_region& region) {
  ++region.stores;
  if (region.stored_in == 0)
    region.stored_in = region.view->epoch();
}

caf::result<client::flushed> flush(client_pointer self,
                                   const client::flush_request& request) {
  auto& state = self->state;
  const auto region = attached_region_of(state, request.region);
  if (!region)
    return region.error();
  const auto& view = *(*region)->view;
  flush_order order{*state.node, view, request};
  auto promise = self->make_response_promise<client::flushed>();
  const auto flushed
    = [self, promise, name = request.region, stores = (*region)->stores,
       epoch = view.epoch()](const client::flushed& done) mutable {
        on_flushed(self->state, name, stores, epoch);
        promise.deliver(done);
      };
  const auto failed
    = [promise](caf::error& why) mutable { promise.deliver(std::move(why)); };
  const auto barrier = barrier_of(self);
  if (state.writer)
    self
      ->request(state.writer, caf::infinite,
                pass_on_order{barrier, std::move(order)})
      .then(flushed, failed);
  else
    self->request(barrier, caf::infinite, std::move(order))
      .then(flushed, failed);
  return promise;
}

caf::result<client::variable_value>
read_confirmed(client_pointer self,
               const client::confirmed_read_request& request) {
  auto& state = self->state;
  const auto variable = find(state, request.region, request.variable);
  if (!variable)
    return variable.error();
  const auto& view = *state.regions.at(request.region).view;
  const auto epoch = view.epoch(); // before it is read
  auto copied = copy_value(*variable);
  if (!copied)
    return make_error(copied.assume_error());
  auto promise = self->make_response_promise<client::variable_value>();
  self
    ->request(barrier_of(self), caf::infinite,
              confirm_order{*state.node, view, epoch})
    .then(
      [promise, value = std::move(copied).assume_value()]() mutable {
        promise.deliver(std::move(value));
      },
      [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

} // namespace holdfast::actors
