#include "actors/consensus/core.hpp"

#include "actors/consensus/membership.hpp"

#include <algorithm>
#include <cassert>

namespace holdfast::consensus {

namespace {

/// Rule 9: below the entries under way, a follower may ask for what the leader
/// has just dropped, for ever.
log_index safe_window(log_index wanted, const core_options& options) {
  if (options.broken.small_snapshot_window)
    return 2;
  return std::max<log_index>(wanted, 4UL * options.bounds.inflight_entries_max);
}

core_options with_safe_windows(core_options options) {
  options.snapshot_threshold = safe_window(options.snapshot_threshold, options);
  options.snapshot_least = std::min(
    safe_window(options.snapshot_least, options), options.snapshot_threshold);
  options.snapshot_trailing = safe_window(options.snapshot_trailing, options);
  return options;
}

library_options library_part(const core_options& options) {
  return {options.self,
          options.seed,
          options.election_timeout,
          options.heartbeat,
          options.install_timeout,
          options.bounds.inflight_entries_max,
          true};
}

} // namespace

std::optional<write> first_write(const stored_log& stored,
                                 const membership& members) {
  if (stored != stored_log{} || !is_valid(members))
    return std::nullopt;
  write first;
  first.vote = ballot{1, 0};
  first.tail = append{1, {{1, entry_kind::change, encode(members)}}};
  return first;
}

core::core(core_options options)
  : options_{with_safe_windows(std::move(options))},
    library_{library_part(options_)} {
  assert(options_.self != 0);
  listening_.recall(options_.databases);
}

shm::result<actions> core::start(stored_log stored, instant now) {
  if (!is_well_formed(stored))
    return shm::failed(shm::errc::corrupt, "the log of consensus");
  advance(now);
  log_ = log_cache{stored};
  // Rule 16: the library never compares the first entry.
  if (log_.has(1) && options_.cluster != 0
      && digest_of(*log_.membership_at(1).second) != options_.cluster)
    return shm::failed(shm::errc::refused, "the log is of another cluster");
  if (stored.base) {
    applied_ = stored.base->index;
    out_.restore = stored.base;
  }
  const bool alone
    = leads_alone(log_.membership_at(log_.last()).second, options_.self)
      && !options_.broken.same_term_alone;
  if (alone)
    stored.vote = {stored.vote.term + 1, options_.self};
  auto started = library_.start(stored, now_);
  if (started.error != 0)
    return shm::failed(shm::errc::corrupt, library_error(started.error));
  started.ballot = started.ballot || alone;
  absorb(started, {}, 0, nullptr);
  out_.status_changed = true;
  return settled();
}

// -- Requests ----------------------------------------------------------------

std::optional<outcome> core::not_now(std::size_t count) const {
  if (failed_ || library_.state() != library_state::leader
      || library_.transferee() != 0)
    return outcome::not_leader;
  if (log_.last() - applied_ + count > options_.bounds.open_entries_max)
    return outcome::overloaded;
  return std::nullopt;
}

actions core::submit(std::vector<submission> entries, instant now) {
  advance(now);
  std::vector<entry> made;
  std::vector<submission> requests;
  for (auto& one : entries) {
    const auto refusal = not_now(made.size() + 1);
    if (refusal)
      end(one.request, *refusal);
    else if (one.data.size() > options_.bounds.entry_bytes_max)
      end(one.request, outcome::too_long);
    else {
      made.push_back(
        {library_.term(), entry_kind::command, std::move(one.data)});
      requests.push_back({one.request, {}, std::move(one.awaited_at)});
    }
  }
  if (!made.empty())
    submit_entries(std::move(made), std::move(requests));
  return settled();
}

actions core::barrier(request_id request, instant now) {
  advance(now);
  if (const auto refusal = not_now(1))
    end(request, *refusal);
  else
    submit_entries({{library_.term(), entry_kind::barrier, {}}},
                   {{request, {}}});
  return settled();
}

actions core::change_membership(request_id request, const change& wanted,
                                instant now) {
  advance(now);
  const auto* members = log_.membership_at(log_.last()).second;
  auto verdict = not_now(1).value_or(outcome::committed);
  if (verdict == outcome::committed)
    verdict = judge(wanted, view_of(wanted, *members));
  if (verdict != outcome::committed) {
    end(request, verdict);
    return settled();
  }
  if (options_.broken.two_changes_at_once)
    library_.forget_open_change();
  auto after = changed(*members, wanted);
  submit_entries({{library_.term(), entry_kind::change, encode(after)}},
                 {{request, {}}});
  return settled();
}

change_view core::view_of(const change& wanted,
                          const membership& members) const {
  const auto& broken = options_.broken;
  return {members,
          broken.remove_leader ? 0 : options_.self,
          !broken.two_changes_at_once
            && log_.membership_at(log_.last()).first > applied_,
          broken.change_before_own_commit
            || log_.term_of(applied_) == library_.term(),
          broken.change_with_voters_behind || voters_know(wanted, members),
          broken.promote_lagging || caught_up(wanted.subject.id)};
}

bool core::voters_know(const change& wanted, const membership& members) const {
  std::size_t voting = 0;
  std::size_t reached = 0;
  for (const auto& one : members.members) {
    const bool subject = one.id == wanted.subject.id;
    const bool votes = subject ? wanted.what == change::step::promote
                               : one.role == member_role::voter;
    if (!votes)
      continue;
    if (!subject
        && library_.match_index(one.id) < library_.committed_change_index())
      return false;
    const auto contact = contact_.find(one.id);
    ++voting;
    if (one.id == options_.self
        || (contact != contact_.end()
            && now_ - contact->second < options_.election_timeout))
      ++reached;
  }
  return reached > voting / 2;
}

bool core::caught_up(node_id id) const {
  const auto match = library_.match_index(id);
  return match && *match + options_.bounds.inflight_entries_max >= log_.last();
}

actions core::transfer(request_id request, node_id to, instant now) {
  advance(now);
  const auto* members = log_.membership_at(log_.last()).second;
  const auto* target = members != nullptr ? find(*members, to) : nullptr;
  if (const auto refusal = not_now(0))
    end(request, *refusal);
  else if (target == nullptr || target->role != member_role::voter
           || to == options_.self)
    end(request, outcome::no_such_member);
  // Nobody is served while it catches up: only for the few last entries.
  else if (!caught_up(to) && !options_.broken.transfer_to_lagging)
    end(request, outcome::behind);
  else if (const auto made = library_.transfer(to, now_); made.error != 0)
    end(request, outcome::busy);
  else {
    transfer_ = {request, to, now_ + 2 * options_.election_timeout};
    absorb(made, {}, 0, nullptr);
  }
  return settled();
}

void core::submit_entries(std::vector<entry> entries,
                          std::vector<submission> requests) {
  const auto first = log_.last() + 1;
  const auto term = library_.term();
  const auto made = library_.submit(entries, now_);
  if (made.error != 0) {
    for (const auto& one : requests)
      end(one.request, outcome::busy);
    return;
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (options_.broken.answer_on_append)
      end(requests[i].request, outcome::committed, first + i);
    else
      open_[first + i]
        = {requests[i].request, term, std::move(requests[i].awaited_at)};
  }
  absorb(made, entries, first, nullptr);
}

// -- What is seen from outside -----------------------------------------------

bool core::votes() const {
  return is_voter(log_.membership_at(log_.last()).second, options_.self);
}

node_id core::known_leader() const {
  if (library_.state() == library_state::leader)
    return options_.self;
  // The library keeps the name of the last leader into a new term.
  return leader_term_ == library_.term() ? library_.leader() : 0;
}

core::view core::seen() const {
  return {library_.state(), known_leader(), library_.term(),
          log_.membership_at(log_.last()).first,
          log_.term_of(applied_) == library_.term()};
}

core_status core::status() const {
  core_status result;
  const bool leads = library_.state() == library_state::leader;
  result.state = static_cast<role>(library_.state());
  result.leader = known_leader();
  result.term = library_.term();
  result.last = log_.last();
  result.stored = library_.last_stored();
  result.stored_term = log_.term_of(result.stored);
  result.commit = library_.commit_index();
  result.applied = applied_;
  result.applied_term = log_.term_of(applied_);
  result.snapshot = log_.base() ? log_.base()->index : 0;
  result.serves = leads && result.applied_term == library_.term();
  result.transferee = library_.transferee();
  const auto [index, members] = log_.membership_at(log_.last());
  result.membership_index = index;
  // The first entry is: whoever has one began with it.
  const auto known = std::max<log_index>(applied_, 1);
  if (const auto* agreed = log_.membership_at(known).second)
    result.agreed = *agreed;
  if (members == nullptr)
    return result;
  result.members = *members;
  if (leads)
    for (const auto& one : members->members) {
      const auto contact = contact_.find(one.id);
      result.progress.push_back(
        {one.id, one.role, library_.match_index(one.id).value_or(0),
         contact == contact_.end() ? std::nullopt
                                   : std::optional{contact->second},
         caught_up(one.id)});
    }
  return result;
}

} // namespace holdfast::consensus
