// Members, their incarnations and their health.
#include "actors/rules/catalog/checks.hpp"
#include "actors/rules/catalog/tables.hpp"

namespace holdfast::catalog {

namespace {

using shm::errc;

outcome no_member(node_id node) {
  return refuse(errc::bad_argument,
                "node " + std::to_string(node) + " is no member");
}

member member_of(const join_member& what, log_index index) {
  return {what.incarnation, what.address, what.key, what.role, what.weight,
          what.format,      false,        false,    index};
}

} // namespace

outcome tables::decide(const join_member& what) {
  auto joining = member_of(what, now_.applied);
  if (auto no = check(what.node, joining); !no.ok())
    return no;
  const auto found = now_.members.find(what.node);
  if (found == now_.members.end()) {
    if (now_.members.size() >= bounds_.members)
      return refuse(errc::full, "there are " + std::to_string(bounds_.members)
                                  + " members");
    now_.members.emplace(what.node, std::move(joining));
    if (!now_.cluster)
      now_.cluster = what.cluster;
    begin_anew(what.node); // it may have left, and come back with nothing
    return {};
  }
  const auto& known = found->second.key;
  if (!known.empty() && joining.key != known)
    return refuse(errc::refused, "node " + std::to_string(what.node)
                                   + " is known by another key; remove it "
                                     "first");
  const auto before = found->second.incarnation;
  if (what.incarnation == before) {
    // It says again what it is; what was decided about it stays.
    joining.draining = found->second.draining;
    joining.down = found->second.down;
    joining.joined = found->second.joined;
  } else {
    // Its memory is gone, and so is whoever waited for its results.
    forget_origin({origin_kind::node, what.node, before});
    let_go(what.node);
    begin_anew(what.node);
  }
  found->second = std::move(joining);
  return {};
}

outcome tables::decide(const leave_member& what) {
  const auto found = now_.members.find(what.node);
  if (found == now_.members.end())
    return no_member(what.node);
  forget_origin({origin_kind::node, what.node, found->second.incarnation});
  let_go(what.node);
  now_.members.erase(found);
  now_.last_leave = now_.applied;
  return {};
}

outcome tables::decide(const change_member& what) {
  const auto found = now_.members.find(what.node);
  if (found == now_.members.end())
    return no_member(what.node);
  auto changed = found->second;
  changed.address = what.address.value_or(changed.address);
  changed.key = what.key.value_or(changed.key);
  changed.role = what.role.value_or(changed.role);
  changed.weight = what.weight.value_or(changed.weight);
  changed.draining = what.draining.value_or(changed.draining);
  if (auto no = check(what.node, changed); !no.ok())
    return no;
  found->second = std::move(changed);
  return {};
}

outcome tables::decide(const decide_health& what) {
  const auto found = now_.members.find(what.node);
  if (found == now_.members.end())
    return no_member(what.node);
  if (found->second.incarnation != what.incarnation)
    return refuse(errc::fenced, "node " + std::to_string(what.node)
                                  + " has begun anew since");
  found->second.down = what.down;
  return {};
}

} // namespace holdfast::catalog
