// Commands of somebody who waits: agreed on first, then carried out; or taken
// back, if that cannot be done.
#include "actors/catalog_parts.hpp"
#include "actors/error.hpp"
#include "actors/rules/catalog/placing.hpp"
#include "config/region_bounds.hpp"

namespace holdfast::actors {

namespace {

/// A command of somebody who waits for it.
struct open_command {
  catalog::command command;
  catalog::caller by;
  caf::response_promise answer;
  /// What it made, so that nothing else is taken back.
  catalog::log_index region = 0;
  std::map<std::string, std::uint64_t> variables{}; ///< ids
};

using command_pointer = std::shared_ptr<open_command>;

/// The region that this node is to have changed before it answers.
const catalog::region_name* region_of(const catalog::command& command) {
  return std::visit(
    [](const auto& each) -> const catalog::region_name* {
      if constexpr (requires { each.name.region; })
        return &each.name;
      else
        return nullptr;
    },
    command);
}

std::vector<std::string> variables_of(const catalog::command& command) {
  std::vector<std::string> names;
  const auto collect = [&](const auto& variables) {
    for (const auto& each : variables)
      names.push_back(each.name);
  };
  if (const auto* made = std::get_if<catalog::create_region>(&command))
    collect(made->variables);
  if (const auto* added = std::get_if<catalog::add_variables>(&command))
    collect(added->variables);
  return names;
}

const catalog::region* find_region(catalog_pointer self,
                                   const catalog::region_name& name) {
  const auto& regions = self->state.machine.now().all().regions;
  const auto found = regions.find(name);
  return found == regions.end() ? nullptr : &found->second;
}

/// The tables have it since a moment ago.
void note_what_was_made(catalog_pointer self, open_command& open,
                        catalog::log_index decided) {
  if (std::holds_alternative<catalog::create_region>(open.command))
    open.region = decided;
  const auto* added = std::get_if<catalog::add_variables>(&open.command);
  const auto* region = added ? find_region(self, added->name) : nullptr;
  if (region == nullptr)
    return;
  open.region = region->id;
  for (const auto& each : added->variables)
    if (const auto made = region->variables.find(each.name);
        made != region->variables.end())
      open.variables.emplace(each.name, made->second.id);
}

/// What takes back a command that was agreed on and cannot be carried out;
/// nothing that was made under the same names meanwhile.
std::optional<catalog::command> undoing(catalog_pointer self,
                                        const open_command& open) {
  const auto* name = region_of(open.command);
  const auto* region = name ? find_region(self, *name) : nullptr;
  if (region == nullptr || region->id != open.region)
    return std::nullopt;
  if (std::holds_alternative<catalog::create_region>(open.command))
    return catalog::remove_region{*name};
  catalog::remove_variables undo{*name, {}};
  for (const auto& [variable, id] : open.variables)
    if (const auto found = region->variables.find(variable);
        found != region->variables.end() && found->second.id == id)
      undo.variables.push_back(variable);
  if (undo.variables.empty())
    return std::nullopt;
  return undo;
}

void take_back(catalog_pointer self, const command_pointer& open,
               const caf::error& why) {
  auto undo = undoing(self, *open);
  if (!undo)
    return open->answer.deliver(why);
  propose(self, std::move(*undo), open->by,
          [open, why](const shm::result<catalog::outcome>& how) {
            if (how && how.assume_value().ok())
              return open->answer.deliver(why);
            open->answer.deliver(make_error(
              shm::errc::unknown, "it was agreed on, cannot be carried out and "
                                  "is perhaps not taken back: "
                                    + to_shm(why).message()));
          });
}

/// The node other than this one that alone knows whether what is agreed on can
/// be used; 0: there is none.
catalog::node_id home_to_ask(catalog_pointer self, const open_command& open,
                             const catalog::region_name& name) {
  const auto* made = std::get_if<catalog::create_region>(&open.command);
  if (!made && !std::holds_alternative<catalog::add_variables>(open.command))
    return 0;
  const auto* region = find_region(self, name);
  const auto home = region ? region->placement.home : made ? made->home : 0;
  return home == self->state.options.node_id ? 0 : home;
}

/// Not the home's own word that it cannot be.
bool leaves_open(const caf::error& error) {
  using shm::errc;
  const auto code = to_shm(error).code;
  return !is_ours(error) || code == errc::unknown || code == errc::unavailable
         || code == errc::overloaded;
}

void ask_at_home(catalog_pointer self, const command_pointer& open,
                 usable_query query) {
  const auto home = home_to_ask(self, *open, query.name);
  if (home == 0)
    return open->answer.deliver(caf::unit);
  const auto on_error = [=](const caf::error& error) {
    if (!leaves_open(error))
      return take_back(self, open, error);
    open->answer.deliver(make_error(
      shm::errc::unknown, "it was agreed on, and node " + std::to_string(home)
                            + ", its home, has not said that it can be used: "
                            + to_shm(error).message()));
  };
  query.here = true;
  if (!self->state.router)
    return on_error(
      make_error(shm::errc::unavailable, "this node reaches no other"));
  self
    ->request(self->state.router, config::home_answer_patience,
              for_home<usable_query>{home, query})
    .then([open] { open->answer.deliver(caf::unit); }, on_error);
}

void on_decided(catalog_pointer self, const command_pointer& open,
                const shm::result<catalog::outcome>& how) {
  if (!how)
    return open->answer.deliver(make_error(how.assume_error()));
  const auto& decided = how.assume_value();
  if (!decided.ok())
    return open->answer.deliver(make_error(decided.code, decided.text));
  const auto* name = region_of(open->command);
  if (name == nullptr)
    return open->answer.deliver(caf::unit);
  note_what_was_made(self, *open, decided.index);
  const usable_query query{decided.index, *name, variables_of(open->command)};
  // Without a deadline: reserving memory takes its time.
  self->request(self->state.keeper, caf::infinite, query)
    .then(
      [self, open, query] { ask_at_home(self, open, query); },
      [self, open](const caf::error& error) { take_back(self, open, error); });
}

/// A region lives where it was asked for; on another node if this one, as it
/// was agreed on, is being emptied. 0: nowhere.
catalog::node_id home_for(const catalog_state& state,
                          const catalog::region_name& name) {
  const auto& tables = state.machine.now().all();
  const auto self = tables.members.find(state.options.node_id);
  if (self == tables.members.end() || !self->second.draining)
    return state.options.node_id;
  return rules::first_home(name.tenant, name.region,
                           catalog::placement_view_of(tables).nodes);
}

void put_forward(catalog_pointer self, const command_pointer& open) {
  const auto* name = region_of(open->command);
  propose(
    self, open->command, open->by,
    [self, open](const shm::result<catalog::outcome>& how) {
      on_decided(self, open, how);
    },
    name != nullptr ? home_to_ask(self, *open, *name) : 0);
}

/// Memory first: a size that is agreed on must not fail at the next start.
void reserve_then_put_forward(catalog_pointer self, const command_pointer& open,
                              const catalog::grow_region& wanted) {
  self
    ->request(self->state.keeper, caf::infinite,
              reserve_growth_request{wanted.name, wanted.bytes})
    .then([self, open] { put_forward(self, open); },
          [open](const caf::error& error) { open->answer.deliver(error); });
}

} // namespace

caf::result<void> run_command(catalog_pointer self, command_request& request) {
  if (!self->state.entered)
    return make_error(shm::errc::unavailable,
                      "this node has not entered the cluster yet");
  if (auto* made = std::get_if<catalog::create_region>(&request.command);
      made != nullptr && made->home == 0) {
    made->home = home_for(self->state, made->name);
    if (made->home == 0)
      return make_error(shm::errc::unavailable,
                        "this node is being emptied, and no other one can "
                        "take a region");
  }
  auto answer = self->make_response_promise<caf::response_promise>();
  const auto open = std::make_shared<open_command>(open_command{
    std::move(request.command), std::move(request.by), std::move(answer)});
  if (const auto* grown = std::get_if<catalog::grow_region>(&open->command))
    reserve_then_put_forward(self, open, *grown);
  else
    put_forward(self, open);
  return open->answer;
}

} // namespace holdfast::actors
