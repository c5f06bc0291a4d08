#include "actors/log_store.hpp"

#include "actors/error.hpp"

#include <caf/all.hpp>

#include <iterator>

namespace holdfast::actors {

namespace {

using log_store_pointer = log_store_actor::stateful_pointer<log_store_state>;

caf::result<loaded_log> load(log_store_pointer self) {
  auto& options = self->state.options;
  auto log = options.storage->load();
  if (!log) {
    self->state.failed = true;
    return make_error(log.assume_error());
  }
  return loaded_log{std::move(log).assume_value(), options.who()};
}

caf::result<stored_writes> store(log_store_pointer self,
                                 store_log_request& request) {
  auto& state = self->state;
  if (state.failed)
    return make_error(shm::errc::unavailable, "an earlier write failed");
  if (state.writes.size() >= state.options.writes_max)
    return make_error(shm::errc::overloaded, "the disk does not keep up");
  // Behind what has arrived by now: all of it becomes one commit.
  if (state.requests.empty())
    self->send(self, commit_due{});
  std::move(request.writes.begin(), request.writes.end(),
            std::back_inserter(state.writes));
  state.requests.push_back(
    {request.number, self->make_response_promise<stored_writes>()});
  return state.requests.back().answer;
}

void fail(log_store_pointer self, const shm::error& error) {
  auto& state = self->state;
  state.failed = true;
  state.options.log(log_level::error, "the log of consensus cannot be written",
                    {{"reason", error.message()}});
  for (auto& request : state.requests)
    request.answer.deliver(make_error(error));
}

/// The first answer tells of the whole commit, so that all that follows from
/// it is one step of the asker and one word to the other nodes.
void answer_all(log_store_pointer self) {
  auto& requests = self->state.requests;
  const auto last = requests.back().number;
  for (auto& request : requests)
    request.answer.deliver(stored_writes{last});
}

void commit(log_store_pointer self) {
  auto& state = self->state;
  if (!state.failed) {
    auto done = state.options.storage->commit(state.writes);
    if (!done)
      fail(self, done.assume_error());
    else
      answer_all(self);
  }
  state.writes.clear();
  state.requests.clear();
}

} // namespace

log_store_actor::behavior_type log_store(log_store_pointer self,
                                         log_store_options options) {
  self->state.options = std::move(options);
  return {
    [self](load_log_request) { return load(self); },
    [self](store_log_request& request) { return store(self, request); },
    [self](commit_due) { commit(self); },
  };
}

} // namespace holdfast::actors
