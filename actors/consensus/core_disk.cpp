// What a core asks the disk for, and what it makes of its reports.
#include "actors/consensus/core.hpp"

#include <algorithm>

namespace holdfast::consensus {

// -- Snapshots ---------------------------------------------------------------

void core::want_snapshot() {
  const auto base = log_.base() ? log_.base()->index : 0;
  const auto enough = applied_bytes_ < options_.snapshot_bytes
                        ? options_.snapshot_threshold
                        : options_.snapshot_least;
  if (snapshot_asked_ || library_.is_installing() || applied_ < base + enough)
    return;
  snapshot_asked_ = true;
  applied_bytes_ = 0;
  out_.snapshot_wanted = applied_;
}

actions core::snapshot_made(log_index index, octets state, instant now) {
  advance(now);
  snapshot_asked_ = false;
  if (failed_ || index > applied_ || !log_.has(index)
      || (log_.base() && log_.base()->index >= index)
      || open_writes_.has_base())
    return settled();
  // Rule 10: the membership as of that entry. The library has been told of
  // it: apply() does so before anybody can see the entry.
  const auto [at, members]
    = log_.membership_at(options_.broken.old_snapshot_members
                           ? (log_.base() ? log_.base()->index : 1)
                           : index);
  snapshot base{index, log_.term_of(index), at, *members, std::move(state)};
  write made;
  made.base
    = install{base, log_.keep_from(index, options_.snapshot_trailing), false};
  out_.writes.push_back(std::move(made));
  open_writes_.add(
    {++written_, 0, std::make_shared<const snapshot>(std::move(base)), false});
  snapshot_asked_ = true;
  return settled();
}

// -- What the disk reports ---------------------------------------------------

actions core::persisted(write_number stored, instant now) {
  advance(now);
  stored_ = std::max(stored_, stored);
  log_index last = 0;
  while (const auto one = open_writes_.take(stored_)) {
    last = std::max(last, one->last_entry);
    if (one->base == nullptr || failed_)
      continue;
    stored_entries(last);
    stored_base(*one);
    last = 0;
  }
  if (!failed_)
    stored_entries(last);
  return settled();
}

void core::stored_entries(log_index last) {
  last = std::min(last, log_.last());
  if (last > library_.last_stored() && !library_.is_installing())
    absorb(library_.persisted_entries(last, now_), {}, 0, nullptr);
}

void core::stored_base(const open_write& stored) {
  const auto& base = *stored.base;
  snapshot_asked_ = false;
  if (stored.received) {
    // It stands for all that was applied before.
    out_.apply.clear();
    if (!options_.broken.skip_restore)
      out_.restore = base;
    applied_ = base.index;
    absorb(library_.persisted_snapshot(base, now_), {}, 0, nullptr);
    return;
  }
  // A received one may have overtaken our own.
  if (library_.is_installing() || !log_.has(base.index)
      || (log_.base() && log_.base()->index >= base.index))
    return;
  const auto keep = log_.keep_from(base.index, options_.snapshot_trailing);
  absorb(library_.took_snapshot(base, options_.snapshot_trailing, now_), {}, 0,
         nullptr);
  log_.compact(base, keep);
}

// -- What a step asks for ----------------------------------------------------

bool core::absorb(const step_result& made, const std::vector<entry>& brought,
                  log_index brought_from, const snapshot* received) {
  if (made.error != 0) {
    fail(library_error(made.error));
    return false;
  }
  write wanted;
  if (made.ballot && !options_.broken.forget_ballot)
    wanted.vote = ballot{
      library_.term(), options_.broken.forget_vote ? 0 : library_.voted_for()};
  open_write open;
  if (made.install && received != nullptr) {
    open_writes_.truncate(1);
    log_.restore(*received);
    wanted.base = install{*received, received->index + 1, true};
    open.base = std::make_shared<const snapshot>(*received);
    open.received = true;
  }
  if (made.put_from != 0) {
    put(made, brought, brought_from, wanted);
    open.last_entry = log_.last();
  }
  if (wanted.vote || wanted.base || wanted.tail) {
    open.number = ++written_;
    if ((wanted.vote && !options_.broken.speak_before_ballot)
        || holds_messages_back(wanted))
      held_by_ = written_;
    open_writes_.add(std::move(open));
    out_.writes.push_back(std::move(wanted));
  }
  for (const auto& said : made.messages)
    say(said);
  return true;
}

bool core::holds_messages_back(const write& wanted) const {
  return wanted.tail && !options_.broken.change_before_own_disk
         && waits_for_own_disk(wanted.tail->entries,
                               library_.state() == library_state::leader);
}

void core::put(const step_result& made, const std::vector<entry>& brought,
               log_index brought_from, write& into) {
  std::vector<entry> entries;
  for (std::size_t i = 0; i < made.put.size(); ++i) {
    const auto index = made.put_from + i;
    const bool is_brought
      = index >= brought_from && index - brought_from < brought.size();
    // What nobody brought is the barrier of a new leader.
    entries.push_back(is_brought
                        ? brought[index - brought_from]
                        : entry{made.put[i].term, made.put[i].kind, {}});
  }
  if (!options_.broken.late_store_of_truncated)
    open_writes_.truncate(made.put_from);
  log_.put(made.put_from, entries);
  into.tail = append{made.put_from, std::move(entries)};
}

void core::say(outgoing said) {
  if (auto* append = std::get_if<append_request>(&said.content))
    fill(*append, said.to);
  if (auto* request = std::get_if<install_request>(&said.content))
    request->base = *log_.base();
  if (auto* vote = std::get_if<vote_result>(&said.content);
      vote != nullptr && !options_.broken.echo_pre_vote_term)
    tell_own_term(*vote, library_.term());
  spoken_.say({options_.self, said.to, options_.cluster, options_.who,
               listening_.database_of(said.to), speaking_.next(said.to),
               std::move(said.content)},
              held_by_, options_.bounds.held_messages_max);
}

void core::fill(append_request& said, node_id to) {
  for (std::size_t i = 0; i < said.entries.size(); ++i)
    said.entries[i] = log_.at(said.previous_index + 1 + i);
  // The library writes its messages before it counts what is committed.
  said.commit = library_.commit_index();
  auto& told = told_[to];
  told = std::max(
    told, std::min(said.commit, said.previous_index + said.entries.size()));
}

/// The library tells a follower what is committed with the next entries or the
/// next heartbeat, and whoever waits there waits until then. So it is told at
/// once where it is awaited, elsewhere a moment later if no entries left
/// meanwhile.
void core::tell_commit() {
  const auto* members = log_.membership_at(log_.last()).second;
  const bool due = tell_at_ && now_ >= *tell_at_;
  if (due)
    tell_at_.reset();
  if (library_.state() != library_state::leader || members == nullptr) {
    told_.clear();
    awaited_at_.clear();
    tell_at_.reset();
    return;
  }
  bool untold = false;
  for (const auto& one : members->members) {
    const auto match = library_.match_index(one.id).value_or(0);
    if (one.id == options_.self || !log_.has(match)
        || std::min(match, library_.commit_index()) <= told_[one.id])
      continue;
    if (due || awaited_at_.contains(one.id))
      tell_commit(one.id, match);
    else
      untold = true;
  }
  // It may be committed before the log of who waits is known to have it.
  std::erase_if(awaited_at_, [&](node_id id) {
    return id == options_.self || find(*members, id) == nullptr
           || told_[id] >= library_.commit_index();
  });
  if (!untold)
    tell_at_.reset();
  else if (!tell_at_)
    tell_at_ = now_ + options_.commit_grace;
}

/// A leader may say what it likes at any time: an append without entries
/// behind the last one that is known to match, so that it is not rejected.
void core::tell_commit(node_id to, log_index match) {
  say({to, append_request{library_.term(),
                          match,
                          log_.term_of(match),
                          library_.commit_index(),
                          {}}});
}

void core::fail(const std::string& why) {
  failed_ = true;
  out_.fatal = why;
  end_open_requests();
}

} // namespace holdfast::consensus
