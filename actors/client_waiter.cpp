// Sleeps until something of what it watches changes, or an order comes.
//
// Reports a change once and forgets it: the client asks again when it wants to
// hear more. So a busy writer costs one message per variable, however slow the
// subscribers are.
#include "actors/client_parts.hpp"
#include "actors/error.hpp"
#include "shm/wait.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace holdfast::actors {

namespace {

struct waiter_state {
  static constexpr const char* name = "client_waiter";

  explicit waiter_state(waiter_actor::pointer) {
    // nop
  }

  std::shared_ptr<shm::wake_word> wake;
  std::uint32_t answered = 0; // rings: one for each order
  caf::actor_addr client;     // weak: it holds us
  std::vector<watched_variable> variables;
  std::vector<watched_region> regions;
};

using waiter_pointer = waiter_actor::stateful_pointer<waiter_state>;

const shm::layout::half_word& event_of(const watched_region& watched) {
  return watched.region.attached()->control().event;
}

bool changed(const watched_variable& watched) {
  const auto& variable = watched.variable;
  const auto version = variable.version();
  return variable.in().state() != shm::layout::region_state::active
         || variable.at().removed()
         || (version != 0 && version != watched.since);
}

bool changed(const watched_region& watched) {
  return event_of(watched).load(std::memory_order_acquire) != watched.event;
}

template <class Watched>
void move_changed(std::vector<Watched>& from, std::vector<std::uint64_t>& to) {
  std::erase_if(from, [&to](const Watched& watched) {
    const bool found = changed(watched);
    if (found)
      to.push_back(watched.id);
    return found;
  });
}

template <class Watched>
void forget(std::vector<Watched>& from, const std::vector<std::uint64_t>& ids) {
  std::erase_if(from, [&ids](const Watched& watched) {
    return std::binary_search(ids.begin(), ids.end(), watched.id);
  });
}

shm::quick_result<std::size_t> sleep(const waiter_state& state) {
  std::vector<shm::futex::expected_word> words{
    state.wake->answered(state.answered)};
  for (const auto& watched : state.regions)
    words.push_back({&event_of(watched), watched.event});
  std::vector<shm::watched> variables;
  for (const auto& watched : state.variables)
    variables.push_back(watched.variable.watch_since(watched.since));
  return shm::wait_for_any(variables, words, for_ever);
}

template <class Message>
void tell_client(waiter_pointer self, Message message) {
  // Without a client there is nobody to tell, and its end is on its way.
  if (auto to = caf::actor_cast<client_core_actor>(self->state.client))
    self->send(to, std::move(message));
}

void wait_once(waiter_pointer self) {
  auto& state = self->state;
  const auto ended = sleep(state);
  const auto code = ended ? shm::errc::ok : ended.assume_error();
  if (code != shm::errc::ok && code != shm::errc::fenced
      && code != shm::errc::removed) {
    // The node would not count us as a watcher.
    state.variables.clear();
    state.regions.clear();
    tell_client(self, wait_failed{shm::failed(code, "watching variables")});
  } else {
    watched_changed found;
    move_changed(state.variables, found.ids);
    move_changed(state.regions, found.ids);
    if (!found.ids.empty())
      tell_client(self, std::move(found));
  }
  self->send(self, wait_round{});
}

caf::result<mapped_region> map(const map_order& order) {
  if (order.again)
    (void)order.node.detach(order.region); // what matters is the attach
  auto view = order.node.attach(order.region, order.access);
  if (!view)
    return make_error(view.assume_error());
  return mapped_region{std::move(view).assume_value()};
}

waiter_actor::behavior_type waiter(waiter_pointer self, caf::actor_addr client,
                                   std::shared_ptr<shm::wake_word> wake) {
  self->state.client = std::move(client);
  self->state.wake = std::move(wake);
  // Ends with the client, for whatever reason that one ended.
  self->set_exit_handler([self](const caf::exit_msg&) { self->quit(); });
  self->send(self, wait_round{});
  return {
    [self](const map_order& order) {
      ++self->state.answered;
      return map(order);
    },
    [self](const unmap_order& order) {
      ++self->state.answered;
      (void)order.node.detach(order.region); // without a node it is gone too
    },
    [self](watch_order& order) {
      ++self->state.answered;
      auto& [variables, regions] = order;
      std::move(variables.begin(), variables.end(),
                std::back_inserter(self->state.variables));
      std::move(regions.begin(), regions.end(),
                std::back_inserter(self->state.regions));
    },
    [self](const unwatch_order& order) {
      ++self->state.answered;
      forget(self->state.variables, order.ids);
      forget(self->state.regions, order.ids);
    },
    [self](wait_round) { wait_once(self); },
  };
}

} // namespace

waiter_actor spawn_waiter(caf::local_actor& client,
                          std::shared_ptr<shm::wake_word> wake) {
  return client.spawn<caf::linked + caf::detached>(waiter, client.address(),
                                                   std::move(wake));
}

} // namespace holdfast::actors
