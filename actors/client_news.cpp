// Telling subscribers what they do not know yet.
//
// Nothing is queued for them: what to tell is found by comparing what the
// memory holds now with what they were told (rules::conflation). So this is
// called whenever either side may have changed, and calling it once too often
// is harmless.
#include "actors/client_state.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <limits>

namespace holdfast::actors {

namespace {

using shm::errc;
using variable_news = rules::conflation::news;
using region_news = rules::region_news::news;

// Sends a message whose answer says that the subscriber is done with it. One
// that answers with an error had it as well; one that is gone answers with an
// error, too, and the down handler knows.
template <class Message, class Taken>
void say(client_pointer self, const client::subscriber_actor& to,
         Message message, Taken taken) {
  self->request(to, caf::infinite, std::move(message))
    .then(taken, [taken](const caf::error&) { taken(); });
}

void tell_variable(client_pointer self, client_region& region,
                   const std::string& name);

void say_of_variable(client_pointer self, std::uint64_t id,
                     const std::string& name, auto message) {
  const auto taken = [self, id, name] {
    auto& subscriptions = self->state.subscriptions;
    const auto found = subscriptions.find(id);
    if (found == subscriptions.end())
      return;
    found->second.variables.at(name).on_acknowledged();
    tell_variable(self, *found->second.region, name);
    watch_now(self);
  };
  say(self, self->state.subscriptions.at(id).subscriber, std::move(message),
      taken);
}

// False where the value could not be read just now.
bool offer(client_pointer self, std::uint64_t id, const std::string& name,
           std::optional<std::uint64_t> latest,
           const followed_variable& followed) {
  auto& subscription = self->state.subscriptions.at(id);
  auto& told = subscription.variables.at(name);
  const auto& region = subscription.region->name;
  switch (told.next(latest)) {
  case variable_news::none:
    return true;
  case variable_news::removal:
    told.on_removal_sent();
    say_of_variable(self, id, name, client::variable_removed{region, name});
    return true;
  case variable_news::value:
    break;
  }
  auto value = copy_value(*followed.handle);
  if (!value)
    return false;
  const auto skipped = told.on_value_sent(value.assume_value().version);
  say_of_variable(self, id, name,
                  client::variable_changed{
                    region, name, std::move(value).assume_value(), skipped});
  return true;
}

// A variable that is gone and about which nobody needs to hear any more.
void forget_if_gone(client_state& state, client_region& region,
                    const std::string& name) {
  bool followed = false;
  for (const auto id : region.subscriptions) {
    auto& subscription = state.subscriptions.at(id);
    const auto told = subscription.variables.find(name);
    if (told == subscription.variables.end())
      continue;
    if (subscription.all && told->second.forgettable())
      subscription.variables.erase(told);
    else
      followed = true;
  }
  if (followed)
    return;
  const auto gone = region.variables.find(name);
  state.watched.erase(gone->second.watched); // what the waiter says is no news
  region.variables.erase(gone);
}

void watch(client_state& state, client_region& region, const std::string& name,
           followed_variable& followed, std::uint64_t since) {
  followed.watched = ++state.last_id;
  state.watched[followed.watched] = {&region, name};
  state.to_watch.variables.push_back(
    {followed.watched, *followed.handle, since});
}

void tell_variable(client_pointer self, client_region& region,
                   const std::string& by_name) {
  const auto name = by_name; // the caller's may be forgotten below
  auto& state = self->state;
  const auto found = region.variables.find(name);
  if (!region.view || found == region.variables.end())
    return;
  auto& followed = found->second;
  if (followed.handle && followed.handle->at().removed())
    followed.handle.reset();
  // Looked at before it is read: what is stored from here on is news to the
  // waiter.
  auto since = std::uint64_t{0};
  std::optional<std::uint64_t> latest;
  if (followed.handle)
    latest = since = followed.handle->version();
  bool somebody_waits = false;
  for (const auto id : region.subscriptions) {
    const auto& subscription = state.subscriptions.at(id);
    const auto told = subscription.variables.find(name);
    if (told == subscription.variables.end() || !subscription.news.settled())
      continue;
    if (!offer(self, id, name, latest, followed))
      since = std::numeric_limits<std::uint64_t>::max(); // look again at once
    somebody_waits |= !told->second.under_way();
  }
  if (!followed.handle)
    forget_if_gone(state, region, name);
  else if (somebody_waits && followed.watched == 0)
    watch(state, region, name, followed, since);
}

std::string reason_of(shm::layout::region_state state) {
  switch (state) {
  case shm::layout::region_state::active:
    break;
  case shm::layout::region_state::fenced:
    return "fenced: another node may be its home";
  case shm::layout::region_state::moved:
    return "moved to other memory";
  case shm::layout::region_state::revoked:
    return "revoked: it was removed, or the right to it taken away";
  }
  return "its state is unknown";
}

// Names that a subscription to all has not met yet.
void follow_all(client_state& state, client_region& region) {
  const auto& ids = region.subscriptions;
  const bool wanted = std::any_of(ids.begin(), ids.end(), [&](auto id) {
    return state.subscriptions.at(id).all;
  });
  if (!wanted)
    return;
  const auto listed = region.view->list();
  if (!listed)
    return; // it is changing: the event word will tell
  for (const auto& listing : listed.assume_value())
    for (const auto id : ids)
      if (auto& subscription = state.subscriptions.at(id); subscription.all)
        subscription.variables.try_emplace(listing.name);
}

void find_handle(client_state& state, client_region& region,
                 const std::string& name) {
  if (!region.variables.contains(name)
      && followed_count(state) >= shm::limits::variables_max)
    return;
  auto& followed = region.variables[name];
  if (followed.handle && !followed.handle->at().removed())
    return;
  followed.handle.reset();
  auto found = region.view->find_any(name);
  if (!found)
    return; // it is not there: subscribers are told so
  followed.handle = std::move(found).assume_value();
  for (const auto id : region.subscriptions) {
    auto& variables = state.subscriptions.at(id).variables;
    if (const auto told = variables.find(name); told != variables.end())
      told->second.on_restart();
  }
}

} // namespace

std::size_t followed_count(const client_state& state) {
  std::size_t count = 0;
  for (const auto& [_, region] : state.regions)
    count += region.variables.size();
  return count;
}

void find_variables(client_pointer self, client_region& region) {
  auto& state = self->state;
  if (region.watched == 0) {
    // Noted before the directory is read.
    const auto event = region.view->attached()->control().event.load(
      std::memory_order_acquire);
    region.watched = ++state.last_id;
    state.watched[region.watched] = {&region, std::nullopt};
    state.to_watch.regions.push_back({region.watched, *region.view, event});
  }
  follow_all(state, region);
  for (const auto id : region.subscriptions)
    for (const auto& [name, _] : state.subscriptions.at(id).variables)
      find_handle(state, region, name);
}

void tell_region(client_pointer self, client_region& region) {
  for (const auto id : region.subscriptions)
    tell_subscriber(self, id);
  watch_now(self);
}

void tell_subscriber(client_pointer self, std::uint64_t id) {
  auto& state = self->state;
  auto& subscription = state.subscriptions.at(id);
  auto& region = *subscription.region;
  const auto taken = [self, id] {
    const auto found = self->state.subscriptions.find(id);
    if (found == self->state.subscriptions.end())
      return;
    found->second.news.on_acknowledged();
    tell_subscriber(self, id);
    watch_now(self);
  };
  const auto news = subscription.news.next();
  if (news == region_news::none) {
    std::vector<std::string> names;
    if (subscription.news.settled())
      for (const auto& [name, _] : subscription.variables)
        names.push_back(name);
    for (const auto& name : names)
      tell_variable(self, region, name);
    return;
  }
  subscription.news.on_sent();
  if (news == region_news::lost)
    say(self, subscription.subscriber,
        client::region_lost{region.name, subscription.loss}, taken);
  else
    say(self, subscription.subscriber,
        client::region_attached{region.name, state.node->node().node,
                                region.view->epoch()},
        taken);
}

void on_watched_changed(client_pointer self, const watched_changed& found) {
  auto& state = self->state;
  for (const auto id : found.ids) {
    const auto entry = state.watched.extract(id);
    if (entry.empty())
      continue; // nobody is interested any more
    auto& [where, name] = entry.mapped();
    auto& region = *where;
    if (name)
      region.variables.at(*name).watched = 0;
    else
      region.watched = 0;
    const auto now = region.view->attached()->state();
    if (now != shm::layout::region_state::active)
      lose_region(self, region, reason_of(now));
    else if (name)
      tell_variable(self, region, *name);
    else {
      find_variables(self, region);
      tell_region(self, region);
    }
  }
  watch_now(self);
}

void watch_now(client_pointer self) {
  auto& order = self->state.to_watch;
  if (order.variables.empty() && order.regions.empty())
    return;
  order_waiter(self, std::exchange(order, {}));
}

void unwatch(client_pointer self, client_region& region) {
  watch_now(self);
  unwatch_order order;
  const auto forget = [&](std::uint64_t& watched) {
    if (watched == 0)
      return;
    order.ids.push_back(watched);
    self->state.watched.erase(watched);
    watched = 0;
  };
  forget(region.watched);
  for (auto& [_, followed] : region.variables)
    forget(followed.watched);
  if (order.ids.empty())
    return;
  std::sort(order.ids.begin(), order.ids.end());
  order_waiter(self, std::move(order));
}

shm::quick_result<client::variable_value>
copy_value(const shm::untyped_variable& variable) {
  client::variable_value out;
  out.kind = variable.kind();
  out.type = variable.type();
  out.bytes.resize(variable.capacity());
  const auto copied
    = variable.read_into(std::as_writable_bytes(std::span{out.bytes}));
  if (!copied)
    return copied.assume_error();
  const auto& [bytes, stamp] = copied.assume_value();
  out.bytes.resize(bytes);
  out.version = stamp.version;
  out.freshness = stamp.freshness_at().kind;
  return out;
}

} // namespace holdfast::actors
