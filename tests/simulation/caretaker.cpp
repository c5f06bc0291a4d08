#include "tests/simulation/caretaker.hpp"

#include "actors/consensus/membership.hpp"
#include "actors/member_progress.hpp"
#include "actors/rules/catalog/placing.hpp"

#include <algorithm>
#include <cassert>

namespace holdfast::simulation {

namespace {

using std::chrono::milliseconds;

constexpr rules::peer_health_options health_options{look_interval, 2, 4};
constexpr rules::lowest_leader_options leading_options{
  milliseconds{250}, milliseconds{400}, milliseconds{400}, milliseconds{600},
  milliseconds{4000}};

/// Below what the tables remember of a node.
constexpr std::size_t under_way_max = 3;

constexpr rules::quota_limits plenty{1ULL << 40, 1000, 100'000, 1000};

std::optional<caretaker::seen_change>
told(consensus::node_id node, const rules::peer_health::step& change) {
  if (!change)
    return std::nullopt;
  return caretaker::seen_change{node, *change};
}

} // namespace

caretaker::caretaker(consensus::node_id self, std::uint64_t incarnation,
                     const world_faults& bugs)
  : self_{self},
    incarnation_{incarnation},
    bugs_{bugs},
    leading_{self, leading_options},
    numbers_{under_way_max} {
  // nop
}

// -- who is alive -------------------------------------------------------------

caretaker::peer* caretaker::find(consensus::node_id id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : &found->second;
}

std::vector<caretaker::seen_change>
caretaker::count_misses(instant now, const consensus::membership& members) {
  std::erase_if(peers_, [&](const auto& one) {
    return consensus::find(members, one.first) == nullptr;
  });
  for (const auto& one : members.members)
    if (one.id != self_)
      peers_.try_emplace(one.id, peer{rules::peer_health{health_options}});
  std::vector<seen_change> changes;
  for (auto& [id, one] : peers_) {
    rules::peer_health::step seen;
    if (bugs_.late_timer_misses && last_look_)
      for (auto due = *last_look_ + look_interval; due + look_interval <= now;
           due += look_interval)
        if (const auto step = one.health.on_tick(due))
          seen = step;
    if (const auto step = one.health.on_tick(now))
      seen = step;
    if (seen)
      changes.push_back({id, *seen});
  }
  last_look_ = now;
  return changes;
}

std::optional<caretaker::seen_change>
caretaker::on_answer(consensus::node_id from, std::uint64_t start) {
  auto* one = find(from);
  if (one == nullptr)
    return std::nullopt;
  if (std::exchange(one->start, start) != start)
    one->health.on_restarted();
  return told(from, one->health.on_answer());
}

std::optional<caretaker::seen_change>
caretaker::on_refused(consensus::node_id from) {
  auto* one = find(from);
  if (one == nullptr)
    return std::nullopt;
  one->health.on_closed();
  return told(from, one->health.on_refused());
}

bool caretaker::is_healthy(catalog::node_id node) const {
  const auto found = peers_.find(node);
  return node == self_
         || (found != peers_.end()
             && found->second.health.state() == rules::peer_state::healthy);
}

std::set<catalog::node_id> caretaker::down() const {
  std::set<catalog::node_id> found;
  for (const auto& [id, one] : peers_)
    if (one.health.state() == rules::peer_state::down)
      found.insert(id);
  return found;
}

// -- who should lead ----------------------------------------------------------

std::optional<consensus::node_id>
caretaker::heir(instant now, const consensus::core_status& core) {
  const bool leads = core.state == consensus::role::leader;
  if (leads && !leads_)
    leading_.on_leading(now);
  if (!leads && leads_)
    leading_.on_following();
  leads_ = leads;
  if (!leads || bugs_.never_hands_over)
    return std::nullopt;
  // Nobody is emptied here.
  const auto to = leading_.on_tick(
    now, rules::other_voters(actors::progress_of(core), self_, {}));
  return core.transferee == 0 ? to : std::nullopt;
}

// -- what is to be agreed on --------------------------------------------------

std::optional<proposal> caretaker::write(catalog::command what, instant now) {
  const auto number = numbers_.take();
  if (!number)
    return std::nullopt;
  catalog::caller by;
  by.node = self_;
  auto written = catalog::encode(
    catalog::entry{static_cast<std::uint64_t>(now.count()),
                   {catalog::origin_kind::node, self_, incarnation_},
                   number.assume_value(),
                   std::move(by),
                   std::move(what)});
  assert(written.has_value());
  return proposal{number.assume_value(), std::move(written).assume_value()};
}

const proposal* caretaker::next_proposal(instant now, const own_view& seen) {
  if (!open_)
    if (auto next = wanted(seen))
      open_ = write(std::move(*next), now);
  return open_ ? &*open_ : nullptr;
}

void caretaker::ended(std::uint64_t request) {
  numbers_.settle(request);
  if (open_ && open_->request == request)
    open_.reset();
}

std::optional<catalog::command> caretaker::wanted(const own_view& seen) const {
  if (consensus::find(seen.core.members, self_) == nullptr)
    return std::nullopt;
  if (auto first = entering(seen))
    return first;
  if (auto own = as_home(seen))
    return own;
  return seen.core.serves ? as_leader(seen) : std::nullopt;
}

std::optional<catalog::command>
caretaker::entering(const own_view& seen) const {
  const auto known = seen.tables.members.find(self_);
  if (known == seen.tables.members.end()
      || known->second.incarnation != incarnation_) {
    catalog::join_member join;
    join.node = self_;
    join.incarnation = incarnation_;
    join.address = "n" + std::to_string(self_);
    join.seen = seen.tables.applied;
    return join;
  }
  const auto tenant = seen.tables.tenants.find(tenant_name);
  if (tenant == seen.tables.tenants.end())
    return catalog::ensure_tenant{tenant_name, plenty};
  if (tenant->second.principals.empty())
    return catalog::put_principal{tenant_name, {{principal_name, {}}, {}}};
  return std::nullopt;
}

bool caretaker::hears_majority(const std::set<catalog::node_id>& of) const {
  const auto heard = std::count_if(
    of.begin(), of.end(), [this](auto node) { return is_healthy(node); });
  return of.empty() || 2 * static_cast<std::size_t>(heard) > of.size();
}

/// Writes back what a majority had, and lets go of what is removed; here that
/// is no more than to say so.
std::optional<catalog::command> caretaker::as_home(const own_view& seen) const {
  for (const auto& [name, region] : seen.tables.regions) {
    const auto& placed = region.placement;
    const bool settled = placed.settled_epoch == placed.epoch
                         && placed.settled_holders == placed.holders()
                         && placed.forgot.empty();
    if (placed.home == self_ && !settled
        && hears_majority(placed.settled_holders)
        && hears_majority(placed.holders()))
      return catalog::settle_region{name, placed.epoch};
  }
  for (const auto& [id, retired] : seen.tables.retired)
    if (retired.holders.contains(self_))
      return catalog::release_region{id, self_};
  return std::nullopt;
}

catalog::member_view caretaker::seen_of(const own_view& seen,
                                        catalog::node_id node,
                                        const catalog::member& known) const {
  catalog::member_view view;
  view.belongs = consensus::find(seen.core.members, node) != nullptr;
  view.as_of = seen.core.applied;
  view.draining = known.draining; // nobody is emptied here
  const auto found = peers_.find(node);
  if (node == self_)
    view.state = rules::peer_state::healthy;
  else if (found != peers_.end())
    view.state = found->second.health.state();
  if (bugs_.ignores_the_dead)
    view.state.reset();
  return view;
}

std::optional<catalog::command>
caretaker::as_leader(const own_view& seen) const {
  for (const auto& [node, known] : seen.tables.members)
    if (auto decision
        = catalog::note_about(node, known, seen_of(seen, node, known)))
      return decision;
  const auto steps
    = rules::plan_placement(catalog::placement_view_of(seen.tables));
  if (steps.empty())
    return std::nullopt;
  return catalog::command_of(steps.front());
}

} // namespace holdfast::simulation
