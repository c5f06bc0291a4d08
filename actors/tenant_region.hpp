// Owns one region's memory on this node: admits clients, frees what dead ones
// held, drains what was stored, and carries out the rule by which the region's
// holders agree. Talks to the region maker, the router and the keeper.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/region_packet.hpp"
#include "actors/region_storage.hpp"
#include "actors/replication_links.hpp"
#include "actors/rules/drain_pace.hpp"
#include "actors/rules/region_replica/machine.hpp"
#include "actors/rules/region_replica/store_ledger.hpp"
#include "shm/clock.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::actors {

struct tenant_region_options {
  /// Nobody else writes to it.
  std::shared_ptr<shm::region> region;
  /// Keys of the variables that it has, by name.
  std::map<std::string, std::uint64_t> variables;
  region_maker_actor maker;
  region_keeper_actor keeper; ///< null: nothing settles
  region_router_actor router; ///< null: there is no other node
  std::shared_ptr<replication_links>
    links;                ///< to other holders, if there is one
  region_disk_actor disk; ///< null: it is in memory only
  found_on_disk found;    ///< what is in memory already

  std::uint64_t node = 1;
  rules::wide_id incarnation{}; ///< of this process
  region_replica::life life = 1;
  region_replica::epoch_number admitted = 0;
  region_replica::options rule{};

  rules::drain_pace_options pace{};
  /// Sends it `drain_due` after that time; null: CAF's clock does.
  std::function<void(const tenant_region_actor& to,
                     std::chrono::milliseconds wait)>
    drain_later{};
  /// Time for a client to be admitted by a region that is not ready.
  std::chrono::milliseconds attach_patience{};
  std::size_t packet_bytes_max = 1;  ///< of one message between nodes
  std::size_t message_bytes_max = 1; ///< of what such messages make together
  std::function<shm::boot_clock::time_point()> now;
  log_function log;
};

/// A message of another holder, and the bytes of each of its rows.
struct arrived_message {
  carried_message what;
  std::vector<std::span<const char>> bytes;
};

/// How this node became the home of an epoch: when it heard of it, and when
/// each step was done.
struct reign {
  std::uint64_t epoch = 0;
  shm::boot_clock::time_point heard{};
  std::map<region_replica::phase, shm::boot_clock::time_point> began{};
};

/// Of a home: the variables that clients store in groups, as they were at one
/// instant. Other holders and the disk get them from here, so what they get is
/// whole, whatever clients do meanwhile.
struct group_values {
  struct value {
    std::uint64_t version = 0;
    std::vector<char> bytes; ///< with its tail
  };

  bool begun = false; ///< since this node began to serve
  rules::ordered_table<region_replica::variable_key, value> values;
  /// Since when writers that are in the middle of a store have kept them from
  /// being taken whole.
  std::optional<shm::boot_clock::time_point> waiting_since;
  std::uint32_t kept_back = 0; ///< variables that are still waited for
  /// They were waited for long enough, or are more than goes in one message.
  bool apart = false;
  std::set<std::uint32_t> held_by_writers; ///< then
  /// What is to be done once all that was stored is drained.
  std::vector<std::function<void()>> behind;
};

/// Other memory for a region, which waits until no writer is in the middle of a
/// group.
struct replacement {
  made_region made;
  shm::boot_clock::time_point since;
};

/// How far the region is on disk.
struct disk_progress {
  /// What is written together: it speaks for what was held when it began.
  struct batch {
    std::uint64_t number = 0;
    region_replica::epoch_number held = 0;
    std::optional<
      std::pair<region_replica::epoch_number, region_replica::sequence>>
      reached;
    std::set<region_replica::variable_key> keys; ///< still to be written
    bool begun = false;                          ///< a step of it is written
  };

  std::set<region_replica::variable_key> changed; ///< for the next batch
  std::optional<batch> under_way;
  std::uint64_t batches = 0;
  bool in_flight = false; ///< a step is on its way
  bool fresh = true;      ///< what is on disk is to be replaced by all
  /// The epoch of what is on disk; nothing: it is not known, or wrong.
  std::optional<region_replica::epoch_number> held = 0;
  std::optional<
    std::pair<region_replica::epoch_number, region_replica::sequence>>
    confirmed;
  bool failing = false;
  std::string trouble; ///< why, or what was lost when the region began
  shm::boot_clock::time_point retry_at{};
};

struct tenant_region_state {
  static constexpr const char* name = "tenant_region";

  struct client {
    std::uint64_t session = 0;
    caf::actor_addr actor;
    shm::access access = shm::access::read;
    std::set<shm::watch_scope> watches;
    std::shared_ptr<shm::region> memory; ///< that it mapped
  };

  /// A client that came before the region was ready for it.
  struct waiting_client {
    attach_request request;
    caf::actor_addr session;
    caf::typed_response_promise<attached_region> answer;
    shm::boot_clock::time_point since;
  };

  /// What is known of another holder.
  struct other_holder {
    rules::wide_id incarnation;
    region_replica::life life = 0;
    std::optional<part_collector> parts;
  };

  tenant_region_options options;
  rules::drain_pace pace{{}};
  std::map<std::uint32_t, client> clients; ///< by owner
  std::vector<waiting_client> waiting;
  bool growing = false;
  bool retired = false;

  std::optional<region_replica::machine> rule;
  rules::ordered_table<region_replica::variable_key, std::uint32_t> slots;
  /// By slot.
  rules::ordered_table<std::uint32_t, region_replica::variable_key> keys;
  std::optional<region_replica::publish> shown;
  catalog::placement placed; ///< as the tables had it last
  std::map<std::uint64_t, other_holder> others;
  std::uint64_t packets = 0; ///< sent so far
  /// To be stored once more, above these versions; a client held the lock.
  std::map<region_replica::variable_key, std::uint64_t> outnumbering;
  region_replica::store_ledger ledger; ///< of the values in memory
  std::map<region_replica::waiter, std::function<void(region_replica::outcome)>>
    barriers;
  region_replica::waiter last_barrier = 0;
  shm::boot_clock::time_point next_tick{};
  std::uint64_t ticks = 0; ///< asked for so far: the last one is to come
  std::optional<reign> begun; ///< of this node, and not told of yet
  /// The latest values when clients last had to stop storing.
  std::map<region_replica::variable_key, shm::latest_value> last_stored;
  /// Values that were given up, since the last tick.
  std::vector<region_replica::committed_version> discarded;

  region_replica::variable_key compared_from = 0; ///< the next to compare
  shm::boot_clock::time_point compare_at{};
  std::uint64_t mended = 0; ///< values that had changed in memory

  group_values groups;

  bool writers_came = false; ///< since this memory was made
  bool replacing = false;    ///< other memory is being made
  std::optional<actors::replacement> replacement;
  bool stopping = false; ///< the rule waits for what was stored last
  std::vector<region_replica::change> stored_last;

  disk_progress disk;
};

tenant_region_actor::behavior_type
tenant_region(tenant_region_actor::stateful_pointer<tenant_region_state> self,
              tenant_region_options options);

} // namespace holdfast::actors
