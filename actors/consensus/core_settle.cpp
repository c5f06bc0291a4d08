// What time brings, and what follows a step of the library.
#include "actors/consensus/core.hpp"

#include <algorithm>

namespace holdfast::consensus {

// -- Time --------------------------------------------------------------------

void core::advance(instant now) {
  // The library counts on a clock that never goes back.
  now_ = std::max(now_, now);
}

actions core::tick(instant now) {
  advance(now);
  if (failed_)
    return settled();
  if (hurry_ && !hurry_->begun && now_ >= hurry_->from) {
    hurry_->begun = true;
    library_.set_election_timeout(options_.hurried_timeout);
  }
  // Who has not won by then never will, and would be in the way of those who
  // can: its log is behind theirs.
  if (hurry_ && now_ >= hurry_->until)
    end_hurry();
  if (now_ >= library_.timeout())
    time_out();
  return settled();
}

void core::time_out() {
  const bool alone
    = library_.state() == library_state::follower && !library_.is_installing()
      && library_.last_stored() == log_.last()
      && leads_alone(log_.membership_at(log_.last()).second, options_.self)
      && !options_.broken.same_term_alone;
  if (alone)
    library_.begin_term();
  if (library_.state() == library_state::follower && !votes()
      && !options_.broken.learners_refuse_votes)
    library_.forget_leader();
  auto made = library_.time_out(now_);
  made.ballot = made.ballot || alone;
  absorb(made, {}, 0, nullptr);
}

instant core::next_tick() const {
  auto next = library_.timeout();
  if (hurry_)
    next = std::min(next, hurry_->begun ? hurry_->until : hurry_->from);
  return tell_at_ ? std::min(next, *tell_at_) : next;
}

actions core::leader_death_proven(node_id dead, instant now) {
  advance(now);
  const auto [_, members] = log_.membership_at(log_.last());
  if (failed_ || hurry_ || library_.state() != library_state::follower
      || known_leader() != dead || members == nullptr)
    return settled();
  const auto earlier = std::count_if(
    members->members.begin(), members->members.end(), [&](const member& one) {
      return one.role == member_role::voter && one.id != dead
             && one.id < options_.self;
    });
  const auto from = now_ + earlier * options_.hurried_step;
  hurry_ = {dead, from, from + options_.election_timeout, false};
  return settled();
}

void core::end_hurry() {
  hurry_.reset();
  library_.set_election_timeout(options_.election_timeout);
}

void core::settle_hurry() {
  const auto leader = known_leader();
  if (!hurry_ || leader == 0 || leader == hurry_->dead)
    return;
  end_hurry();
}

// -- What follows a step (rule 6), without a step inside another (rule 5) ----

actions core::settled() {
  if (!failed_) {
    settle();
    tell_commit();
  }
  spoken_.release(stored_, out_.messages);
  out_.written = written_;
  if (const auto now = seen(); now != seen_) {
    seen_ = now;
    out_.status_changed = true;
  }
  return std::exchange(out_, {});
}

void core::settle() {
  settle_leadership();
  if (options_.broken.store_before_sync && !library_.is_installing())
    stored_entries(log_.last());
  apply_committed();
  settle_leadership();
  settle_transfer();
  settle_hurry();
  want_snapshot();
}

void core::settle_leadership() {
  if (library_.state() != library_state::leader) {
    end_open_requests();
    contact_.clear();
    return;
  }
  if (barrier_term_ == library_.term())
    return;
  // Rule 11: the library enters no barrier when it knows all to be committed.
  barrier_term_ = library_.term();
  if (log_.term_of(log_.last()) != library_.term())
    submit_entries({{library_.term(), entry_kind::barrier, {}}}, {});
}

void core::apply_committed() {
  const auto limit = [this] {
    // Never what this node's own disk does not hold.
    const auto stored = library_.last_stored();
    return options_.broken.apply_uncommitted
             ? stored
             : std::min(library_.commit_index(), stored);
  };
  while (!failed_ && applied_ < limit())
    apply(applied_ + 1);
}

void core::apply(log_index index) {
  applied_ = index;
  const auto& content = log_.at(index);
  out_.apply.push_back({index, content});
  applied_bytes_ += content.data.size();
  // Rule 14: what stands there counts, not that something does.
  if (const auto found = open_.find(index); found != open_.end()) {
    const bool ours
      = found->second.term == content.term || options_.broken.answer_by_index;
    end(found->second.request, ours ? outcome::committed : outcome::unknown,
        index);
    awaited_at_.insert(found->second.awaited_at.begin(),
                       found->second.awaited_at.end());
    open_.erase(found);
  }
  if (content.kind == entry_kind::change)
    on_applied_change(index);
}

void core::on_applied_change(log_index index) {
  const auto& members = *log_.membership_at(index).second;
  listening_.note_members(members);
  absorb(library_.committed_change(index, members, now_), {}, 0, nullptr);
}

void core::end(request_id request, outcome how, log_index index) {
  out_.ended.push_back({request, how, how == outcome::committed ? index : 0});
}

void core::end_open_requests() {
  if (options_.broken.answer_by_index)
    return;
  for (const auto& [index, request] : open_)
    end(request.request,
        options_.broken.answer_when_deposed ? outcome::committed
                                            : outcome::unknown,
        index);
  open_.clear();
}

void core::settle_transfer() {
  if (!transfer_)
    return;
  const auto leader = known_leader();
  const bool leads = library_.state() == library_state::leader;
  if (!leads && leader == transfer_->to)
    end(transfer_->request, outcome::committed);
  else if (leads && library_.transferee() == 0)
    end(transfer_->request, outcome::behind);
  else if ((!leads && leader != 0) || now_ >= transfer_->until)
    end(transfer_->request, outcome::unknown);
  else
    return;
  transfer_.reset();
}

} // namespace holdfast::consensus
