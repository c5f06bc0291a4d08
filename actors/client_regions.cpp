// Attaching, letting go, and coming back.
#include "actors/client_state.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using shm::errc;

client::attached attached_now(const client_state& state,
                              const client_region& region) {
  return {region.name, state.node->node().node, region.view->epoch()};
}

void answer_all(client_region& region, const caf::error& why) {
  for (auto& [_, asked] : region.asked)
    asked.deliver(why);
  region.asked.clear();
}

// Nothing the region or the principal did: it may work in a moment.
bool passes(errc code) {
  switch (code) {
  case errc::unreachable:
  case errc::timeout:
  case errc::unavailable:
  case errc::overloaded:
  case errc::protocol:
    return true;
  default:
    return false;
  }
}

void map_later(client_pointer self, client_region& region) {
  self->delayed_send(self, delay_after_failure(self->state, region.again),
                     attach_due{region.name});
}

void on_mapped(client_pointer self, client_region& region,
               const shm::region_view& view) {
  auto& state = self->state;
  region.view = view;
  view.attached()->marks.put_in_doubt(region.stored_in);
  region.kept = true;
  region.last_failure.clear();
  ++region.attachments;
  self->delayed_send(self, reconnect_bounds.delay_max,
                     held_for_a_while{region.name, region.attachments});
  for (auto& [_, asked] : region.asked)
    asked.deliver(attached_now(state, region));
  region.asked.clear();
  find_variables(self, region);
  for (const auto id : region.subscriptions)
    state.subscriptions.at(id).news.on_attached();
  tell_region(self, region);
}

void on_map_failed(client_pointer self, client_region& region,
                   const shm::error& why) {
  region.last_failure = why.message();
  if (!region.kept && !passes(why.code)) {
    answer_all(region, make_error(why));
    self->state.regions.erase(region.name);
    return;
  }
  map_later(self, region);
}

// The region that was being mapped, unless everything changed meanwhile.
template <class Use>
void after_mapping(client_pointer self, const std::string& name,
                   std::uint64_t order, std::uint64_t line, Use use) {
  auto& regions = self->state.regions;
  const auto found = regions.find(name);
  if (found == regions.end() || found->second.mapping != order)
    return;
  found->second.mapping = 0;
  if (self->state.node && self->state.line_number == line)
    use(found->second);
  else
    map_region(self, found->second);
}

} // namespace

void map_region(client_pointer self, client_region& region) {
  auto& state = self->state;
  if (!state.node || region.mapping != 0 || region.view)
    return;
  const auto order = region.mapping = ++state.last_id;
  const auto line = state.line_number;
  const bool again = region.last_line == line;
  region.last_line = line;
  const auto& name = region.name;
  // The waiter itself gives up after the patience.
  self
    ->request(state.waiter, caf::infinite,
              map_order{*state.node, name, region.access, again})
    .then(
      [self, name, order, line](const mapped_region& mapped) {
        after_mapping(self, name, order, line, [&](client_region& there) {
          on_mapped(self, there, mapped.view);
        });
      },
      [self, name, order, line](const caf::error& error) {
        after_mapping(self, name, order, line, [&](client_region& there) {
          on_map_failed(self, there, to_shm(error));
        });
      });
  state.wake->ring();
}

void lose_region(client_pointer self, client_region& region,
                 const std::string& reason) {
  if (!region.view)
    return;
  unwatch(self, region);
  region.view.reset();
  for (auto& [_, variable] : region.variables)
    variable.handle.reset();
  for (const auto id : region.subscriptions) {
    auto& subscription = self->state.subscriptions.at(id);
    subscription.news.on_lost();
    subscription.loss = reason;
  }
  tell_region(self, region);
  if (self->state.node)
    map_later(self, region);
}

caf::result<client::attached> attach(client_pointer self,
                                     const client::attach_request& request) {
  auto& state = self->state;
  auto found = state.regions.find(request.region);
  if (found == state.regions.end()) {
    if (state.regions.size() >= config::client_regions_max)
      return make_error(errc::full,
                        "a client actor attaches "
                          + std::to_string(config::client_regions_max)
                          + " regions at most");
    found = state.regions.try_emplace(request.region).first;
    found->second.name = request.region;
    found->second.access = request.access;
  }
  auto& region = found->second;
  if (request.access == shm::access::write
      && region.access == shm::access::read)
    return make_error(errc::exists, "'" + region.name
                                      + "' is attached for reading: detach it "
                                        "first");
  if (region.view)
    return attached_now(state, region);
  if (region.asked.size() >= config::client_attach_requests_max)
    return make_error(errc::overloaded, "too many ask for '" + region.name
                                          + "', which is lost for now");
  const auto number = ++state.last_id;
  auto promise = self->make_response_promise<client::attached>();
  region.asked.emplace(number, promise);
  self->delayed_send(self, state.options.patience,
                     attach_patience_over{region.name, number});
  map_region(self, region);
  return promise;
}

void on_attach_patience_over(client_pointer self,
                             const attach_patience_over& over) {
  auto& regions = self->state.regions;
  const auto found = regions.find(over.region);
  if (found == regions.end())
    return;
  auto& region = found->second;
  const auto asked = region.asked.find(over.asked);
  if (asked == region.asked.end())
    return;
  const auto& why = region.last_failure.empty() ? self->state.last_failure
                                                : region.last_failure;
  asked->second.deliver(make_error(
    errc::unreachable, why.empty() ? "the node does not answer"
                                   : "the last try ended so: " + why));
  region.asked.erase(asked);
  if (region.asked.empty() && !region.kept && region.mapping == 0)
    regions.erase(found);
}

caf::result<void> detach(client_pointer self, const std::string& name) {
  auto& state = self->state;
  const auto found = state.regions.find(name);
  if (found == state.regions.end())
    return make_error(errc::no_such_region, "'" + name + "' is not attached");
  auto& region = found->second;
  answer_all(region,
             make_error(errc::unavailable, "it was detached meanwhile"));
  for (const auto id : std::set<std::uint64_t>{region.subscriptions})
    (void)unsubscribe(self, id);
  unwatch(self, region);
  if (state.node)
    order_waiter(self, unmap_order{*state.node, name});
  state.regions.erase(found);
  return caf::unit;
}

} // namespace holdfast::actors
