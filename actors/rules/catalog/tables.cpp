#include "actors/rules/catalog/tables.hpp"

#include "actors/rules/catalog/checks.hpp"
#include "config/defaults.hpp"
#include "shm/wire/utf8.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace holdfast::catalog {

namespace {

using shm::errc;

std::string short_text(std::string_view text) {
  return wire::readable_utf8(text, config::result_text_bytes_max);
}

std::string short_name(std::string_view text) {
  return wire::readable_utf8(text, config::name_bytes_max);
}

audit_record record_of(const entry& what, const outcome& result) {
  caller by = what.by;
  by.tenant = short_name(by.tenant);
  by.principal = short_name(by.principal);
  by.address = wire::readable_utf8(by.address, config::address_bytes_max);
  return {result.index,
          what.leader_ms,
          std::move(by),
          std::string{name_of(what.command)},
          short_text(target_of(what.command)),
          result.code,
          result.text};
}

/// A node's first words are that it joins: nobody knows it yet.
const join_member* own_join(const entry& what) {
  const auto* join = std::get_if<join_member>(&what.command);
  const auto& from = what.origin;
  const bool own = join != nullptr && from.kind == origin_kind::node
                   && from.id == join->node
                   && from.incarnation == join->incarnation;
  return own ? join : nullptr;
}

} // namespace

bool tables::is_known(const origin& from) const {
  if (from.kind == origin_kind::session)
    return from.incarnation == 0 && now_.sessions.contains(from.id);
  const auto found = now_.members.find(from.id);
  return found != now_.members.end()
         && found->second.incarnation == from.incarnation;
}

/// Results live as long as their origin, and what an unknown origin asks is
/// never decided: it may have been before. Only a join can be such a late copy
/// and come from somebody new as well. It is no copy of one that was decided if
/// no member has left since it was asked for: the node would still be there.
bool tables::may_join(const entry& what) const {
  const auto* join = own_join(what);
  if (join == nullptr || join->seen < now_.last_leave)
    return false;
  const auto found = now_.members.find(join->node);
  return found == now_.members.end()
         || join->incarnation > found->second.incarnation;
}

outcome tables::apply(log_index index, const entry& what) {
  assert(index > now_.applied);
  now_.applied = index;
  now_.leader_ms = what.leader_ms;
  if (!is_known(what.origin) && !may_join(what))
    return {errc::unknown, "whoever asked has ended since, or begun anew",
            index};
  const auto known = now_.results.find(what.origin);
  if (known != now_.results.end())
    if (auto before = known->second.find(what.request_id))
      return *before;
  auto result = decide(what);
  result.index = index;
  now_.audit.add(record_of(what, result), bounds_.audit_records);
  remember(what, result);
  return result;
}

outcome tables::decide(const entry& what) {
  if (std::holds_alternative<join_member>(what.command)
      && own_join(what) == nullptr)
    return refuse(errc::bad_argument, "a node joins for itself");
  return std::visit([this](const auto& each) { return decide(each); },
                    what.command);
}

void tables::skip(log_index index) {
  assert(index > now_.applied);
  now_.applied = index;
}

void tables::remember(const entry& what, const outcome& result) {
  if (!is_known(what.origin))
    return;
  const auto [at, begins] = now_.results.try_emplace(what.origin);
  // A node that left and came back without a new start goes on with its ids:
  // what it asked before is not known any more.
  if (begins && own_join(what) != nullptr)
    at->second.begin_at(what.request_id);
  at->second.remember(what.request_id, result,
                      what.origin.kind == origin_kind::node
                        ? bounds_.results_per_node
                        : bounds_.results_per_session);
}

std::uint32_t tables::format_agreed() const noexcept {
  if (now_.members.empty())
    return 1;
  auto lowest = std::numeric_limits<std::uint32_t>::max();
  for (const auto& [id, each] : now_.members)
    lowest = std::min(lowest, each.format);
  return lowest;
}

void tables::forget_origin(const origin& from) {
  now_.results.erase(from);
}

} // namespace holdfast::catalog
