#include "runtime/beginning.hpp"

#include "actors/error.hpp"
#include "runtime/configured_catalog.hpp"

#include <caf/all.hpp>

#include <deque>
#include <set>
#include <utility>

namespace holdfast::runtime {

namespace {

struct beginning_state {
  static constexpr const char* name = "beginning";

  beginning_options options{};
  caf::response_promise answer{};
  std::deque<catalog::command> commands{}; ///< still to be agreed on
  std::deque<catalog::region_name> regions{};
  catalog::log_index applied = 0;
  int looks = 0; ///< at the tables
  /// What was said of them: they are looked at again and again.
  std::set<std::string> said{};
  bool begun = false;
};

using beginning_pointer = beginning_actor::stateful_pointer<beginning_state>;

void finish(beginning_pointer self) {
  auto& state = self->state;
  if (!state.options.awaited)
    state.options.log(actors::log_level::info, "takes part in its cluster", {});
  state.answer.deliver(caf::unit);
  self->quit();
}

void fail(beginning_pointer self, const std::string& what,
          const caf::error& error) {
  auto why = actors::to_shm(error);
  if (!what.empty())
    why.detail = what + ": " + why.detail;
  if (const auto& options = self->state.options; !options.awaited)
    options.log(actors::log_level::error, "cannot take part in its cluster",
                {{"reason", why.message()}});
  self->state.answer.deliver(actors::make_error(why));
  self->quit();
}

/// Whatever stops the question stops the beginning.
template <class Then>
void look_at_tables(beginning_pointer self, Then then) {
  self->request(self->state.options.catalog, caf::infinite, tables_query{})
    .then(then, [self](const caf::error& error) { fail(self, {}, error); });
}

// -- the regions --------------------------------------------------------------

/// All that were there before are made again; one of the configuration that
/// cannot be made stops the start, any other is only missing.
void wait_for_region(beginning_pointer self) {
  auto& state = self->state;
  if (state.regions.empty())
    return finish(self);
  const auto name = state.regions.front();
  state.regions.pop_front();
  const auto about = name.region.empty()
                       ? std::string{}
                       : "tenant " + name.tenant + ", region " + name.region;
  self
    ->request(state.options.keeper, caf::infinite,
              usable_query{state.applied, name, {}})
    .then([self] { wait_for_region(self); },
          [self, about](const caf::error& error) { fail(self, about, error); });
}

/// Whoever starts later has the last word: the operator is to know of it.
void note(beginning_pointer self, const std::string& what,
          const std::vector<std::string>& differences) {
  const auto& options = self->state.options;
  for (const auto& each : differences)
    if (self->state.said.insert(what + each).second)
      options.log(options.awaited ? actors::log_level::info
                                  : actors::log_level::warning,
                  what, {{"difference", each}});
}

void wait_for_regions(beginning_pointer self) {
  look_at_tables(self, [self](const tables_copy& copy) {
    auto& state = self->state;
    note(self, "another node's configuration has replaced this one's",
         changes_for(*copy.tables, state.options.tenants).replaced);
    state.applied = copy.tables->applied;
    state.regions.push_back({}); // every one that is here
    for (const auto& tenant : state.options.tenants)
      for (const auto& region : tenant.regions)
        state.regions.push_back({tenant.name, region.name});
    wait_for_region(self);
  });
}

// -- the configuration --------------------------------------------------------

void compare(beginning_pointer self);

/// Nodes that start together may want the same at once: whoever comes second
/// looks again.
constexpr int looks_max = 8;

void on_refused(beginning_pointer self, const std::string& about,
                const caf::error& error) {
  const auto& state = self->state;
  const auto code = actors::to_shm(error).code;
  if (code == shm::errc::exists && state.looks < looks_max)
    return compare(self);
  // The leader is lost for a while; a node alone has no other.
  if (!state.options.awaited
      && (code == shm::errc::no_leader || code == shm::errc::unknown))
    return self->delayed_send(self, config::command_retry, begin_request{});
  fail(self, about, error);
}

void apply_next(beginning_pointer self) {
  auto& state = self->state;
  if (state.commands.empty())
    return wait_for_regions(self);
  auto command = std::move(state.commands.front());
  state.commands.pop_front();
  const auto about = std::string{name_of(command)} + " " + target_of(command);
  self
    ->request(state.options.catalog, caf::infinite,
              command_request{std::move(command), {}})
    .then([self] { apply_next(self); },
          [self, about](const caf::error& error) {
            on_refused(self, about, error);
          });
}

void compare(beginning_pointer self) {
  look_at_tables(self, [self](const tables_copy& copy) {
    auto& state = self->state;
    auto wanted = changes_for(*copy.tables, state.options.tenants);
    if (state.looks++ == 0)
      for (const auto& warning : wanted.warnings)
        state.options.log(actors::log_level::warning, warning, {});
    note(self, "this node's configuration replaces what was agreed on",
         wanted.replaced);
    state.commands.assign(std::make_move_iterator(wanted.commands.begin()),
                          std::make_move_iterator(wanted.commands.end()));
    apply_next(self);
  });
}

caf::result<void> begin(beginning_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.begun, true)) {
    compare(self); // to itself, after a while
    return caf::unit;
  }
  const auto& options = state.options;
  state.answer = self->make_response_promise<caf::response_promise>();
  self
    ->request(options.catalog, options.patience,
              actors::enter_request{options.elector, options.keeper,
                                    options.router, options.self})
    .then([self] { compare(self); },
          [self](const caf::error& error) {
            fail(self, "this node was not agreed on", error);
          });
  return state.answer;
}

beginning_actor::behavior_type beginning(beginning_pointer self,
                                         beginning_options options) {
  self->state.options = std::move(options);
  return {
    [self](begin_request) { return begin(self); },
  };
}

} // namespace

beginning_actor spawn_beginning(caf::actor_system& system,
                                beginning_options options) {
  return system.spawn(beginning, std::move(options));
}

} // namespace holdfast::runtime
