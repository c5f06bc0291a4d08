#include "actors/rules/region_replica/machine.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::region_replica {

machine::machine(node_id self, life of, epoch_number admitted, options how)
  : self_{self},
    life_{of},
    admitted_{admitted},
    options_{how},
    lease_{how.lease} {
  // nop
}

void machine::restore(holding kept) {
  held_ = std::move(kept);
  held_.kind = memory::restored;
}

bool machine::knows(variable_key key) const {
  return known_.contains(key);
}

bool machine::grouped(variable_key key) const {
  const auto* found = known_.find(key);
  return found != nullptr && *found && !options_.faults.groups_in_pieces;
}

void machine::note_grouped(variable_key key) {
  if (auto* found = known_.find(key))
    *found = true;
}

void machine::send_to(node_id node, life to, words what) {
  out_.push_back(
    send{node, {is_home() ? placed_.epoch : promised_, life_, to, what}});
}

void machine::reply(node_id to, const message& said, words what) {
  out_.push_back(send{to, {said.epoch, life_, said.from, std::move(what)}});
}

actions machine::done(boot_time now) {
  publish_state(now);
  return std::exchange(out_, {});
}

void machine::publish_state(boot_time now) {
  publish to;
  to.home = is_home() || !home_ ? placed_.home : home_;
  if (serving(now)) {
    to.now = publish::state::serving;
    to.epoch = serves_epoch_;
    to.lease_end = lease_end_;
  } else {
    to.now = phase_ == phase::following ? publish::state::following
                                        : publish::state::fenced;
    // Who reads in an epoch and has it confirmed is to have read all that was
    // committed before it: so a home shows its epoch once it has all of that.
    const bool waits = is_home() && published_ && published_->epoch != 0;
    to.epoch = serves_ ? serves_epoch_ : waits ? published_->epoch : promised_;
  }
  if (to == published_)
    return;
  published_ = to;
  out_.push_back(to);
}

void machine::note_promise(epoch_number epoch) {
  if (epoch <= promised_)
    return;
  promised_ = epoch;
  if (options_.faults.promised_is_accepted && held_.kind == memory::whole)
    held_.epoch = epoch;
  step_down();
}

/// Memory may be ahead of what was drained.
void machine::stop() {
  stopping_ = true;
  out_.push_back(stop_writers{});
}

/// Who waits has no answer, and what was not committed may be discarded.
void machine::note_provisional() {
  waiters_.end_all(outcome::unknown, out_);
  if (serves_)
    for (const auto& each : pending_.newest())
      provisional_[each.key] = each.version;
  pending_.clear();
}

/// There is a newer home, or is about to be one.
void machine::step_down() {
  note_provisional();
  if (serves_ || written_back())
    stop();
  phase_ = phase::following;
  home_ = 0;
  serves_ = false;
  lease_ = rules::lease{options_.lease};
  followers_.clear();
  wanted_.clear();
}

actions machine::on_placement(boot_time now, const placement& placed) {
  const bool first = !std::exchange(placed_once_, true);
  if (!first && placed.epoch < placed_.epoch)
    return done(now);
  const bool newer = first || placed.epoch != placed_.epoch;
  // In a life before this one more may have been promised, but nothing that
  // the tables do not name.
  if (first && !options_.faults.promise_forgotten)
    promised_ = std::max(promised_, placed.epoch);
  if (newer && placed.home == self_ && placed.epoch >= promised_) {
    placed_ = placed;
    begin_reign(now);
  } else {
    if (placed.home != self_ && !options_.faults.promise_forgotten)
      note_promise(placed.epoch);
    placed_ = placed;
    // The home may have asked before there was anybody here to answer.
    if (first && placed.home != self_)
      send_to(placed.home, 0, refusal{});
  }
  if (placed.settled() && written_back() && phase_ != phase::serving)
    begin_serving(now);
  return done(now);
}

void machine::add_variable(variable_key key) {
  known_[key]; // how it is stored shows later
}

void machine::remove_variable(variable_key key) {
  known_.erase(key);
  held_.values.erase(key);
  uncommitted_.remove(key);
  provisional_.erase(key);
  changed_.erase(key);
  pending_.remove(key);
  wanted_.erase(key);
  for (auto& [node, each] : followers_) {
    each.unqueue(key);
    each.has.values.erase(key);
  }
}

actions machine::on_message(boot_time now, node_id from, const message& said) {
  if (placed_once_ && from != self_)
    std::visit([&](const auto& what) { on(now, from, said, what); }, said.says);
  return done(now);
}

actions machine::on_death_proven(boot_time now, node_id who, life of) {
  auto& last = dead_[who];
  last = std::max(last, of);
  try_adopt(now);
  return done(now);
}

actions machine::on_tick(boot_time now) {
  if (is_home()) {
    ask_all(now);
    ask_for_values(now);
    try_adopt(now);
    for (auto& [node, each] : followers_)
      each.send_again(now, options_);
    pump(now);
    try_settle(now);
    advance(now);
    renew_lease(now);
    send_beats(now);
  }
  waiters_.end_overdue(now, options_, out_);
  return done(now);
}

status machine::look() const {
  status seen;
  seen.phase = phase_;
  seen.epoch = placed_.epoch;
  seen.promised = promised_;
  seen.held = held_.epoch;
  seen.memory = held_.kind;
  seen.applied = is_home() ? applied_ : covers_;
  seen.committed = committed_;
  seen.durable = durable_committed_;
  seen.lease_end = lease_end_;
  for (const auto& [node, each] : followers_) {
    seen.acknowledged.emplace(node, each.acknowledged);
    const auto dead = dead_.find(node);
    const bool lives = dead == dead_.end() || dead->second < each.known_life;
    if (written_back() && each.reported && each.acknowledged >= each.target
        && lives)
      seen.whole.insert(node);
  }
  if (written_back())
    seen.whole.insert(self_);
  return seen;
}

} // namespace holdfast::region_replica
