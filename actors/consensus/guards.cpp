#include "actors/consensus/guards.hpp"

#include "actors/consensus/membership.hpp"

#include <algorithm>
#include <cassert>

namespace holdfast::consensus {

namespace {

bool is_entry(const entry& one, const limits& limits) {
  switch (one.kind) {
  case entry_kind::command:
  case entry_kind::barrier:
    return one.data.size() <= limits.entry_bytes_max;
  case entry_kind::change:
    return decode(one.data).has_value();
  }
  return false;
}

/// Terms never go back along a log.
bool terms_grow(const std::vector<entry>& entries, term_number from,
                term_number to) {
  for (const auto& one : entries) {
    if (one.term < from || one.term == 0)
      return false;
    from = one.term;
  }
  return from <= to;
}

bool is_base(const snapshot& base) {
  return base.index > 0 && base.term > 0 && base.membership_index > 0
         && base.membership_index <= base.index && is_valid(base.members);
}

struct shape {
  const limits& bounds;

  bool operator()(const append_request& said) const {
    const bool starts = said.previous_index == 0;
    return said.term > 0 && starts == (said.previous_term == 0)
           && said.entries.size() <= bounds.inflight_entries_max
           && (!starts || said.entries.empty()
               || said.entries.front().kind == entry_kind::change)
           && terms_grow(said.entries, said.previous_term, said.term)
           && std::all_of(
             said.entries.begin(), said.entries.end(),
             [this](const entry& one) { return is_entry(one, bounds); });
  }

  bool operator()(const append_result& said) const {
    return said.term > 0;
  }

  bool operator()(const vote_request& said) const {
    return said.term > 0 && said.last_term <= said.term
           && (said.last_index == 0) == (said.last_term == 0);
  }

  bool operator()(const vote_result&) const {
    return true;
  }

  bool operator()(const install_request& said) const {
    return said.term > 0 && is_base(said.base) && said.base.term <= said.term
           && said.base.state.size() <= bounds.snapshot_bytes_max;
  }

  bool operator()(const timeout_now& said) const {
    return said.term > 0;
  }
};

outcome judge_add(const member& subject, const membership& members) {
  const auto taken = [&](const member& one) {
    return one.id == subject.id || one.address == subject.address;
  };
  if (std::any_of(members.members.begin(), members.members.end(), taken))
    return outcome::exists;
  auto after = changed(members, {change::step::add, subject});
  return is_valid(after) ? outcome::committed : outcome::overloaded;
}

} // namespace

std::string_view name_of(outcome how) noexcept {
  switch (how) {
  case outcome::committed:
    return "committed";
  case outcome::unknown:
    return "unknown";
  case outcome::not_leader:
    return "not_leader";
  case outcome::overloaded:
    return "overloaded";
  case outcome::too_long:
    return "too_long";
  case outcome::too_early:
    return "too_early";
  case outcome::busy:
    return "busy";
  case outcome::behind:
    return "behind";
  case outcome::leader_itself:
    return "leader_itself";
  case outcome::no_such_member:
    return "no_such_member";
  case outcome::exists:
    return "exists";
  }
  return "?";
}

bool is_well_formed(const message& heard, const limits& limits) {
  return heard.from != 0 && heard.to != 0 && heard.from != heard.to
         && std::visit(shape{limits}, heard.content);
}

bool is_well_formed(const stored_log& stored) {
  const auto begin = stored.base ? stored.base->index + 1 : 1;
  const bool fits = stored.first > 0 && stored.first <= begin
                    && stored.first + stored.entries.size() >= begin;
  if (!fits || (stored.base && !is_base(*stored.base)))
    return false;
  if (!stored.base && !stored.entries.empty()
      && stored.entries.front().kind != entry_kind::change)
    return false;
  if (stored.vote.term == 0)
    return stored.entries.empty() && !stored.base && stored.vote.voted_for == 0;
  const limits any{SIZE_MAX, 0, 0, 0, 0};
  return terms_grow(stored.entries, 0, stored.vote.term)
         && (!stored.base || stored.base->term <= stored.vote.term)
         && std::all_of(
           stored.entries.begin(), stored.entries.end(),
           [&any](const entry& one) { return is_entry(one, any); });
}

std::vector<message> with_changes_first(message heard) {
  std::vector<message> result;
  auto* rest = std::get_if<append_request>(&heard.content);
  if (rest == nullptr)
    return {std::move(heard)};
  const auto is_change
    = [](const entry& one) { return one.kind == entry_kind::change; };
  auto& entries = rest->entries;
  while (entries.size() > 1) {
    const auto cut
      = std::find_if(entries.begin() + 1, entries.end(), is_change);
    if (cut == entries.end())
      break;
    auto front = heard;
    auto& part = std::get<append_request>(front.content);
    part.entries.assign(entries.begin(), cut);
    rest->previous_index += part.entries.size();
    rest->previous_term = part.entries.back().term;
    entries.erase(entries.begin(), cut);
    result.push_back(std::move(front));
  }
  result.push_back(std::move(heard));
  return result;
}

log_index change_told_before(const append_request& heard, const log_cache& log,
                             log_index open) {
  const bool brings_change
    = !heard.entries.empty()
      && heard.entries.front().kind == entry_kind::change;
  const bool fits = heard.previous_term != 0
                    && log.term_of(heard.previous_index) == heard.previous_term;
  // Not while a received snapshot is on its way to the disk: the library still
  // speaks of a change that it replaces.
  const bool stands = open != 0 && log.membership_at(open).first == open;
  return brings_change && fits && stands && open <= heard.previous_index ? open
                                                                         : 0;
}

bool is_stale_rejection(const append_result& heard, term_number term,
                        std::optional<log_index> match) {
  return heard.rejected > 0 && heard.term == term && match
         && heard.rejected <= *match;
}

void skip_replaced(append_request& heard, const log_cache& log) {
  const auto& base = log.base();
  if (!base || heard.previous_index >= base->index
      || log.term_of(heard.previous_index) != 0)
    return;
  const auto replaced = std::min<std::size_t>(
    base->index - heard.previous_index, heard.entries.size());
  heard.entries.erase(heard.entries.begin(),
                      heard.entries.begin()
                        + static_cast<std::ptrdiff_t>(replaced));
  heard.previous_index = base->index;
  heard.previous_term = base->term;
}

void tell_own_term(vote_result& said, term_number term) {
  if (said.pre_vote && !said.granted)
    said.term = term;
}

bool leads_alone(const membership* members, node_id self) {
  return is_voter(members, self) && voter_count(*members) == 1;
}

bool is_voter(const membership* members, node_id self) {
  const auto* found = members == nullptr ? nullptr : find(*members, self);
  return found != nullptr && found->role == member_role::voter;
}

bool waits_for_own_disk(const std::vector<entry>& entered, bool leads) {
  return leads
         && std::any_of(entered.begin(), entered.end(), [](const entry& one) {
              return one.kind == entry_kind::change;
            });
}

outcome judge(const change& wanted, const change_view& view) {
  if (view.open_change)
    return outcome::busy;
  if (!view.own_term_commit)
    return outcome::too_early;
  if (!view.voters_know)
    return outcome::behind;
  if (wanted.what == change::step::add)
    return judge_add(wanted.subject, view.members);
  const auto* subject = find(view.members, wanted.subject.id);
  if (subject == nullptr)
    return outcome::no_such_member;
  const bool votes = subject->role == member_role::voter;
  if (wanted.what == change::step::promote) {
    if (votes)
      return outcome::no_such_member;
    return view.caught_up ? outcome::committed : outcome::behind;
  }
  if (wanted.what == change::step::demote && !votes)
    return outcome::no_such_member;
  return subject->id == view.self ? outcome::leader_itself : outcome::committed;
}

membership changed(membership members, const change& wanted) {
  auto& all = members.members;
  const auto found = std::lower_bound(
    all.begin(), all.end(), wanted.subject.id,
    [](const member& one, node_id id) { return one.id < id; });
  switch (wanted.what) {
  case change::step::add:
    all.insert(
      found, {wanted.subject.id, wanted.subject.address, member_role::learner});
    break;
  case change::step::promote:
    found->role = member_role::voter;
    break;
  case change::step::demote:
    found->role = member_role::learner;
    break;
  case change::step::remove:
    all.erase(found);
    break;
  }
  return members;
}

} // namespace holdfast::consensus
