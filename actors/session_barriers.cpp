// What a client that maps a region asks of its holders: to have what it
// stored, and to confirm what it read.
#include "actors/session_barriers.hpp"

namespace holdfast::actors {

namespace {

/// The memory that the session attached, even where another region has its
/// name by now; otherwise the region of that name.
template <class Then>
void with_held_region(session_pointer self, const asked& request, Then then) {
  const auto& holdings = self->state.holdings;
  const auto held = holdings.find(request.text("region"));
  if (held != holdings.end())
    then(held->second.region);
  else
    with_region(self, request, then);
}

template <class Barrier>
void answer_after(session_pointer self, const asked& request,
                  const Barrier& barrier) {
  with_held_region(
    self, request,
    [self, id = request.id, barrier](const tenant_region_actor& region) {
      wait_for(
        self, region, barrier, [self, id] { answer(self, id, {}); },
        [self, id](const shm::error& why) { refuse(self, id, why); });
    });
}

} // namespace

shm::error barrier_end(shm::error why) {
  switch (why.code) {
  case shm::errc::fenced:
  case shm::errc::overloaded:
  case shm::errc::unknown:
  case shm::errc::bad_argument: // nothing was tried
    return why;
  default:
    return shm::failed(shm::errc::unknown, std::move(why.detail));
  }
}

// Who attached a region for writing had the right to: rights of a session do
// not change.
void flush(session_pointer self, const asked& request) {
  answer_after(self, request,
               flush_request{wire::number_or(request.fields, "stored_in", 0),
                             request.truth("durable")});
}

void confirm(session_pointer self, const asked& request) {
  answer_after(self, request, confirm_request{});
}

} // namespace holdfast::actors
