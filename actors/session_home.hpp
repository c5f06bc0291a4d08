// How a session asks the home of a region, on whichever node that is.
#pragma once

#include "actors/session_replies.hpp"
#include "config/defaults.hpp"

namespace holdfast::actors {

/// A question on its way to a home, and how it fared so far.
struct home_search {
  asked request;
  shm::boot_clock::time_point until;
  std::chrono::milliseconds pause{};
  int contended = 0;
  bool in_doubt = false; ///< a try may have had an effect
};

using home_search_pointer = std::shared_ptr<home_search>;

home_search_pointer begin_search(session_pointer self, const asked& request);

/// Has it tried again in a while, if that may help and there is time.
bool again_later(session_pointer self, home_search& search,
                 const caf::error& error, std::function<void()> it);

/// What to tell the client when no try helped.
shm::error outcome_of(const home_search& search, const caf::error& error);

/// It is on this node, as far as this node knows.
template <class Request, class Done, class Failed>
void ask_home_here(session_pointer self, const catalog::region_name& name,
                   const Request& what, Done done, Failed failed) {
  self
    ->request(self->state.options.keeper, caf::infinite,
              region_query{name.tenant, name.region})
    .then(
      [=](const tenant_region_actor& region) {
        self->request(region, config::session_answer_patience, what)
          .then(done, failed);
      },
      failed);
}

template <class Request, class Done, class Failed>
void ask_home_at(session_pointer self, const region_home& home,
                 const catalog::region_name& name, Request what, Done done,
                 Failed failed) {
  what.region = home.id;
  if (home.placed.home == self->state.options.node.id)
    return ask_home_here(self, name, what, done, failed);
  if (home.placed.home == 0)
    return failed(make_error(shm::errc::unavailable,
                             "region '" + name.region + "' is being made"));
  self
    ->request(self->state.options.router, config::session_answer_patience,
              for_home<Request>{home.placed.home, std::move(what)})
    .then(done, failed);
}

/// Goes on with the answer of the region's home, or what kept it from coming
/// for config::region_wait_patience. Asks again as long as it makes sense: a
/// home answers the same question the same.
template <class Request, class Done, class Failed>
void ask_home(session_pointer self, const home_search_pointer& search,
              const Request& what, Done done, Failed failed) {
  self->state.under_way = session_state::work::unhurried;
  const auto name = region_named_in(self, search->request);
  const auto on_error = [=](const caf::error& error) {
    if (!again_later(self, *search, error,
                     [=] { ask_home(self, search, what, done, failed); }))
      failed(outcome_of(*search, error));
  };
  self->request(self->state.options.catalog, caf::infinite, home_query{name})
    .then(
      [=](const region_home& home) {
        ask_home_at(self, home, name, what, done, on_error);
      },
      on_error);
}

} // namespace holdfast::actors
