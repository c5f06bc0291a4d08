// The parts of a region's actor, for its own sources.
#pragma once

#include "actors/tenant_region.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

struct comparison;

using tenant_region_pointer
  = tenant_region_actor::stateful_pointer<tenant_region_state>;

// -- tenant_region.cpp --------------------------------------------------------

inline shm::region& memory_of(tenant_region_pointer self) {
  return *self->state.options.region;
}

log_fields about(tenant_region_pointer self);

/// Whoever takes over goes on as soon as the leases before are over, and not
/// with the next tick.
void look_at_leases(tenant_region_pointer self);

/// Drains now or when it is due anyway.
void look_for_changes(tenant_region_pointer self);
/// Drains soon: there is something that could not be drained just now.
void drain_again(tenant_region_pointer self);

// -- tenant_region_clients.cpp ------------------------------------------------

caf::result<attached_region> attach(tenant_region_pointer self,
                                    const attach_request& request);
/// Frees what a client held. Safe to call for one that is gone already.
void release(tenant_region_pointer self, std::uint32_t owner);
void on_session_down(tenant_region_pointer self,
                     const caf::actor_addr& session);
caf::result<void> watch(tenant_region_pointer self,
                        const watch_request& request);
/// What is not there yet must not look empty.
bool may_be_read(tenant_region_pointer self);
/// Answers those for whom the region is ready now, and those who have waited
/// too long.
void look_at_waiting(tenant_region_pointer self);
void end_if_retired(tenant_region_pointer self);

// -- tenant_region_rule.cpp: the rule's actions, carried out ------------------

region_replica::boot_time now_of(tenant_region_pointer self);

/// `with`: the message that led to them, if any.
void carry(tenant_region_pointer self, region_replica::actions asked,
           const arrived_message* with = nullptr);

/// Variables that changed since the last drain, and by how many stores.
struct drained_changes {
  std::uint32_t changes = 0;
  std::uint64_t stores = 0;
};

/// Where many changed, each counts as one.
drained_changes
count_stores(tenant_region_pointer self,
             const std::vector<region_replica::change>& changes);

/// Takes what clients stored since the last drain to the rule; how much it was.
drained_changes drain_to_rule(tenant_region_pointer self);

/// Holders that began anew and are whole again count again: has that agreed on.
void settle_again(tenant_region_pointer self);

/// Cuts a message into packets for another holder. Only if there is a router.
void send_packets(tenant_region_pointer self, std::uint64_t to,
                  packet_subject about, std::vector<char> content);
void on_packet(tenant_region_pointer self, region_packet& packet);
void on_holder_died(tenant_region_pointer self, const holder_died& died);
void follow_placement(tenant_region_pointer self,
                      const placement_decided& decided);

// -- tenant_region_requests.cpp: what clients wait for ------------------------

caf::result<void> flush(tenant_region_pointer self,
                        const flush_request& request);
caf::result<void> confirm(tenant_region_pointer self);
caf::result<stored_value> store(tenant_region_pointer self,
                                const store_value_request& request);
caf::result<loaded_value> load(tenant_region_pointer self,
                               const load_value_request& request);

// -- tenant_region_rows.cpp: values and their tails ---------------------------

/// A value as it is now, with its tail, appended; its version. Nothing: it is
/// not there any more, or changes too fast.
std::optional<std::uint64_t> append_row(tenant_region_pointer self,
                                        region_replica::variable_key key,
                                        std::vector<char>& into);
/// Shows what another holder has. An error: the region cannot go on here.
shm::result<void> show_row(tenant_region_pointer self,
                           const region_replica::row& what,
                           std::span<const char> bytes);
/// The same for those that belong together; `bytes` may have more behind.
shm::result<void> show_together(tenant_region_pointer self,
                                std::span<const region_replica::row> rows,
                                std::span<const std::span<const char>> bytes,
                                bool apart);
/// Stores it above that version, unless there is a value.
shm::result<void> take_row(tenant_region_pointer self,
                           const region_replica::row& what,
                           std::span<const char> bytes);
/// False if a client is in the way: later then.
bool outnumber_row(tenant_region_pointer self, region_replica::variable_key key,
                   std::uint64_t above);

// -- tenant_region_groups.cpp: what clients store in groups -------------------

/// What clients stored since the last drain, and nothing else of the dirty set.
/// What is stored in groups is as of one instant, or kept back for a while
/// because a writer is in the middle of it.
std::vector<region_replica::change> take_changes(tenant_region_pointer self);

/// This node is about to serve: notes what is stored in groups.
void begin_groups(tenant_region_pointer self);
void end_groups(tenant_region_pointer self);

/// The value as groups were last taken; null: it is taken from memory.
const group_values::value* group_value_of(tenant_region_pointer self,
                                          region_replica::variable_key key);
/// Whether the variable was ever stored in a group.
bool in_groups(tenant_region_pointer self, region_replica::variable_key key);

/// A value that was read from memory is newer than what was drained, and has
/// been stored in a group since: it is to wait for the rest.
bool is_half_of_a_group(tenant_region_pointer self,
                        region_replica::variable_key key, std::uint64_t drained,
                        std::uint64_t read);

/// Calls `then` once what was kept back is drained: now, if nothing is. False:
/// too many wait.
bool once_drained(tenant_region_pointer self, std::function<void()> then);
void look_behind_groups(tenant_region_pointer self);

// -- tenant_region_story.cpp --------------------------------------------------

/// Of a variable, for people.
std::string name_of(tenant_region_pointer self,
                    region_replica::variable_key key);
void report(tenant_region_pointer self, catalog::region_event event,
            std::string text);
/// When which step of becoming the home began.
void note_phase(tenant_region_pointer self);

/// Tells of the values that were given up since it was called last.
void report_discarded(tenant_region_pointer self);

// -- tenant_region_comparing.cpp ----------------------------------------------

/// A home: tells the other holders what it has, a part of it at a time.
void compare_when_due(tenant_region_pointer self);
void on_comparison(tenant_region_pointer self, std::uint64_t from,
                   const comparison& said);

// -- tenant_region_disk.cpp ---------------------------------------------------

/// Before the rule hears of anything: hands it what was on disk.
void begin_disk(tenant_region_pointer self);
void note_for_disk(tenant_region_pointer self,
                   const region_replica::actions& asked);
void note_for_disk(tenant_region_pointer self,
                   const std::vector<region_replica::change>& changes);
void remove_from_disk(tenant_region_pointer self,
                      region_replica::variable_key key);
void wipe_disk(tenant_region_pointer self);
/// Writes what is to be written, unless the disk is busy; tells the rule what
/// is there.
void write_to_disk(tenant_region_pointer self);
void close_disk(tenant_region_pointer self);
/// Nothing is to be left there.
void drop_disk(tenant_region_pointer self);
void tell_disk(tenant_region_pointer self, region_report& into);

// -- tenant_region_replacing.cpp: other memory in the place of this -----------

/// Nobody stores any more: the rule hears what was stored last, at once or
/// when there is memory that no client can write.
void stop_writers(tenant_region_pointer self);
/// There is such memory, and it was not ready for use yet.
void replace_when_ready(tenant_region_pointer self);

// -- tenant_region_memory.cpp -------------------------------------------------

caf::result<void> add_variable(tenant_region_pointer self,
                               const add_variable_request& request);
caf::result<void> remove_variable(tenant_region_pointer self,
                                  const std::string& name);
caf::result<void> grow(tenant_region_pointer self, std::uint64_t bytes);

/// Which slot has which variable, as it is now.
void find_slots(tenant_region_pointer self);

/// Values in memory with a higher version are no store's: a client wrote there
/// what it likes. They are never taken for changes.
inline constexpr std::uint64_t version_max = std::uint64_t{1} << 62;
void add_change(std::vector<region_replica::change>& into,
                region_replica::variable_key key,
                const std::optional<shm::latest_value>& latest);

/// Shows what the rule wants published.
void show(tenant_region_pointer self, const region_replica::publish& what);

/// All values are gone, here too.
void wipe(tenant_region_pointer self);

/// The region cannot go on here.
void give_up(tenant_region_pointer self, const shm::error& why);

} // namespace holdfast::actors
