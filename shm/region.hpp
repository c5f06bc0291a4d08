// The node's side of a region: the owner of both memory objects.
//
// One thread at a time: the tenant_region actor. Everything that a client can
// write is read here as untrusted: once, and clamped.
#pragma once

#include "shm/clock.hpp"
#include "shm/directory.hpp"
#include "shm/dirty_set.hpp"
#include "shm/extents.hpp"
#include "shm/memory_object.hpp"
#include "shm/region_view.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shm {

struct region_options {
  std::uint64_t region_id = 0;
  std::string tenant;
  std::string name;
  std::uint64_t bytes = 0;     // of the data object, reserved at once
  std::uint64_t bytes_max = 0; // it may grow to this
  std::uint32_t variables_max = 1024;
  std::uint32_t clients_max = 1024;
  bool node_writes_only = false; // no client gets a writable descriptor
  std::uint64_t home = 1;
  std::uint64_t epoch = 1;
};

struct variable_spec {
  std::string name;
  layout::variable_kind kind = layout::variable_kind::value;
  std::string type;
  std::uint32_t capacity = 0;
};

/// What lies in a variable's slot now, as its last writer left it.
struct latest_value {
  std::uint64_t version = 0; ///< 0: none yet
  std::uint64_t bytes = 0;   ///< at most the capacity
  std::uint32_t writer = 0;  ///< who stored it, as it says itself
  bool grouped = false;      ///< its variable was ever stored in a group
};

/// A value of another holder, to be shown.
struct shown_value {
  std::uint32_t slot = 0;
  std::uint64_t version = 0;
  std::span<const char> bytes;
};

/// What the death of a client left behind and the node mended.
struct repair_report {
  std::uint32_t locks_freed = 0;
  std::uint32_t rolled_forward = 0; // members of a half published group
};

struct region_status {
  std::uint64_t bytes = 0, bytes_max = 0, bytes_free = 0;
  std::uint32_t variables = 0, variables_max = 0, clients = 0;
  std::uint64_t applied = 0, drains = 0, repairs = 0;
  std::uint64_t epoch = 0, home = 0;
  layout::region_state state = layout::region_state::active;
};

class region {
public:
  /// Makes, maps and seals both objects. Blocks while memory is reserved.
  /// Errors: bad_argument, no_memory, system.
  static result<std::unique_ptr<region>> create(const region_options& options);

  region(const region&) = delete;
  region& operator=(const region&) = delete;

  /// Adds a variable while clients are attached. Errors: bad_argument, exists,
  /// full.
  result<void> add_variable(const variable_spec& spec);

  /// Removes it; handles answer `removed`. Its bytes are reused once no writer
  /// can be inside it. Errors: no_such_variable.
  result<void> remove_variable(std::string_view name);

  /// Reserves more bytes up to bytes_max; clients need not attach again.
  /// Blocks while memory is reserved. Errors: bad_argument, no_memory.
  result<void> grow(std::uint64_t bytes);

  /// The two halves of grow. The first blocks while memory is reserved and
  /// changes nothing else, so any thread may call it beside the owner; the
  /// second publishes what was reserved and is the owner's.
  result<void> reserve_for_growth(std::uint64_t bytes) const;
  void finish_growth(std::uint64_t bytes);

  /// A number for a new client's lock words. Errors: full.
  result<std::uint32_t> admit_client();

  /// After the client's death was seen: frees its locks, completes a group it
  /// had begun to publish, marks what it may not have marked.
  repair_report release_client(std::uint32_t owner);

  /// Descriptors to pass on. `write` is refused for node_writes_only regions.
  result<descriptor> share_control() const;
  result<descriptor> share_data(access wanted) const;

  /// The same for reading, without a system call: readers share one
  /// description, since its offset and flags mean nothing to a mapping.
  shared_descriptor lend_control() const;
  shared_descriptor lend_data() const;

  /// Counts sleepers on behalf of read-only clients: change is +1 or -1.
  void count_watchers(watch_scope scope, std::int32_t change) noexcept;

  void renew_lease(boot_clock::time_point end) noexcept;
  void set_state(layout::region_state state) noexcept;
  /// The same home goes on with the same values in a higher epoch.
  void begin_epoch(std::uint64_t epoch) noexcept;
  /// What this node is to the region in an epoch.
  void take_role(layout::region_role role, std::uint64_t home,
                 std::uint64_t epoch) noexcept;
  /// The same, and how it stands: whoever sees a home, and then that it is
  /// active, sees one that serves.
  void take_role(layout::region_role role, std::uint64_t home,
                 std::uint64_t epoch, layout::region_state state) noexcept;

  /// Takes the changes since the last drain: calls `visit(slot)` for each.
  /// Returns how many there were.
  template <class Visit>
  std::uint32_t take_changes(Visit visit);
  /// The same where this node alone is the majority: what was changed counts
  /// as committed.
  std::uint32_t drain();

  /// The slot of a variable; none if it is not there.
  std::optional<std::uint32_t> slot_of(std::string_view name) const;

  /// Nothing if the slot is not in use.
  std::optional<latest_value> look(std::uint32_t slot) const;

  /// Appends the latest value of a slot, whole; its version. Errors:
  /// no_such_variable, no_value, contended; `into` is as before then.
  result<std::uint64_t> append_value(std::uint32_t slot,
                                     std::vector<char>& into) const;

  /// Shows a value of the region's home, under the home's version. Only where
  /// no client may write. Errors: no_such_variable, too_long, contended.
  result<void> show_value(std::uint32_t slot, std::uint64_t version,
                          std::span<const char> bytes);

  /// Shows values that their home had at one instant: a group snapshot has all
  /// of them or none. With `apart` it has not all that belong together: until
  /// the next call without, or end_apart(), group snapshots of them are
  /// contended. Only where no client may write. Errors: as show_value; nothing
  /// is shown then.
  result<void> show_together(std::span<const shown_value> values, bool apart);
  void end_apart() noexcept;

  /// Keeps writers out of a variable until end_pause(), which is to follow
  /// within microseconds. False: a writer is inside, and stays there. `more`:
  /// how often it is tried again, and how much of that is left.
  bool pause_writers(std::uint32_t slot, int& more) noexcept;
  void end_pause(std::uint32_t slot) noexcept;
  /// Who holds a variable's lock, as it says itself; 0: nobody.
  std::uint32_t lock_owner(std::uint32_t slot) const noexcept;

  /// Has the next take_changes() visit it once more.
  void put_back(std::uint32_t slot) noexcept;

  /// Stores the latest value once more, under a version above this one, unless
  /// it has one. Errors: no_such_variable, no_value, contended.
  result<void> store_above(std::uint32_t slot, std::uint64_t above);

  /// Stores this under a version above that one, unless the variable has a
  /// value. Errors: no_such_variable, too_long, contended.
  result<void> store_first(std::uint32_t slot, std::uint64_t above,
                           std::span<const char> bytes);

  /// Makes every variable anew, without a value: handles answer `removed`.
  /// Only where no client may write. Errors: full, if one cannot be made.
  result<void> clear_values();

  /// Gives no number to a client that one of the other region has.
  void keep_owners_of(const region& other);

  /// A majority of the region's replicas holds this version.
  void commit(std::uint32_t slot, std::uint64_t version) noexcept;
  /// How far changes were taken, and how far a majority holds them.
  void count_sequences(std::uint64_t applied, std::uint64_t committed) noexcept;

  /// Asks writers to ring once when they store; false if something is dirty
  /// already, so that the caller drains instead of sleeping.
  bool arm_doorbell() noexcept;
  void disarm_doorbell() noexcept;

  /// Returns the space of removed variables whose writers are gone.
  void settle();

  region_status status() const;

  /// At most `count` names that sort behind `last`, in order.
  std::vector<std::string> names_after(std::string_view last,
                                       std::size_t count) const;
  const region_options& options() const noexcept {
    return options_;
  }

  /// The node's own handles on it, writable. The owner's thread only.
  region_view view() const;

private:
  struct live_variable {
    std::uint32_t slot;
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  struct retired_variable {
    std::uint32_t slot;
    std::uint32_t generation; // while it lived
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  region() = default;

  result<void> open_for_readers();
  void lay_out(std::uint64_t generation);
  result<void> check(const variable_spec& spec) const;
  bool try_settle(const retired_variable& retired);
  void announce_event() noexcept;
  bool in_use(std::uint32_t slot) const noexcept;
  variable_place place_of(std::uint32_t slot) const noexcept;
  template <class Store>
  result<void> with_lock(std::uint32_t slot, Store store);
  void fill_as(const variable_place& at, std::uint64_t version,
               std::span<const char> bytes);
  void store_as(std::uint32_t slot, std::uint64_t version,
                std::span<const char> bytes);
  errc lock_to_show(const shown_value& what) noexcept;

  region_options options_;
  memory_object control_object_;
  memory_object data_object_;
  shared_descriptor control_for_readers_;
  shared_descriptor data_for_readers_;
  boost::interprocess::mapped_region control_mapping_;
  boost::interprocess::mapped_region data_mapping_;
  owned_region_map map_;
  std::optional<directory_writer> directory_;
  extents heap_;
  std::map<std::string, live_variable, std::less<>> variables_;
  std::vector<std::uint32_t> free_slots_;
  std::uint32_t slots_used_ = 0; // slots that were ever in use
  std::vector<retired_variable> retired_;
  std::set<std::uint32_t> clients_;
  std::set<std::uint32_t> apart_; // slots that show_together() keeps locked
  std::uint32_t next_owner_ = 1;
  std::shared_ptr<attachment> own_;
};

template <class Visit>
std::uint32_t region::take_changes(Visit visit) {
  dirty_set dirty{map_.dirty_summary(), map_.dirty_words(),
                  map_.plan.dirty_word_count};
  const auto taken = dirty.drain(map_.variables_max, visit);
  if (taken != 0)
    map_.control->drains.fetch_add(1, std::memory_order_relaxed);
  return taken;
}

} // namespace holdfast::shm
