// What an application says to its client actor, and what it hears.
//
// All of these are registered with CAF, so subscribers may live in another
// process of the application. Register them in the actor_system_config:
//
//   add_message_types<caf::id_block::holdfast_client>();
//
// and let the application's own block begin where this one ends:
//
//   CAF_BEGIN_TYPE_ID_BLOCK(my_application,
//   caf::id_block::holdfast_client::end)
//
// A request fails with a caf::error of actors/error.hpp, which turns it back
// into an shm::error; the cases are named with each request.
#pragma once

#include "shm/client/durability.hpp"
#include "shm/freshness.hpp"
#include "shm/layout.hpp"
#include "shm/memory_object.hpp"
#include "shm/type_tag.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace holdfast::client {

// -- what a subscriber hears --------------------------------------------------

/// A complete value with what the node said of it.
struct variable_value {
  shm::layout::variable_kind kind = shm::layout::variable_kind::value;
  std::string type; ///< the type tag
  std::vector<std::uint8_t> bytes;
  std::uint64_t version = 0;
  shm::freshness_kind freshness = shm::freshness_kind::orphaned;

  /// The value, if it is a T.
  template <class T>
  std::optional<T> as() const {
    static_assert(std::is_trivially_copyable_v<T>,
                  "other processes copy raw bytes");
    if (type != shm::type_tag<T>::value || bytes.size() != sizeof(T))
      return std::nullopt;
    T out;
    std::memcpy(&out, bytes.data(), sizeof(T));
    return out;
  }

  /// The bytes as text, valid as long as they are.
  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// The region can be read from here on; its current values follow.
struct region_attached {
  std::string region;
  std::uint64_t node = 0;
  std::uint64_t epoch = 0;
};

/// A variable has another value. The next of this variable comes when the
/// subscriber is done with this one.
struct variable_changed {
  std::string region;
  std::string variable;
  variable_value value;
  std::uint64_t skipped = 0; ///< versions since the last message of it
};

/// A variable is no longer there, or not after a new attach.
struct variable_removed {
  std::string region;
  std::string variable;
};

/// The region cannot be reached; region_attached says when it can again.
struct region_lost {
  std::string region;
  std::string reason;
};

/// Gets the changes of the regions it subscribed to. Handlers return nothing;
/// one that needs time to take a change in returns a promise, and hears of
/// that variable again when the promise is kept.
using subscriber_actor = caf::typed_actor<
  // First, and after each loss.
  caf::reacts_to<region_attached>,
  // One at a time for each variable.
  caf::reacts_to<variable_changed>,
  // In turn with variable_changed.
  caf::reacts_to<variable_removed>,
  // In turn with region_attached.
  caf::reacts_to<region_lost>>;

// -- what an application asks -------------------------------------------------

struct attach_request {
  std::string region;
  shm::access access = shm::access::read;
};

struct attached {
  std::string region;
  std::uint64_t node = 0;
  std::uint64_t epoch = 0;
};

struct detach_request {
  std::string region;
};

struct subscribe_request {
  std::string region;
  std::vector<std::string> variables{}; ///< empty: all, also those to come
  subscriber_actor subscriber{};
};

struct subscribed {
  std::uint64_t subscription = 0;
};

struct unsubscribe_request {
  std::uint64_t subscription = 0;
};

struct read_request {
  std::string region;
  std::string variable;
};

struct store_request {
  std::string region;
  std::string variable;
  std::vector<std::uint8_t> bytes;

  /// Of a value whose type tag is T's.
  template <class T>
  static store_request of(std::string region, std::string variable,
                          const T& value) {
    static_assert(std::is_trivially_copyable_v<T>,
                  "other processes copy raw bytes");
    std::vector<std::uint8_t> bytes(sizeof(T));
    std::memcpy(bytes.data(), &value, sizeof(T));
    return {std::move(region), std::move(variable), std::move(bytes)};
  }
};

/// The value is in this host's memory: provisional.
struct stored {
  std::uint64_t version = 0;
};

/// A majority of the region's holders is to hold all that was stored in it
/// through this client actor before.
struct flush_request {
  std::string region;
  client::durability durability = client::durability::memory;
  /// Of what an earlier flush left in doubt nothing more is asked.
  bool anew = false;
};

struct flushed {
  std::string region;
  std::uint64_t epoch = 0;
};

/// As read_request, of a value that is sure to be the newest and committed.
struct confirmed_read_request {
  std::string region;
  std::string variable;
};

// -- how they travel ----------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, variable_value& x) {
  return f(caf::meta::type_name("holdfast::client::variable_value"), x.kind,
           x.type, x.bytes, x.version, x.freshness);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, region_attached& x) {
  return f(caf::meta::type_name("holdfast::client::region_attached"), x.region,
           x.node, x.epoch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, variable_changed& x) {
  return f(caf::meta::type_name("holdfast::client::variable_changed"), x.region,
           x.variable, x.value, x.skipped);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, variable_removed& x) {
  return f(caf::meta::type_name("holdfast::client::variable_removed"), x.region,
           x.variable);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, region_lost& x) {
  return f(caf::meta::type_name("holdfast::client::region_lost"), x.region,
           x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_request& x) {
  return f(caf::meta::type_name("holdfast::client::attach_request"), x.region,
           x.access);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attached& x) {
  return f(caf::meta::type_name("holdfast::client::attached"), x.region, x.node,
           x.epoch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, detach_request& x) {
  return f(caf::meta::type_name("holdfast::client::detach_request"), x.region);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, subscribe_request& x) {
  return f(caf::meta::type_name("holdfast::client::subscribe_request"),
           x.region, x.variables, x.subscriber);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, subscribed& x) {
  return f(caf::meta::type_name("holdfast::client::subscribed"),
           x.subscription);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unsubscribe_request& x) {
  return f(caf::meta::type_name("holdfast::client::unsubscribe_request"),
           x.subscription);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_request& x) {
  return f(caf::meta::type_name("holdfast::client::read_request"), x.region,
           x.variable);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, store_request& x) {
  return f(caf::meta::type_name("holdfast::client::store_request"), x.region,
           x.variable, x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stored& x) {
  return f(caf::meta::type_name("holdfast::client::stored"), x.version);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, flush_request& x) {
  return f(caf::meta::type_name("holdfast::client::flush_request"), x.region,
           x.durability, x.anew);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, flushed& x) {
  return f(caf::meta::type_name("holdfast::client::flushed"), x.region,
           x.epoch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f,
                                        confirmed_read_request& x) {
  return f(caf::meta::type_name("holdfast::client::confirmed_read_request"),
           x.region, x.variable);
}

} // namespace holdfast::client

// Append only: the numbers travel between the processes of an application. The
// offset leaves room for the blocks of the node, so that both fit one process.
CAF_BEGIN_TYPE_ID_BLOCK(holdfast_client, caf::first_custom_type_id + 100)

  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::variable_value))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::region_attached))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::variable_changed))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::variable_removed))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::region_lost))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::attach_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::attached))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::detach_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::subscribe_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::subscribed))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::unsubscribe_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::read_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::store_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::stored))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::flush_request))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::flushed))
  CAF_ADD_TYPE_ID(holdfast_client, (holdfast::client::confirmed_read_request))

CAF_END_TYPE_ID_BLOCK(holdfast_client)
