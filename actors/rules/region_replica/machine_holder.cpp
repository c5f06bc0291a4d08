// A node as one of the holders: what it promises, takes and answers.
#include "actors/rules/region_replica/machine.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::region_replica {

delta_ack machine::position() const {
  return {stream_, taken_, covers_, std::min(durable_, covers_)};
}

/// The home of that epoch may go on for a lease from before this on. It says
/// nothing of that sort before the leases of all homes before it are over, so
/// what those were granted does not matter any more.
void machine::let_go_on(boot_time now, node_id home, life of) {
  granted_ = grant{home, of, {}};
  granted_at_ = now;
}

void machine::on(boot_time now, node_id from, const message& said,
                 const ask& what) {
  if (said.epoch < promised_) {
    send_to(from, said.from, refusal{promised_});
    return;
  }
  note_promise(said.epoch);
  if (is_home() || phase_ == phase::stranded)
    return;
  if (std::pair{said.epoch, what.number} < std::pair{stream_epoch_, stream_})
    return;
  if (what.anew && std::exchange(wiped_, said.epoch) != said.epoch
      && !held_.values.empty()) {
    held_ = {};
    provisional_.clear();
    out_.push_back(wipe{});
  }
  home_ = from;
  if (std::pair{said.epoch, what.number} > std::pair{stream_epoch_, stream_}) {
    stream_epoch_ = said.epoch;
    stream_ = what.number;
    taken_ = covers_ = durable_ = 0;
    uncommitted_.clear();
  }
  asked_ = {from, what};
  if (!stopping_)
    answer(now);
}

void machine::answer(boot_time now) {
  if (!asked_)
    return;
  const auto [to, what] = *std::exchange(asked_, std::nullopt);
  report made;
  made.number = what.number;
  made.kind = held_.kind;
  made.held = held_.epoch;
  made.granted = granted_;
  if (granted_at_)
    made.granted.age = now - *granted_at_;
  made.after = what.after;
  made.more
    = held_.rows_after(what.after, options_.message_rows_max, made.rows);
  for (const auto& each : made.rows)
    if (grouped(each.key))
      made.grouped.push_back(each.key);
  send_to(to, 0, std::move(made));
}

actions machine::on_stopped(boot_time now, const std::vector<change>& changes) {
  if (!stopping_)
    return done(now);
  stopping_ = false;
  for (const auto& each : changes) {
    if (each.grouped)
      note_grouped(each.key);
    if (!knows(each.key) || each.version <= held_.at(each.key).version)
      continue;
    held_.values[each.key] = {{serves_epoch_, each.version}, each.bytes};
    provisional_[each.key] = each.version;
  }
  if (is_home())
    begin_reign(now); // it waited for this
  else
    answer(now);
  return done(now);
}

void machine::on(boot_time, node_id from, const message& said,
                 const pull& what) {
  if (said.epoch != promised_ || is_home())
    return;
  values made;
  made.number = what.number;
  for (const auto key : what.keys)
    if (const auto* found = held_.values.find(key))
      made.rows.push_back({key, found->stored, found->bytes, 0, 0});
  const auto singles = std::stable_partition(
    made.rows.begin(), made.rows.end(),
    [this](const row& each) { return grouped(each.key); });
  made.together = static_cast<std::uint32_t>(singles - made.rows.begin());
  reply(from, said, std::move(made));
}

void machine::on(boot_time now, node_id from, const message& said,
                 const delta& what) {
  const auto& wrong = options_.faults;
  if (said.epoch < promised_ && !wrong.below_promise) {
    send_to(from, said.from, refusal{promised_});
    return;
  }
  if (is_home() || stopping_)
    return;
  if (said.to != life_ && !wrong.delta_of_older_life) {
    send_to(from, said.from, refusal{});
    return;
  }
  const bool of_stream = said.epoch == stream_epoch_ && what.stream == stream_;
  if (!of_stream && !(wrong.below_promise && said.epoch < stream_epoch_)
      && !(wrong.delta_of_older_life && said.to != life_))
    return;
  const bool knows_all
    = std::all_of(what.rows.begin(), what.rows.end(),
                  [this](const row& each) { return knows(each.key); });
  const bool next
    = what.number > taken_ && (what.follows <= taken_ || wrong.gaps_are_taken);
  if (knows_all && (next || !of_stream))
    take(said, what);
  let_go_on(now, from, said.from);
  reply(from, said, position());
}

void machine::take(const message& said, const delta& what) {
  std::vector<row> taken;
  grouping groups{0, what.groups.apart};
  for (std::size_t i = 0; i < what.rows.size(); ++i) {
    const auto& each = what.rows[i];
    const bool together = i < what.groups.together;
    if (together)
      note_grouped(each.key);
    if (each.stored == held_.at(each.key))
      continue;
    note_discarded(each);
    held_.values[each.key] = {each.stored, each.bytes};
    taken.push_back(each);
    groups.together += together ? 1 : 0;
  }
  for (const auto& each : what.rows)
    uncommitted_.add(each.key, each.changed,
                     options_.faults.carried_counts_as_committed
                       ? each.stored.version
                       : each.drained);
  taken_ = std::max(taken_, what.number);
  covers_ = std::max(covers_, what.covers);
  if (what.whole) {
    held_.epoch = said.epoch;
    held_.kind = memory::whole;
    provisional_.clear(); // what is left was taken over
  }
  out_.push_back(apply{said.epoch, std::move(taken), groups});
  note_committed(what.committed);
}

void machine::note_discarded(const row& taken) {
  const auto found = provisional_.find(taken.key);
  if (found == provisional_.end())
    return;
  out_.push_back(discard{{{taken.key, found->second}}});
  provisional_.erase(found);
}

void machine::note_committed(sequence up_to) {
  auto versions = uncommitted_.take(up_to);
  if (!versions.empty())
    out_.push_back(commit{up_to, std::move(versions)});
}

void machine::on(boot_time now, node_id from, const message& said,
                 const beat& what) {
  if (said.epoch < promised_ && !options_.faults.beats_after_promise) {
    send_to(from, said.from, refusal{promised_});
    return;
  }
  if (said.to != life_) {
    send_to(from, said.from, refusal{});
    return;
  }
  if (is_home() || stopping_
      || (said.epoch > promised_
          || (said.epoch < promised_ && !options_.faults.beats_after_promise)))
    return;
  if (said.epoch == stream_epoch_ && what.stream == stream_)
    note_committed(what.committed);
  let_go_on(now, from, said.from);
  reply(from, said, beat_ack{what.asked_at, position()});
}

std::optional<std::pair<epoch_number, sequence>> machine::reached() const {
  if (phase_ == phase::following)
    return std::pair{stream_epoch_, covers_};
  if (written_back())
    return std::pair{placed_.epoch, applied_};
  return std::nullopt;
}

std::optional<epoch_number> machine::stores_in() const {
  if (stopping_ || !(serves_ || written_back()))
    return std::nullopt;
  return serves_epoch_;
}

actions machine::on_durable(boot_time now, epoch_number epoch, sequence up_to) {
  const auto current = is_home() ? placed_.epoch : stream_epoch_;
  if (epoch != current || up_to <= durable_)
    return done(now);
  durable_ = up_to;
  if (is_home()) {
    try_settle(now);
    advance(now);
  } else if (home_ != 0) {
    send_to(home_, 0, position());
  }
  return done(now);
}

} // namespace holdfast::region_replica
