// The parts of a region's actor, for its own sources.
#pragma once

#include "actors/tenant_region.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

using tenant_region_pointer
  = tenant_region_actor::stateful_pointer<tenant_region_state>;

// -- tenant_region.cpp --------------------------------------------------------

inline shm::region& memory_of(tenant_region_pointer self) {
  return *self->state.options.region;
}

log_fields about(tenant_region_pointer self);

/// Drains now or when it is due anyway.
void look_for_changes(tenant_region_pointer self);

// -- tenant_region_clients.cpp ------------------------------------------------

caf::result<attached_region> attach(tenant_region_pointer self,
                                    const attach_request& request);
/// Frees what a client held. Safe to call for one that is gone already.
void release(tenant_region_pointer self, std::uint32_t owner);
void on_session_down(tenant_region_pointer self,
                     const caf::actor_addr& session);
caf::result<void> watch(tenant_region_pointer self,
                        const watch_request& request);
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

void on_packet(tenant_region_pointer self, region_packet& packet);
void on_holder_died(tenant_region_pointer self, const holder_died& died);
void follow_placement(tenant_region_pointer self,
                      const placement_decided& decided);
caf::result<void> flush(tenant_region_pointer self,
                        const flush_request& request);
caf::result<void> confirm(tenant_region_pointer self);

// -- tenant_region_story.cpp --------------------------------------------------

void report(tenant_region_pointer self, catalog::region_event event,
            std::string text);
/// When which step of becoming the home began.
void note_phase(tenant_region_pointer self);

/// Tells of the values that were given up since it was called last.
void report_discarded(tenant_region_pointer self);

// -- tenant_region_memory.cpp -------------------------------------------------

caf::result<void> add_variable(tenant_region_pointer self,
                               const add_variable_request& request);
caf::result<void> remove_variable(tenant_region_pointer self,
                                  const std::string& name);
caf::result<void> grow(tenant_region_pointer self, std::uint64_t bytes);

/// Which slot has which variable, as it is now.
void find_slots(tenant_region_pointer self);

/// What clients stored; nothing else of the dirty set.
std::vector<region_replica::change> take_changes(tenant_region_pointer self);

/// Nobody stores any more: the rule hears what was stored last, at once or
/// when there is memory that no client can write.
void stop_writers(tenant_region_pointer self);

/// Shows what the rule wants published.
void show(tenant_region_pointer self, const region_replica::publish& what);

/// All values are gone, here too.
void wipe(tenant_region_pointer self);

/// The region cannot go on here.
void give_up(tenant_region_pointer self, const shm::error& why);

} // namespace holdfast::actors
