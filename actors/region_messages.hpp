// What the holders of a region say to each other, as it travels, and what goes
// between a region's actor, the router and the keeper inside a node.
#pragma once

#include "actors/region_storage.hpp"
#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/peer_hello.hpp"
#include "shm/region.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace holdfast {

// -- between nodes ------------------------------------------------------------

/// A part of a message of a region's rule. Everything in it was written by
/// another process.
struct region_packet {
  std::uint64_t from = 0;     ///< the node
  rules::wide_id incarnation; ///< of that node's process
  std::uint64_t region = 0;   ///< its id
  std::uint64_t number = 0;   ///< of the message, ascends at its sender
  std::uint32_t part = 0;
  std::uint32_t parts = 1;
  std::vector<char> content;

  bool operator==(const region_packet&) const = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, region_packet& x) {
  return f(caf::meta::type_name("region_packet"), x.from, x.incarnation,
           x.region, x.number, x.part, x.parts, x.content);
}

// -- inside a node ------------------------------------------------------------

/// A region's message for another node.
struct outgoing_packet {
  std::uint64_t to = 0;
  region_packet packet;
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
