// What all commands of a session share: answers and forwarding.
#pragma once

#include "actors/error.hpp"
#include "actors/session.hpp"
#include "shm/wire/frame.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::actors {

using session_pointer = session_actor::stateful_pointer<session_state>;

/// One request under way.
struct asked {
  std::uint64_t id = 0;
  wire::fields fields;

  std::string text(std::string_view name) const {
    const auto* found = wire::find_text(fields, name);
    return found != nullptr ? *found : std::string{};
  }

  bool truth(std::string_view name) const {
    const auto* found = wire::find(fields, name);
    const auto* held = found == nullptr ? nullptr : std::get_if<bool>(found);
    return held != nullptr && *held;
  }
};

// What a session asks of other actors has no deadline of its own: they are on
// this node and do not block, a dead one bounces, and the door says when the
// answer to the client is overdue. A deadline for each would wake the thread
// of CAF's clock each time.

/// Answers, and lets the next request come.
void answer(session_pointer self, std::uint64_t request_id, wire::fields fields,
            std::vector<shm::shared_descriptor> descriptors = {});
void refuse(session_pointer self, std::uint64_t request_id,
            const shm::error& error);

/// The branch of a request that failed.
inline auto refusing(session_pointer self, std::uint64_t request_id) {
  return [self, request_id](const caf::error& error) {
    refuse(self, request_id, to_shm(error));
  };
}

/// Finds the region that a request names, then goes on with it.
template <class Then>
void with_region(session_pointer self, const asked& request, Then then) {
  self
    ->request(self->state.options.keeper, caf::infinite,
              region_query{self->state.who->tenant, request.text("region")})
    .then(then, refusing(self, request.id));
}

/// Has a change of the session's tenant agreed on, and answers when it is
/// carried out. The door does not call the answer overdue: it may have to wait
/// for memory, or for a majority.
void change_catalog(session_pointer self, const asked& request,
                    catalog::command command);

/// The region that a request names.
catalog::region_name region_named_in(session_pointer self,
                                     const asked& request);

// The commands, by file. The dispatcher has checked arguments and rights.
void hello(session_pointer self, const asked& request);

void attach(session_pointer self, const asked& request);
void detach(session_pointer self, const asked& request);
void watch(session_pointer self, const asked& request);
void add_variable(session_pointer self, const asked& request);
void remove_variable(session_pointer self, const asked& request);
void list_variables(session_pointer self, const asked& request);

void flush(session_pointer self, const asked& request);
void confirm(session_pointer self, const asked& request);

void store(session_pointer self, const asked& request);
void load(session_pointer self, const asked& request);
void try_again(session_pointer self);

void help(session_pointer self, const asked& request);
void tell_status(session_pointer self, const asked& request);
void tell_version(session_pointer self, const asked& request);
void tell_time(session_pointer self, const asked& request);
void list_regions(session_pointer self, const asked& request);
void tell_region(session_pointer self, const asked& request);
void create_region(session_pointer self, const asked& request);
void remove_region(session_pointer self, const asked& request);
void grow_region(session_pointer self, const asked& request);
void list_sessions(session_pointer self, const asked& request);

void list_decisions(session_pointer self, const asked& request);

void tell_cluster_status(session_pointer self, const asked& request);
void list_instances(session_pointer self, const asked& request);
void list_members(session_pointer self, const asked& request);
void add_member(session_pointer self, const asked& request);
void promote_member(session_pointer self, const asked& request);
void remove_member(session_pointer self, const asked& request);
void leave_members(session_pointer self, const asked& request);
void move_region(session_pointer self, const asked& request);
void transfer_leader(session_pointer self, const asked& request);
void drain_node(session_pointer self, const asked& request);
void resume_node(session_pointer self, const asked& request);

} // namespace holdfast::actors
