// What the client actor knows, and the steps its sources share.
#pragma once

#include "actors/client_parts.hpp"
#include "actors/rules/conflation.hpp"
#include "actors/rules/reconnect.hpp"
#include "actors/rules/region_news.hpp"
#include "config/defaults.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace holdfast::actors {

inline constexpr rules::reconnect_options reconnect_bounds{
  config::reconnect_delay_min, config::reconnect_delay_max};

struct client_state;
using client_pointer = client_core_actor::stateful_pointer<client_state>;

/// A variable that somebody subscribed to.
struct followed_variable {
  std::optional<shm::untyped_variable> handle; ///< nothing: it is not there
  std::uint64_t watched = 0; ///< id with the waiter, 0: not watched
};

struct client_region {
  using promise = caf::typed_response_promise<client::attached>;

  std::string name;
  shm::access access = shm::access::read;
  std::optional<shm::region_view> view; ///< while attached
  bool kept = false;                    ///< was attached once: comes back
  std::uint64_t mapping = 0;            ///< number of the order, 0: none
  std::uint64_t attachments = 0;
  std::uint64_t last_line = 0; ///< on which it was asked for last
  std::uint64_t watched = 0;   ///< id of its event word with the waiter
  rules::reconnect again{reconnect_bounds};

  std::map<std::uint64_t, promise> asked; ///< attach requests, by number
  std::string last_failure;               ///< of attaching

  std::uint64_t stores = 0;
  /// Epoch of the oldest that no flush has covered; 0: there is none. The view
  /// knows its own, and this is for the next one.
  std::uint64_t stored_in = 0;

  std::map<std::string, followed_variable> variables;
  std::set<std::uint64_t> subscriptions;
};

struct client_subscription {
  client_region* region = nullptr;
  bool all = false; ///< whatever variables there are
  client::subscriber_actor subscriber;
  rules::region_news news;
  std::string loss; ///< why it was lost last
  std::map<std::string, rules::conflation> variables;
};

/// What the waiter watches for us under an id; no variable: the region itself.
struct watched_thing {
  client_region* region = nullptr;
  std::optional<std::string> variable;
};

struct client_state {
  static constexpr const char* name = "client";

  explicit client_state(client_core_actor::pointer) {
    // nop
  }

  client_state(const client_state&) = delete;
  client_state& operator=(const client_state&) = delete;

  /// Ends the sleep of both threads: they find the client's end in their
  /// mailboxes then.
  ~client_state() {
    if (node)
      node->hang_up();
    if (wake)
      wake->ring();
  }

  client::connect_options options;
  line_actor line;
  waiter_actor waiter;
  writer_actor writer;   ///< none before the first store
  barrier_actor barrier; ///< none before the first flush or confirmed read
  std::shared_ptr<shm::wake_word> wake;

  std::optional<client::connection> node; ///< while connected
  std::uint64_t line_number = 0;          ///< counts connections
  rules::reconnect again{reconnect_bounds};
  std::string last_failure; ///< of connecting
  std::minstd_rand chance{std::random_device{}()};

  std::map<std::string, client_region> regions;
  std::map<std::uint64_t, client_subscription> subscriptions;
  std::unordered_map<std::uint64_t, watched_thing> watched;
  watch_order to_watch; ///< goes to the waiter at the end of a step
  std::uint64_t last_id = 0;
};

// -- client.cpp ---------------------------------------------------------------

/// Gives the connection up, with all regions on it, and connects again.
void lose_line(client_pointer self, const std::string& reason);

/// The region while it is attached. Errors: no_such_region, unreachable.
caf::expected<client_region*> attached_region_of(client_state& state,
                                                 const std::string& region);

/// The variable, while its region is attached. Errors: also no_such_variable.
caf::expected<shm::untyped_variable> find(client_state& state,
                                          const std::string& region,
                                          const std::string& variable);

/// Sends an order to the waiter and wakes it.
template <class Order>
void order_waiter(client_pointer self, Order order) {
  self->send(self->state.waiter, std::move(order));
  self->state.wake->ring();
}

inline std::chrono::milliseconds delay_after_failure(client_state& state,
                                                     rules::reconnect& again) {
  std::uniform_real_distribution<double> chances{0, 1};
  return again.on_failure(chances(state.chance));
}

// -- client_safety.cpp --------------------------------------------------------

/// Before something is stored in it.
void note_store(client_region& region);

caf::result<client::flushed> flush(client_pointer self,
                                   const client::flush_request& request);
caf::result<client::variable_value>
read_confirmed(client_pointer self,
               const client::confirmed_read_request& request);

// -- client_regions.cpp -------------------------------------------------------

caf::result<client::attached> attach(client_pointer self,
                                     const client::attach_request& request);
caf::result<void> detach(client_pointer self, const std::string& name);

/// Attaches if there is a connection and it is not attached.
void map_region(client_pointer self, client_region& region);

/// It is not attached any more; says so to its subscribers.
void lose_region(client_pointer self, client_region& region,
                 const std::string& reason);

void on_attach_patience_over(client_pointer self,
                             const attach_patience_over& over);

// -- client_subscriptions.cpp -------------------------------------------------

caf::result<client::subscribed>
subscribe(client_pointer self, const client::subscribe_request& request);
caf::result<void> unsubscribe(client_pointer self, std::uint64_t subscription);

/// Ends all subscriptions of an actor that ended.
void drop_subscriber(client_pointer self, const caf::actor_addr& subscriber);

// -- client_news.cpp ----------------------------------------------------------

/// How many variables are followed, in all regions.
std::size_t followed_count(const client_state& state);

/// Finds the variables that subscriptions follow, anew. Those beyond
/// shm::limits::variables_max are not followed: nobody can wait for more.
void find_variables(client_pointer self, client_region& region);

/// Tells all subscribers of a region what they do not know yet.
void tell_region(client_pointer self, client_region& region);

/// Tells one subscriber what it does not know yet.
void tell_subscriber(client_pointer self, std::uint64_t subscription);

/// Looks at what the waiter reported.
void on_watched_changed(client_pointer self, const watched_changed& found);

/// Hands the waiter what there is to watch now.
void watch_now(client_pointer self);

/// Forgets all that is watched for a region.
void unwatch(client_pointer self, client_region& region);

/// A copy of the value. Errors: no_value, removed, contended.
shm::quick_result<client::variable_value>
copy_value(const shm::untyped_variable& variable);

} // namespace holdfast::actors
