// A node as the home of an epoch that has not settled: it hears what is held,
// and takes over the newest.
#include "actors/rules/region_replica/machine.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::region_replica {

void machine::begin_reign(boot_time now) {
  promised_ = placed_.epoch;
  home_ = self_;
  followers_.clear();
  wanted_.clear();
  stream_ = 0;
  if (placed_.epoch < admitted_ && !options_.faults.restarted_home_goes_on) {
    step_down();
    phase_ = phase::stranded;
    return;
  }
  if (written_back() && !serves_)
    stop();
  phase_ = phase::collecting;
  if (stopping_)
    return; // what its clients stored last is still to come
  if (!serves_)
    lease_ = rules::lease{options_.lease};
  if (placed_.anew() && !serves_
      && std::exchange(wiped_, placed_.epoch) != placed_.epoch
      && !held_.values.empty()) {
    held_ = {};
    out_.push_back(wipe{});
  }
  durable_ = 0;
  collecting_since_ = now;
  auto others = placed_.holders();
  others.insert(placed_.settled_holders.begin(), placed_.settled_holders.end());
  others.erase(self_);
  for (const auto node : others)
    followers_[node].begin_anew(0);
  ask_all(now);
  try_adopt(now);
}

void machine::ask_all(boot_time now) {
  for (auto& [node, each] : followers_) {
    if (each.reported
        || (each.asked_at && now - *each.asked_at < each.ask_again))
      continue;
    each.note_asked(now, options_);
    send_to(node, 0, ask{each.stream, placed_.anew(), each.heard_up_to});
  }
}

void machine::on(boot_time now, node_id from, const message& said,
                 const report& what) {
  auto* const of = known(from, said);
  if (of == nullptr || of->reported || what.number != of->stream
      || what.after != of->heard_up_to)
    return;
  of->has.kind = what.kind;
  of->has.epoch = what.held;
  of->granted = what.granted;
  // What it does not remember may have been just now.
  if (what.kind != memory::whole)
    of->lease_over = now + options_.lease_wait();
  else if (what.granted.age)
    of->lease_over = now + options_.lease_wait() - *what.granted.age;
  else
    of->lease_over = boot_time::min();
  for (const auto& each : what.rows)
    if (knows(each.key))
      of->has.values[each.key] = {each.stored, each.bytes};
  for (const auto key : what.grouped)
    note_grouped(key);
  of->asked_at.reset();
  if (what.more && !what.rows.empty()) {
    of->heard_up_to = what.rows.back().key;
    ask_all(now);
    return;
  }
  of->reported = true;
  of->heard_up_to.reset();
  if (written_back()) {
    compare(from, *of);
    pump(now);
    send_beat(now, from, *of); // a lease may wait for it alone
  } else {
    try_adopt(now);
  }
}

bool machine::counts(const holding& of) const {
  return of.kind == memory::whole || options_.faults.empty_counts;
}

/// Whoever that node let go on serves no more.
bool machine::lease_over(boot_time now, const grant& granted,
                         boot_time over_at) const {
  if (now >= over_at || options_.faults.no_lease_wait)
    return true;
  if (granted.home == 0)
    return false;
  if (granted.home == self_)
    return true;
  if (const auto dead = dead_.find(granted.home);
      dead != dead_.end() && dead->second >= granted.of)
    return true;
  const auto stopped = followers_.find(granted.home);
  return stopped != followers_.end() && stopped->second.reported
         && stopped->second.known_life >= granted.of;
}

boot_time machine::own_lease_end() const {
  if (held_.kind != memory::whole)
    return collecting_since_ + options_.lease_wait();
  return granted_at_ ? *granted_at_ + options_.lease_wait() : boot_time::min();
}

bool machine::own_lease_over(boot_time now) const {
  const auto end = own_lease_end();
  return held_.kind == memory::whole ? lease_over(now, granted_, end)
                                     : now >= end;
}

std::optional<boot_time> machine::next_lease_end(boot_time now) const {
  if (phase_ != phase::collecting)
    return std::nullopt;
  std::optional<boot_time> next;
  const auto note = [&](boot_time end, bool over) {
    if (!over && end > now && (!next || end < *next))
      next = end;
  };
  note(own_lease_end(), own_lease_over(now));
  for (const auto& [node, each] : followers_)
    if (each.reported)
      note(each.lease_over, lease_over(now, each.granted, each.lease_over));
  return next;
}

bool machine::may_adopt(boot_time now) {
  if (placed_.anew())
    return true;
  const auto& had = placed_.settled_holders;
  std::set<node_id> answered = placed_.departed;
  std::set<node_id> whole;
  std::set<node_id> restored;
  std::set<node_id> ready;
  const auto note = [&](node_id node, const holding& has, bool over) {
    answered.insert(node);
    if (counts(has))
      whole.insert(node);
    else if (has.kind == memory::restored && had.contains(node))
      restored.insert(node);
    if (over)
      ready.insert(node);
  };
  note(self_, held_, own_lease_over(now));
  for (const auto& [node, each] : followers_)
    if (each.reported)
      note(node, each.has, lease_over(now, each.granted, each.lease_over));
  if (placement::majority(had, whole)) {
    std::erase_if(whole, [&](node_id node) { return !ready.contains(node); });
    return placement::majority(had, whole);
  }
  // Who is left can hear of no more than this, and says so.
  const bool all
    = std::includes(answered.begin(), answered.end(), had.begin(), had.end());
  std::erase_if(answered, [&](node_id node) {
    return ready.contains(node) || placed_.departed.contains(node);
  });
  if (!all || !answered.empty())
    return false;
  std::erase_if(whole, [&](node_id node) { return !had.contains(node); });
  // A flush to one holder's memory does not say that it outlives that.
  if (had.size() > 1 || restored.empty())
    out_.push_back(
      report_loss{whole.size(), restored.size(), had.size() / 2 + 1});
  return true;
}

void machine::try_adopt(boot_time now) {
  if (phase_ != phase::collecting || stopping_ || !may_adopt(now))
    return;
  std::set<variable_key> keys;
  for (const auto& [key, value] : held_.values)
    keys.insert(key);
  for (const auto& [node, each] : followers_)
    if (each.reported)
      for (const auto& [key, value] : each.has.values)
        keys.insert(key);
  for (const auto key : keys)
    adopt(key);
  if (!wanted_.empty() && serves_) {
    // There was another home in between: this one is deposed like any other.
    note_provisional();
    serves_ = false;
    wanted_.clear();
    stop();
    return;
  }
  if (!wanted_.empty()) {
    phase_ = phase::pulling;
    pull_began_ = now;
    pulled_at_.reset();
    ask_for_values(now);
  } else {
    write_back(now);
  }
}

void machine::adopt(variable_key key) {
  const auto rank = [this](const holding& of, const stamp& what) {
    return options_.faults.by_version_alone
             ? std::pair<epoch_number, std::uint64_t>{0, what.version}
             : of.rank(what);
  };
  wanted_value best;
  std::pair<epoch_number, std::uint64_t> best_rank{};
  std::uint64_t top = 0;
  bool unique = true;
  const auto see = [&](const holding& of) {
    const auto* has = of.values.find(key);
    if (has == nullptr || has->stored.version == 0)
      return;
    const auto& stored = has->stored;
    top = std::max(top, stored.version);
    if (const auto its = rank(of, stored); its > best_rank) {
      best_rank = its;
      best.stored = stored;
      best.bytes = has->bytes;
    }
  };
  see(held_);
  for (const auto& [node, each] : followers_)
    if (each.reported)
      see(each.has);
  if (best.stored.version == 0 || held_.at(key) == best.stored)
    return;
  for (const auto& [node, each] : followers_) {
    if (!each.reported)
      continue;
    if (each.has.at(key) == best.stored)
      best.from.insert(node);
    else if (each.has.at(key).version >= best.stored.version)
      unique = false;
  }
  if (held_.at(key).version >= best.stored.version || !unique)
    best.version = options_.faults.not_outnumbered ? 0 : top + 1;
  wanted_.emplace(key, std::move(best));
}

/// Who has most of what is stored in groups: the last of their states is all
/// at one holder. Else the first that has the first.
node_id machine::source_of_wanted() const {
  std::map<node_id, std::size_t> has;
  for (const auto& [key, each] : wanted_)
    if (grouped(key))
      for (const auto node : each.from)
        ++has[node];
  const auto most = std::max_element(
    has.begin(), has.end(),
    [](const auto& a, const auto& b) { return a.second < b.second; });
  return most != has.end() ? most->first
                           : *wanted_.begin()->second.from.begin();
}

/// What that holder has of the wanted: groups first and together, and what else
/// fits.
pull machine::wanted_from(node_id source) const {
  pull what{pull_number_, {}};
  std::size_t bytes = 0;
  for (const bool groups : {true, false})
    for (const auto& [key, each] : wanted_) {
      if (grouped(key) != groups || !each.from.contains(source))
        continue;
      bytes += each.bytes + row_bytes;
      const auto& how = options_;
      if (!what.keys.empty()
          && (bytes > (groups ? how.together_bytes_max : how.message_bytes_max)
              || what.keys.size()
                   >= (groups ? how.together_rows_max : how.message_rows_max)))
        break;
      what.keys.push_back(key);
    }
  return what;
}

void machine::ask_for_values(boot_time now) {
  if (wanted_.empty() || (pulled_at_ && now - *pulled_at_ < options_.resend))
    return;
  if (pulled_at_ && now - pull_began_ >= options_.pull_patience) {
    look_elsewhere(now, pulled_from_);
    return;
  }
  ++pull_number_;
  pulled_from_ = source_of_wanted();
  pulled_at_ = now;
  auto what = wanted_from(pulled_from_);
  send_to(pulled_from_, followers_.at(pulled_from_).known_life,
          std::move(what));
}

/// What it reported does not count any more; others must do.
void machine::look_elsewhere(boot_time now, node_id silent) {
  auto& of = followers_.at(silent);
  of.begin_anew(of.known_life);
  pulled_at_.reset();
  std::erase_if(wanted_, [&](auto& each) {
    return phase_ == phase::pulling || each.second.from.contains(silent);
  });
  if (phase_ == phase::pulling) {
    phase_ = phase::collecting;
    collecting_since_ = now;
  }
  ask_all(now);
  try_adopt(now);
}

void machine::on(boot_time now, node_id from, const message& said,
                 const values& what) {
  if (known(from, said) == nullptr || wanted_.empty()
      || what.number != pull_number_ || from != pulled_from_)
    return;
  std::vector<row> taken;
  grouping groups;
  for (std::size_t i = 0; i < what.rows.size(); ++i) {
    auto each = what.rows[i];
    if (i < what.together)
      note_grouped(each.key);
    const auto found = wanted_.find(each.key);
    if (found == wanted_.end() || each.stored.version == 0
        || each.stored.version < found->second.stored.version)
      continue;
    if (!written_back())
      take(found->second, each);
    wanted_.erase(found);
    taken.push_back(each);
    groups.together += i < what.together ? 1 : 0;
  }
  if (taken.empty())
    return;
  groups.apart = !wanted_.empty();
  if (written_back())
    out_.push_back(take_over{std::move(taken)});
  else
    out_.push_back(apply{published_->epoch, std::move(taken), groups});
  pull_began_ = now;
  pulled_at_.reset();
  if (!wanted_.empty())
    ask_for_values(now);
  else if (phase_ == phase::pulling)
    write_back(now);
}

/// Under its own version, or one that goes back nowhere.
void machine::take(const wanted_value& wanted, row& came) {
  const auto here = held_.at(came.key).version;
  note_discarded(came);
  const auto least
    = std::max(wanted.version, options_.faults.not_outnumbered ? 0 : here + 1);
  if (came.stored.version < least || wanted.version != 0)
    came.stored = {placed_.epoch, std::max(least, came.stored.version)};
  held_.values[came.key] = {came.stored, came.bytes};
}

} // namespace holdfast::region_replica
