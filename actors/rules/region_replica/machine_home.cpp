// A node as a home: changes go out, answers come in, and what a majority has is
// committed.
#include "actors/rules/region_replica/machine.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace holdfast::region_replica {

/// The holder of whom that was said in this epoch. A newer life of it begins
/// anew, what an older one said is nothing.
follower* machine::known(node_id from, const message& said) {
  const bool old = said.epoch != placed_.epoch;
  if (!is_home() || (old && !options_.faults.ack_of_older_epoch))
    return nullptr;
  const auto found = followers_.find(from);
  if (found == followers_.end() || said.from < found->second.known_life)
    return nullptr;
  auto& of = found->second;
  if (of.known_life == 0)
    of.known_life = said.from;
  if (said.from > of.known_life) {
    of.begin_anew(said.from);
    if (phase_ == phase::pulling) {
      wanted_.clear();
      phase_ = phase::collecting;
    }
  }
  return &of;
}

// -- changes ------------------------------------------------------------------

actions machine::on_drained(boot_time now, const std::vector<change>& changes,
                            bool apart) {
  if (serves_ || written_back()) {
    apart_ = apart;
    for (const auto& each : changes) {
      if (each.grouped)
        note_grouped(each.key);
      if (!knows(each.key) || each.version <= held_.at(each.key).version)
        continue;
      held_.values[each.key] = {{serves_epoch_, each.version}, each.bytes};
      note_changed(each.key, each.version);
    }
    pump(now);
    advance(now);
  }
  return done(now);
}

void machine::note_changed(variable_key key, std::uint64_t version) {
  changed_[key] = ++applied_;
  pending_.add(key, applied_, version);
  for (auto& [node, each] : followers_) {
    if (!each.reported)
      continue;
    queue(each, key, applied_);
    if (const auto floor = each.floors.find(key);
        floor != each.floors.end() && floor->second >= version)
      out_.push_back(outnumber{key, floor->second});
  }
}

void machine::pump(boot_time now) {
  if (!written_back())
    return;
  for (auto& [node, each] : followers_)
    if (each.reported)
      pump(now, node, each);
}

void machine::queue(follower& to, variable_key key, sequence changed) const {
  to.queue(key, changed, grouped(key));
}

void machine::pump(boot_time now, node_id node, follower& to) {
  while (to.window_open(options_)) {
    std::vector<row> rows;
    grouping groups;
    groups.apart = !add_groups(to, rows) || apart_;
    groups.together = static_cast<std::uint32_t>(rows.size());
    add_singles(to, rows);
    if (rows.empty() && to.greeted && to.covered(applied_) <= to.covers_sent
        && groups.apart == to.apart_sent)
      return;
    delta made;
    made.groups = groups;
    to.apart_sent = groups.apart;
    const auto place = to.take(rows, now);
    made.stream = to.stream;
    made.number = place.number;
    made.follows = place.follows;
    made.covers
      = options_.faults.covers_what_is_queued ? applied_ : to.covered(applied_);
    made.whole = made.covers >= to.target || options_.faults.whole_too_early;
    made.committed = committed_;
    made.rows = std::move(rows);
    to.covers_sent = made.covers;
    send_to(node, to.known_life, std::move(made));
  }
}

/// What that holder is to be sent of a variable; false: nothing yet, it is to
/// have a newer version first.
bool machine::may_send(const follower& to, variable_key key) const {
  const auto* value = held_.values.find(key);
  const auto floor = to.floors.find(key);
  return value != nullptr
         && (floor == to.floors.end() || value->stored.version > floor->second);
}

row machine::row_of(variable_key key) const {
  const auto& value = *held_.values.find(key);
  const auto* changed = changed_.find(key);
  return {key, value.stored, value.bytes, changed == nullptr ? 0 : *changed,
          value.stored.version};
}

/// All that waits of what is stored in groups; false if that is too much, or
/// not there yet.
bool machine::add_groups(const follower& to, std::vector<row>& into) const {
  std::size_t bytes = 0;
  bool all = true;
  to.groups().visit([&](sequence, variable_key key) {
    all = may_send(to, key) && all;
    if (!may_send(to, key))
      return true;
    const auto next = row_of(key);
    bytes += next.bytes + row_bytes;
    if (!into.empty()
        && (bytes > options_.together_bytes_max
            || into.size() == options_.together_rows_max))
      return all = false;
    into.push_back(next);
    return true;
  });
  return all;
}

/// What else fits, or one row.
void machine::add_singles(const follower& to, std::vector<row>& into) const {
  std::size_t bytes = 0;
  for (const auto& each : into)
    bytes += each.bytes + row_bytes;
  into.reserve(std::min(into.size() + to.singles().size(),
                        std::max(into.size(), options_.message_rows_max)));
  to.singles().visit([&](sequence, variable_key key) {
    if (!may_send(to, key))
      return true;
    const auto next = row_of(key);
    bytes += next.bytes + row_bytes;
    if (!into.empty()
        && (bytes > options_.message_bytes_max
            || into.size() >= options_.message_rows_max))
      return false;
    into.push_back(next);
    return true;
  });
}

void machine::on_unsent(node_id to) {
  if (const auto found = followers_.find(to); found != followers_.end())
    found->second.queue_again(options_);
}

// -- what is committed --------------------------------------------------------

bool machine::is_sole() const {
  return placed_.holders() == std::set<node_id>{self_};
}

/// The most of which a majority of the holders has as much.
sequence machine::majority_of(sequence own, sequence follower::*of) const {
  std::vector<sequence> all;
  for (const auto node : placed_.holders()) {
    const auto found = followers_.find(node);
    all.push_back(node == self_               ? own
                  : found == followers_.end() ? 0
                                              : found->second.*of);
  }
  std::sort(all.begin(), all.end(), std::greater<>{});
  if (options_.faults.commit_by_one)
    return all[std::min<std::size_t>(1, all.size() - 1)];
  return all[all.size() / 2];
}

void machine::advance(boot_time) {
  if (phase_ == phase::serving) {
    const auto up_to = majority_of(applied_, &follower::acknowledged);
    if (up_to > committed_) {
      committed_ = up_to;
      auto versions = pending_.take(up_to);
      out_.push_back(commit{up_to, std::move(versions)});
    }
    durable_committed_
      = std::max(durable_committed_, majority_of(durable_, &follower::durable));
  }
  waiters_.end(options_.faults.flush_ends_at_once ? applied_ : committed_,
               durable_committed_, confirmed_, out_);
}

void machine::on(boot_time now, node_id from, const message& said,
                 const delta_ack& what) {
  auto* const of = known(from, said);
  if (of == nullptr
      || (what.stream != of->stream && !options_.faults.ack_of_older_epoch))
    return;
  if (!of->on_ack(what, now))
    return;
  pump(now);
  try_settle(now);
  advance(now);
}

void machine::on(boot_time now, node_id from, const message& said,
                 const refusal& what) {
  if (!is_home() || said.epoch < placed_.epoch)
    return;
  if (what.promised > placed_.epoch)
    note_promise(what.promised);
  else if (auto* const of = known(from, said)) {
    of->asked_at.reset();
    ask_all(now);
  }
}

// -- the lease ----------------------------------------------------------------

/// From before it serves: then it has a lease when it does.
void machine::send_beats(boot_time now) {
  if (!written_back() || now < next_beat_)
    return;
  next_beat_ = now + options_.beat;
  for (const auto& [node, each] : followers_)
    if (each.reported)
      send_beat(now, node, each);
}

void machine::send_beat(boot_time now, node_id node, const follower& to) {
  send_to(node, to.known_life, beat{to.stream, now, committed_});
}

void machine::on(boot_time now, node_id from, const message& said,
                 const beat_ack& what) {
  auto* const of = known(from, said);
  if (of == nullptr || said.epoch != placed_.epoch)
    return;
  if (!of->beat_answered || *of->beat_answered < what.asked_at)
    of->beat_answered = what.asked_at;
  renew_lease(now);
  on(now, from, said, what.position);
  advance(now);
}

std::optional<boot_time> machine::confirmed_by(const std::set<node_id>& of,
                                               boot_time now) const {
  std::vector<boot_time> all;
  for (const auto node : of) {
    const auto found = followers_.find(node);
    if (node == self_)
      all.push_back(now);
    else if (found != followers_.end() && found->second.beat_answered)
      all.push_back(*found->second.beat_answered);
  }
  const auto needed = of.size() / 2 + 1;
  if (all.size() < needed)
    return std::nullopt;
  std::sort(all.begin(), all.end(), std::greater<>{});
  return all[needed - 1];
}

void machine::renew_lease(boot_time now) {
  if (!serves_ || !written_back())
    return;
  auto at = confirmed_by(placed_.holders(), now);
  // Until an epoch has settled, the next home asks the holders before.
  if (at && !placed_.settled() && !placed_.anew()) {
    const auto before = confirmed_by(placed_.settled_holders, now);
    at = before ? std::optional{std::min(*at, *before)} : std::nullopt;
  }
  if (!at)
    return;
  confirmed_ = at;
  if (const auto end
      = lease_.renew(options_.faults.lease_from_answer ? now : *at, now))
    lease_end_ = *end;
}

// -- who waits ----------------------------------------------------------------

actions machine::on_flush(boot_time now, waiter who, epoch_number stored_in,
                          bool durable) {
  const auto what = durable ? waiters::kind::durable : waiters::kind::flush;
  if (!is_home() || !serves_)
    out_.push_back(end_wait{who, outcome::fenced});
  else if (stored_in != 0 && stored_in < reigns_since_
           && !options_.faults.flush_of_older_reign)
    out_.push_back(end_wait{who, outcome::unknown});
  else if (waiters_.full(options_))
    out_.push_back(end_wait{who, outcome::rejected});
  else
    waiters_.add(applied_, {who, what, now});
  advance(now);
  return done(now);
}

actions machine::on_read(boot_time now, waiter who) {
  if (!is_home() || !serves_) {
    out_.push_back(end_wait{who, outcome::fenced});
    return done(now);
  }
  if (waiters_.full(options_)) {
    out_.push_back(end_wait{who, outcome::rejected});
    return done(now);
  }
  // With a lease nobody else is home now; without, a later beat must tell.
  const bool alone = serving(now) && committed_ >= applied_;
  if (alone)
    out_.push_back(end_wait{who, outcome::ok});
  else
    waiters_.add(applied_, {who, waiters::kind::read, now});
  return done(now);
}

void machine::forget_waiter(waiter who) {
  waiters_.forget(who);
}

} // namespace holdfast::region_replica
