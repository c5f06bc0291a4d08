#include "tests/rules/catalog_stream.hpp"

#include <iterator>

namespace holdfast::test {

using namespace catalog;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

} // namespace

told_tables::told_tables(limits bounds) : tables{bounds} {
  join(1);
}

outcome told_tables::tell(command what) {
  return tell_as({origin_kind::node, 1, 1}, next_request_++, std::move(what));
}

outcome told_tables::tell_as(origin from, std::uint64_t request, command what) {
  return tables.apply(tables.applied() + 1,
                      {leader_ms, from, request, by, std::move(what)});
}

outcome told_tables::join(node_id node, std::uint64_t incarnation) {
  join_member what;
  what.node = node;
  what.incarnation = incarnation;
  what.address = "host-" + std::to_string(node) + ":7000";
  what.seen = tables.applied();
  what.cluster = {node, incarnation};
  return tell_as({origin_kind::node, node, incarnation}, next_request_++, what);
}

create_region region_of(const std::string& tenant, const std::string& name,
                        node_id home, std::set<node_id> replicas) {
  create_region what;
  what.name = {tenant, name};
  what.options.bytes = mebibyte;
  what.options.bytes_max = 2 * mebibyte;
  what.options.variables_max = 16;
  what.options.clients_max = 8;
  what.home = home;
  what.replicas = std::move(replicas);
  return what;
}

// -- by chance ----------------------------------------------------------------

std::uint64_t entry_stream::draw(std::uint64_t below) {
  return chance_() % below;
}

std::string entry_stream::tenant() {
  return draw(20) == 0 ? "No Tenant" : std::string(1, "abc"[draw(3)]);
}

std::string entry_stream::region() {
  return draw(20) == 0 ? "" : std::string(1, "pqrs"[draw(4)]);
}

region_name entry_stream::name(const contents& at) {
  if (at.regions.empty() || draw(5) == 0)
    return {tenant(), region()};
  return std::next(at.regions.begin(),
                   static_cast<std::ptrdiff_t>(draw(at.regions.size())))
    ->first;
}

node_id entry_stream::node() {
  return draw(6);
}

std::uint64_t entry_stream::session(const contents& at) {
  if (at.sessions.empty() || draw(8) == 0)
    return draw(1000);
  return std::next(at.sessions.begin(),
                   static_cast<std::ptrdiff_t>(draw(at.sessions.size())))
    ->first;
}

log_index entry_stream::epoch(const contents& at, const region_name& of) {
  const auto found = at.regions.find(of);
  if (found == at.regions.end() || draw(8) == 0)
    return draw(100);
  return found->second.placement.epoch;
}

origin entry_stream::origin(const contents& at) {
  if (draw(4) == 0)
    return {origin_kind::session, session(at), 0};
  const auto id = node();
  const auto found = at.members.find(id);
  const bool late = draw(20) == 0;
  if (found == at.members.end() || late)
    return {origin_kind::node, id, 1 + draw(4)};
  return {origin_kind::node, id, found->second.incarnation};
}

command entry_stream::of_tenants() {
  const rules::quota_limits quota{8 * mebibyte * draw(3), draw(6), 64, draw(5)};
  switch (draw(9)) {
  case 0:
    return ensure_tenant{tenant(), quota};
  case 1:
    return create_tenant{tenant(), quota};
  case 2:
    return remove_tenant{tenant()};
  case 3:
    return change_quota{tenant(), quota};
  case 4:
  case 5:
  case 6:
  case 7: {
    const auto uid = static_cast<std::uint32_t>(draw(9));
    return put_principal{
      tenant(),
      {{draw(2) == 0 ? "ops" : "dev",
        uid,
        {},
        {{"*", {rules::right::read, rules::right::admin}}, {"q?", {}}}},
       draw(2) == 0 ? "" : "$argon2id$v=19$"}};
  }
  default:
    return remove_principal{tenant(), draw(2) == 0 ? "ops" : "dev"};
  }
}

command entry_stream::changed(const region_name& of, const contents& at) {
  if (draw(2) == 0)
    return grow_region{of, draw(3) * mebibyte};
  const auto found = at.regions.find(of);
  if (found == at.regions.end() || found->second.variables.empty())
    return remove_variables{of, {"v" + std::to_string(draw(20))}};
  return remove_variables{of, {found->second.variables.begin()->first}};
}

command entry_stream::of_regions(const contents& at) {
  const auto some = [this] {
    std::vector<variable> all;
    for (auto i = draw(5); i > 0; --i)
      all.push_back({"v" + std::to_string(draw(20)),
                     static_cast<variable_kind>(1 + draw(5)), "f64", 8});
    return all;
  };
  switch (draw(6)) {
  case 0:
  case 1: {
    auto made = region_of(tenant(), region(), node(), {node(), node()});
    made.variables = some();
    return made;
  }
  case 2:
    return remove_region{name(at)};
  case 3: {
    const auto id = at.retired.empty() ? draw(99) : at.retired.begin()->first;
    return release_region{id, node()};
  }
  case 4:
    return changed(name(at), at);
  default:
    return add_variables{name(at), some()};
  }
}

command entry_stream::of_placement(const contents& at) {
  const auto of = name(at);
  const auto expected = epoch(at, of);
  const auto found = at.regions.find(of);
  switch (draw(7)) {
  case 0:
    if (found == at.regions.end() || found->second.placement.replicas.empty())
      return move_home{of, expected, node()};
    return move_home{of, expected, *found->second.placement.replicas.rbegin()};
  case 1:
  case 2: {
    if (found == at.regions.end())
      return set_placement{of, expected, node(), {node()}};
    auto replicas = found->second.placement.replicas;
    if (draw(2) == 0 || replicas.empty())
      replicas.insert(node());
    else
      replicas.erase(replicas.begin());
    return set_placement{of, expected, found->second.placement.home, replicas};
  }
  case 3:
    return prefer_home{of, node()};
  case 4:
    return report_region{of, node(), expected, region_event::lost, "one"};
  default:
    return settle_region{of, expected};
  }
}

command entry_stream::of_members(const contents& at) {
  const auto id = node();
  const auto found = at.members.find(id);
  const auto incarnation
    = found == at.members.end() ? 1 + draw(4) : found->second.incarnation;
  switch (draw(6)) {
  case 0:
  case 1: {
    const auto late = draw(4) == 0 ? draw(100) : 0;
    join_member what;
    what.node = id;
    what.incarnation = incarnation + draw(2);
    what.address = "host:" + std::to_string(id);
    what.key = "k";
    what.cluster = {7, id};
    what.seen = at.applied - std::min(late, at.applied);
    return what;
  }
  case 2:
    return leave_member{id};
  case 3: {
    change_member what;
    what.node = id;
    if (draw(2) == 0)
      what.weight = static_cast<std::uint32_t>(draw(120));
    if (draw(2) == 0)
      what.draining = draw(2) == 0;
    if (draw(2) == 0)
      what.role = member_role::learner;
    return what;
  }
  default:
    return decide_health{id, incarnation, draw(2) == 0};
  }
}

command entry_stream::of_sessions(const contents& at) {
  const octets token{static_cast<std::uint8_t>(draw(3)), 7};
  switch (draw(4)) {
  case 0:
  case 1:
    return open_session{tenant(), "ops", "test", {}, node(), token};
  case 2: {
    const auto id = session(at);
    const auto found = at.sessions.find(id);
    return resume_session{
      id, node(), found == at.sessions.end() ? token : found->second.token_hash,
      token};
  }
  default:
    return close_session{session(at)};
  }
}

command entry_stream::command(const contents& at) {
  switch (draw(8)) {
  case 0:
    return of_tenants();
  case 1:
  case 2:
    return of_regions(at);
  case 3:
  case 4:
    return of_placement(at);
  case 5:
    return of_members(at);
  default:
    return of_sessions(at);
  }
}

entry entry_stream::next(const contents& at) {
  if (!sent_.empty() && draw(10) == 0)
    return sent_[draw(sent_.size())];
  entry made;
  clock_ += draw(50);
  made.leader_ms = clock_;
  made.command = command(at);
  made.origin = origin(at);
  if (const auto* join = std::get_if<join_member>(&made.command))
    made.origin = {origin_kind::node, join->node, join->incarnation};
  made.request_id = next_request_++;
  made.by = {tenant(), "ops", session(at), node(), "uid 7"};
  sent_.push_back(made);
  return made;
}

} // namespace holdfast::test
