// Who maps the region's memory.
#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using waiting_client = tenant_region_state::waiting_client;

enum class readiness { now, soon, elsewhere };

/// Whether what is here may be read or written yet.
readiness ready_for(pointer self, shm::access wanted) {
  const auto& state = self->state;
  if (!state.shown || state.replacing)
    return readiness::soon;
  switch (state.shown->now) {
  case region_replica::publish::state::serving:
    return readiness::now;
  case region_replica::publish::state::following:
    if (wanted == shm::access::write)
      return readiness::elsewhere;
    // What is not there yet must not look empty, nor as it was long ago.
    return state.rule->held().kind == region_replica::memory::whole
             ? readiness::now
             : readiness::soon;
  case region_replica::publish::state::fenced:
    break;
  }
  return readiness::soon;
}

/// A writer gets a description of its own.
shm::result<shm::shared_descriptor> data_for(pointer self, shm::access wanted) {
  if (wanted == shm::access::read)
    return memory_of(self).lend_data();
  auto own = memory_of(self).share_data(wanted);
  if (!own)
    return std::move(own).assume_error();
  return std::make_shared<shm::descriptor>(std::move(own).assume_value());
}

shm::result<attached_region> admit(pointer self, const attach_request& request,
                                   const caf::actor_addr& session) {
  auto& state = self->state;
  auto& region = memory_of(self);
  auto data = data_for(self, request.access);
  if (!data)
    return std::move(data).assume_error();
  const auto owner = region.admit_client();
  if (!owner)
    return owner.assume_error();
  self->monitor(session);
  state.clients.emplace(
    owner.assume_value(),
    tenant_region_state::client{
      request.session, session, request.access, {}, state.options.region});
  state.writers_came
    = state.writers_came || request.access == shm::access::write;
  return attached_region{owner.assume_value(), region.lend_control(),
                         std::move(data).assume_value()};
}

shm::error why_not(pointer self, readiness how) {
  const auto& state = self->state;
  const auto& name = memory_of(self).options().name;
  if (state.retired)
    return shm::failed(shm::errc::no_such_region, name);
  std::string text = "region '";
  text += name;
  text += "' ";
  if (how == readiness::elsewhere)
    text += "is on node " + std::to_string(state.shown->home);
  else
    text += "waits for a majority of the nodes that hold it";
  return shm::failed(shm::errc::unavailable, std::move(text));
}

} // namespace

bool may_be_read(pointer self) {
  return ready_for(self, shm::access::read) == readiness::now;
}

caf::result<attached_region> attach(pointer self,
                                    const attach_request& request) {
  auto& state = self->state;
  const auto session = caf::actor_cast<caf::actor_addr>(self->current_sender());
  const auto how = ready_for(self, request.access);
  if (state.retired || how == readiness::elsewhere)
    return make_error(why_not(self, how));
  if (how == readiness::now) {
    auto admitted = admit(self, request, session);
    if (!admitted)
      return make_error(admitted.assume_error());
    return std::move(admitted).assume_value();
  }
  if (state.waiting.size() >= memory_of(self).options().clients_max)
    return make_error(shm::errc::overloaded, "too many wait for the region");
  auto answer = self->make_response_promise<attached_region>();
  state.waiting.push_back({request, session, answer, state.options.now()});
  return answer;
}

void look_at_waiting(pointer self) {
  auto& state = self->state;
  const auto now = state.options.now();
  const auto answered = [&](waiting_client& each) {
    const auto how = ready_for(self, each.request.access);
    if (!state.retired && how == readiness::now) {
      if (auto admitted = admit(self, each.request, each.session))
        each.answer.deliver(std::move(admitted).assume_value());
      else
        each.answer.deliver(make_error(admitted.assume_error()));
      return true;
    }
    if (!state.retired && how == readiness::soon
        && now - each.since < state.options.attach_patience)
      return false;
    each.answer.deliver(make_error(why_not(self, how)));
    return true;
  };
  std::erase_if(state.waiting, answered);
}

void end_if_retired(pointer self) {
  if (self->state.retired && self->state.clients.empty())
    self->quit();
}

void release(pointer self, std::uint32_t owner) {
  auto& state = self->state;
  const auto found = state.clients.find(owner);
  if (found == state.clients.end())
    return;
  const auto gone = std::move(found->second);
  state.clients.erase(found);
  for (const auto scope : gone.watches)
    gone.memory->count_watchers(scope, -1);
  const auto report = gone.memory->release_client(owner);
  if (report.locks_freed != 0 || report.rolled_forward != 0) {
    auto fields = about(self);
    fields.emplace_back("session", std::to_string(gone.session));
    fields.emplace_back("locks", std::to_string(report.locks_freed));
    fields.emplace_back("completed", std::to_string(report.rolled_forward));
    state.options.log(log_level::warning,
                      "freed the locks of a client that is gone", fields);
  }
  if (gone.memory != state.options.region) {
    memory_of(self).release_client(owner); // its number is free again
  } else {
    memory_of(self).settle();
    if (gone.access == shm::access::write)
      look_for_changes(self); // it may have died before it rang
  }
  end_if_retired(self);
}

void on_session_down(pointer self, const caf::actor_addr& session) {
  std::vector<std::uint32_t> owners;
  for (const auto& [owner, client] : self->state.clients)
    if (client.actor == session)
      owners.push_back(owner);
  for (const auto owner : owners)
    release(self, owner);
}

caf::result<void> watch(pointer self, const watch_request& request) {
  const auto found = self->state.clients.find(request.owner);
  if (found == self->state.clients.end())
    return make_error(shm::errc::bad_argument, "not attached");
  if (found->second.watches.insert(request.scope).second)
    found->second.memory->count_watchers(request.scope, 1);
  return caf::unit;
}

} // namespace holdfast::actors
