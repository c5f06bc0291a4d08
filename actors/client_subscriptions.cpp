// Who wants to hear what.
#include "actors/client_state.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace holdfast::actors {

namespace {

using shm::errc;

bool hears_more(const client_state& state, const caf::actor_addr& subscriber) {
  for (const auto& [_, subscription] : state.subscriptions)
    if (subscription.subscriber.address() == subscriber)
      return true;
  return false;
}

// Variables that nobody followed before.
std::size_t new_ones(const client_region& region,
                     const client::subscribe_request& request) {
  const auto& names = request.variables;
  if (names.empty() && region.view) {
    const auto& there = region.view->attached()->control().variables;
    const auto count = there.load(std::memory_order_relaxed);
    return count - std::min<std::size_t>(count, region.variables.size());
  }
  return static_cast<std::size_t>(
    std::count_if(names.begin(), names.end(), [&](const std::string& name) {
      return !region.variables.contains(name);
    }));
}

caf::error check(const client_state& state, const client_region& region,
                 const client::subscribe_request& request) {
  if (!request.subscriber)
    return make_error(errc::bad_argument, "there is no subscriber");
  if (state.subscriptions.size() >= config::client_subscriptions_max)
    return make_error(errc::full,
                      "subscriptions of one client: "
                        + std::to_string(config::client_subscriptions_max));
  if (followed_count(state) + new_ones(region, request)
      > shm::limits::variables_max)
    return make_error(errc::full,
                      "variables that one client follows: "
                        + std::to_string(shm::limits::variables_max));
  // A region that is lost cannot be asked: a variable that is not there when
  // it comes back is one that is still to come.
  for (const auto& name : request.variables)
    if (region.view)
      if (auto found = region.view->find_any(name); !found)
        return make_error(found.assume_error());
  return caf::none;
}

// Its variables go with it where nobody else follows them.
void forget_variables(client_pointer self, client_region& region) {
  auto& state = self->state;
  unwatch_order order;
  std::erase_if(region.variables, [&](const auto& followed) {
    for (const auto id : region.subscriptions)
      if (state.subscriptions.at(id).variables.contains(followed.first))
        return false;
    // The waiter may still report it: nobody is listening.
    if (state.watched.erase(followed.second.watched) != 0)
      order.ids.push_back(followed.second.watched);
    return true;
  });
  if (order.ids.empty())
    return;
  std::sort(order.ids.begin(), order.ids.end());
  order_waiter(self, std::move(order));
}

} // namespace

caf::result<client::subscribed>
subscribe(client_pointer self, const client::subscribe_request& request) {
  auto& state = self->state;
  const auto found = state.regions.find(request.region);
  if (found == state.regions.end() || !found->second.kept)
    return make_error(errc::no_such_region,
                      "'" + request.region + "' is not attached");
  auto& region = found->second;
  if (auto wrong = check(state, region, request))
    return wrong;
  if (!hears_more(state, request.subscriber.address()))
    self->monitor(request.subscriber);
  const auto id = ++state.last_id;
  auto& made = state.subscriptions[id];
  made.region = &region;
  made.all = request.variables.empty();
  made.subscriber = request.subscriber;
  for (const auto& name : request.variables)
    made.variables.try_emplace(name);
  region.subscriptions.insert(id);
  if (region.view) {
    made.news.on_attached();
    find_variables(self, region);
    tell_subscriber(self, id);
    watch_now(self);
  }
  return client::subscribed{id};
}

caf::result<void> unsubscribe(client_pointer self, std::uint64_t subscription) {
  auto& state = self->state;
  const auto found = state.subscriptions.find(subscription);
  if (found == state.subscriptions.end())
    return make_error(errc::bad_argument, "there is no subscription "
                                            + std::to_string(subscription));
  auto& region = *found->second.region;
  const auto subscriber = found->second.subscriber;
  region.subscriptions.erase(subscription);
  state.subscriptions.erase(found);
  forget_variables(self, region);
  if (!hears_more(state, subscriber.address()))
    self->demonitor(subscriber.address());
  return caf::unit;
}

void drop_subscriber(client_pointer self, const caf::actor_addr& subscriber) {
  std::vector<std::uint64_t> ended;
  for (const auto& [id, subscription] : self->state.subscriptions)
    if (subscription.subscriber.address() == subscriber)
      ended.push_back(id);
  for (const auto id : ended)
    (void)unsubscribe(self, id);
}

} // namespace holdfast::actors
