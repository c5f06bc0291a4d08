// Where regions live: every change is compared with the epoch it was made for,
// and begins a new one.
#include "actors/rules/catalog/checks.hpp"
#include "actors/rules/catalog/tables.hpp"
#include "config/defaults.hpp"
#include "shm/wire/utf8.hpp"

#include <algorithm>

namespace holdfast::catalog {

namespace {

using shm::errc;

outcome other_epoch(const placement& placed, log_index expected) {
  return refuse(errc::version_conflict,
                "the region is in epoch " + std::to_string(placed.epoch)
                  + ", not " + std::to_string(expected));
}

std::set<node_id> with(std::set<node_id> nodes, node_id one) {
  nodes.insert(one);
  return nodes;
}

/// How many are in one of the sets only.
std::size_t difference(const std::set<node_id>& a, const std::set<node_id>& b) {
  std::vector<node_id> apart;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(),
                                std::back_inserter(apart));
  return apart.size();
}

void clear_settled(placement& of) {
  of.settled_holders.clear();
  of.forgot.clear();
}

} // namespace

outcome tables::check_nodes(const std::set<node_id>& nodes) const {
  for (const auto node : nodes)
    if (!now_.members.contains(node))
      return refuse(errc::bad_argument,
                    "node " + std::to_string(node) + " is no member");
  if (nodes.size() > bounds_.replicas + 1)
    return refuse(errc::bad_argument, "a region has at most "
                                        + std::to_string(bounds_.replicas)
                                        + " replicas");
  return {};
}

bool tables::any_member(const std::set<node_id>& nodes) const {
  return std::any_of(nodes.begin(), nodes.end(), [this](node_id node) {
    return now_.members.contains(node);
  });
}

void tables::begin_epoch(placement& of, node_id home,
                         std::set<node_id> replicas) {
  replicas.erase(home);
  of.home = home;
  of.replicas = std::move(replicas);
  of.epoch = now_.applied;
  if (of.settled_holders.empty())
    of.began_empty = now_.applied;
}

/// What it held in memory is gone: it has nothing to take over from, and a
/// region whose home it is must not go on in an epoch that promised values.
void tables::begin_anew(node_id holder) {
  for (auto& [name, each] : now_.regions) {
    auto& placed = each.placement;
    const bool forgets
      = !each.options.durable && placed.settled_holders.contains(holder);
    if (forgets)
      placed.forgot.insert(holder);
    const bool all_gone = forgets && placed.keepers().empty();
    if (all_gone)
      clear_settled(placed);
    if (placed.home == holder || all_gone)
      begin_epoch(placed, placed.home, placed.replicas);
  }
}

outcome tables::decide(const move_home& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  auto& placed = found->second.placement;
  if (placed.epoch != what.expected_epoch)
    return other_epoch(placed, what.expected_epoch);
  if (!placed.replicas.contains(what.home))
    return refuse(errc::bad_argument,
                  "node " + std::to_string(what.home) + " is no replica");
  const auto to = now_.members.find(what.home);
  if (to == now_.members.end() || to->second.down)
    return refuse(errc::bad_argument,
                  "node " + std::to_string(what.home) + " is not healthy");
  // One that came after the last settled epoch may hold nothing yet.
  if (!placed.settled_holders.empty() && !placed.keepers().contains(what.home))
    return refuse(errc::version_conflict,
                  "node " + std::to_string(what.home) + " has not settled");
  const auto why = why_leave(placed.home);
  begin_epoch(placed, what.home, with(placed.replicas, placed.home));
  return {errc::ok, why + "; node " + std::to_string(what.home) + " follows"};
}

/// For the audit trail.
std::string tables::why_leave(node_id home) const {
  auto text = "node " + std::to_string(home);
  const auto found = now_.members.find(home);
  if (found == now_.members.end())
    return text + " has left";
  if (found->second.down)
    return text + " is down";
  return text + (found->second.draining ? " is being emptied" : " is well");
}

outcome tables::decide(const set_placement& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  auto& placed = found->second.placement;
  if (placed.epoch != what.expected_epoch)
    return other_epoch(placed, what.expected_epoch);
  if (what.home == 0)
    return refuse(errc::bad_argument, "a placement names a home");
  const auto wanted = with(what.replicas, what.home);
  if (!any_member(placed.settled_holders.empty() ? placed.holders()
                                                 : placed.keepers())) {
    // Nobody who had all of it is there any more: what it held is lost, and the
    // epoch says so.
    if (auto no = check_nodes(wanted); !no.ok())
      return no;
    clear_settled(placed);
    begin_epoch(placed, what.home, what.replicas);
    return {};
  }
  if (what.home != placed.home)
    return refuse(errc::bad_argument, "a home is moved by move_home");
  if (placed.settled_epoch != placed.epoch)
    return refuse(errc::version_conflict, "epoch "
                                            + std::to_string(placed.epoch)
                                            + " has not settled yet");
  if (difference(wanted, placed.holders()) != 1)
    return refuse(errc::bad_argument, "one holder comes or goes at a time");
  if (wanted.size() > placed.holders().size())
    if (auto no = check_nodes(wanted); !no.ok())
      return no;
  begin_epoch(placed, what.home, what.replicas);
  return {};
}

outcome tables::decide(const settle_region& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  auto& placed = found->second.placement;
  if (placed.epoch != what.epoch || placed.epoch == 0)
    return other_epoch(placed, what.epoch);
  placed.settled_epoch = placed.epoch;
  placed.settled_holders = placed.holders();
  placed.forgot.clear();
  return {};
}

outcome tables::decide(const prefer_home& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  if (what.home != 0 && !now_.members.contains(what.home))
    return refuse(errc::bad_argument,
                  "node " + std::to_string(what.home) + " is no member");
  found->second.preferred = what.home;
  return {};
}

/// What is ok has a text here: it is what the audit trail is to show.
outcome tables::decide(const report_region& what) {
  if (!now_.regions.contains(what.name))
    return no_region(what.name);
  std::string text = "node ";
  text += std::to_string(what.node);
  text += what.event == region_event::discarded ? " discarded"
          : what.event == region_event::lost    ? " missed"
                                                : " took over";
  text += " in epoch ";
  text += std::to_string(what.epoch);
  text += ": ";
  text += what.text;
  return {errc::ok, wire::readable_utf8(text, config::result_text_bytes_max)};
}

} // namespace holdfast::catalog
