#include "actors/session_home.hpp"

#include "config/region_bounds.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using shm::errc;

/// It was not carried out, and may be once the home is there.
bool finds_no_home(errc code) {
  return code == errc::fenced || code == errc::unavailable
         || code == errc::overloaded;
}

/// It may have been carried out, for all that this node knows.
bool leaves_doubt(const caf::error& error) {
  return !is_ours(error) || to_shm(error).code == errc::unknown;
}

} // namespace

home_search_pointer begin_search(session_pointer self, const asked& request) {
  auto made = std::make_shared<home_search>();
  made->request = request;
  made->until = self->state.options.now() + config::region_wait_patience;
  made->pause = config::session_retry_interval;
  return made;
}

bool again_later(session_pointer self, home_search& search,
                 const caf::error& error, std::function<void()> it) {
  const auto code = to_shm(error).code;
  search.in_doubt = search.in_doubt || leaves_doubt(error);
  if (code == errc::contended) {
    if (++search.contended >= config::session_tries_max)
      return false;
  } else if (!leaves_doubt(error) && !finds_no_home(code)) {
    search.in_doubt = false; // the home knows what it did
    return false;
  } else if (self->state.options.now() >= search.until) {
    return false;
  }
  self->state.again = std::move(it);
  self->delayed_send(self, search.pause, retry_due{});
  if (code != errc::contended)
    search.pause
      = std::min(search.pause * 2, config::session_retry_interval_max);
  return true;
}

shm::error outcome_of(const home_search& search, const caf::error& error) {
  const auto why = to_shm(error);
  return search.in_doubt ? shm::failed(errc::unknown, why.message()) : why;
}

void try_again(session_pointer self) {
  if (const auto again = std::exchange(self->state.again, nullptr))
    again();
}

} // namespace holdfast::actors
