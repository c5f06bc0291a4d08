// What the holders of a region say to each other, and what sessions and the
// catalogs of other nodes ask of its home, as it travels; and what goes between
// a region's actor, the router and the keeper inside a node.
#pragma once

#include "actors/region_storage.hpp"
#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/region_replica/store_ledger.hpp"
#include "shm/region.hpp"

#include <caf/meta/type_name.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace holdfast {

// -- between nodes ------------------------------------------------------------

// What holders say to each other has connections of its own and is no message
// of CAF's there (runtime/replication/frame.hpp).

/// What a message between holders is about.
enum class packet_subject : std::uint8_t {
  rule = 1,      ///< actors/region_packet.hpp
  comparison = 2 ///< actors/region_comparison.hpp
};

/// A part of a message between holders of a region. All but the first two was
/// written by another process.
struct region_packet {
  std::uint64_t from = 0;     ///< the node, as it proved when it was linked
  rules::wide_id incarnation; ///< of that node's process; the same
  std::uint64_t region = 0;   ///< its id
  std::uint64_t number = 0;   ///< of the message, ascends at its sender
  packet_subject subject = packet_subject::rule;
  std::uint32_t part = 0;
  std::uint32_t parts = 1;
  std::uint64_t checksum = 0; ///< of the content
  std::vector<char> content;

  bool operator==(const region_packet&) const = default;
};

// What a session asks of a region's home. Errors: fenced and unavailable, it is
// not the home, or not yet; unknown, it may be so.

/// Store a value on behalf of a client that does not map the region, once for
/// each serial, and answer when it is committed. Never waits for a client:
/// contended where one is in the middle of a store.
struct store_value_request {
  std::uint64_t region = 0; ///< its id
  region_replica::session_id by;
  std::uint64_t serial = 0; ///< ascends in its session
  std::string variable;
  std::vector<char> value;
  bool expects = false; ///< the variable has this version now:
  std::uint64_t expected = 0;
};

struct stored_value {
  std::uint64_t version = 0;
};

/// Copy a value for a client that does not map the region. Never waits for a
/// client.
struct load_value_request {
  std::uint64_t region = 0; ///< its id
  std::string variable;
  /// What is answered is committed, and this node was the home meanwhile.
  bool confirm = false;
};

struct loaded_value {
  std::vector<char> value;
  std::uint64_t version = 0;
  std::uint64_t committed = 0;
  std::uint64_t epoch = 0;
  std::uint8_t freshness = 0; ///< a shm::freshness_kind
  std::chrono::nanoseconds age{};
};

/// Answered once all up to that entry is carried out on the node that is asked.
/// Errors: why what was agreed on cannot be used there.
struct usable_query {
  catalog::log_index index = 0;
  catalog::region_name name;          ///< empty: every region of that node
  std::vector<std::string> variables; ///< whose failures count
  bool here = false; ///< unavailable if the region is not there
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, store_value_request& x) {
  return f(caf::meta::type_name("store_value_request"), x.region, x.by.node,
           x.by.incarnation, x.by.number, x.serial, x.variable, x.value,
           x.expects, x.expected);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stored_value& x) {
  return f(caf::meta::type_name("stored_value"), x.version);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, load_value_request& x) {
  return f(caf::meta::type_name("load_value_request"), x.region, x.variable,
           x.confirm);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, loaded_value& x) {
  return f(caf::meta::type_name("loaded_value"), x.value, x.version,
           x.committed, x.epoch, x.freshness, x.age);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, usable_query& x) {
  return f(caf::meta::type_name("usable_query"), x.index, x.name.tenant,
           x.name.region, x.variables, x.here);
}

// -- inside a node ------------------------------------------------------------

/// A question for the home of a region on another node.
template <class Request>
struct for_home {
  std::uint64_t node = 0;
  Request what;
};

/// That process of a node will do nothing any more.
struct holder_died {
  std::uint64_t node = 0;
  rules::wide_id incarnation;
};

/// Where the tables say that a region lives.
struct placement_decided {
  catalog::placement placed;
  /// Of its settled holders, those that are members no more.
  std::set<std::uint64_t> departed;
};

/// A majority has it all in this epoch: have that agreed on.
struct settle_wanted {
  catalog::settle_region what;
};

/// Something about a region that the audit trail is to show.
struct region_reported {
  catalog::report_region what;
};

/// A step towards what is to be on disk.
struct write_region_request {
  region_writes what;
};

/// The region is not here any more: nothing is to be left on disk.
struct region_gone {};

/// Nothing follows; behind what is to be written.
struct region_closed {};

/// The region has other memory from now on; clients may still map the former.
struct memory_replaced {
  std::uint64_t region = 0; ///< its id
  std::shared_ptr<const shm::region> memory;
};

} // namespace holdfast
