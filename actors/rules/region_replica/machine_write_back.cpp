// A node that has what it takes over: it writes that back to its holders, has
// the epoch settle, and serves.
#include "actors/rules/region_replica/machine.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::region_replica {

void machine::write_back(boot_time now) {
  phase_ = phase::writing_back;
  held_.epoch = placed_.epoch;
  held_.kind = memory::whole;
  serves_epoch_ = placed_.epoch;
  provisional_.clear();
  if (!serves_) {
    apart_ = false;
    reigns_since_ = placed_.epoch;
    ++applied_;
    changed_.clear();
    pending_.clear();
    for (const auto& [key, value] : held_.values) {
      changed_[key] = applied_;
      pending_.add(key, applied_, value.stored.version);
    }
  }
  settle_at_ = applied_;
  for (auto& [node, each] : followers_)
    if (each.reported)
      compare(node, each);
  pump(now);
  next_beat_ = now;
  send_beats(now);
  if (options_.faults.serve_before_write_back)
    begin_serving(now);
  try_settle(now);
}

/// What that holder is to be sent: all in which it differs from this one.
void machine::compare(node_id node, follower& with) {
  for (const auto& [key, value] : held_.values)
    compare(key, value.stored, with.has.at(key), with);
  for (const auto& [key, value] : with.has.values)
    if (held_.at(key).version == 0 && value.stored.version != 0) {
      // Nobody has overwritten it: it is taken over after all.
      wanted_[key] = {{node}, value.stored, 0, value.bytes};
      // Until then the holder is not whole: what it has must not look like a
      // value of this epoch.
      with.floors[key] = value.stored.version;
      queue(with, key, 1);
    }
  with.target = applied_;
  with.has.values.clear();
}

void machine::compare(variable_key key, const stamp& own, const stamp& theirs,
                      follower& with) {
  if (own == theirs || own.version == 0)
    return;
  queue(with, key, 1);
  if (theirs.version < own.version || options_.faults.not_outnumbered)
    return;
  with.floors[key] = theirs.version;
  out_.push_back(outnumber{key, theirs.version});
}

void machine::try_settle(boot_time now) {
  if (phase_ == phase::writing_back && wanted_.empty()
      && ((majority_of(applied_, &follower::acknowledged) >= settle_at_
           && (!options_.durable
               || majority_of(durable_, &follower::durable) >= settle_at_))
          || options_.faults.serve_before_write_back)) {
    phase_ = phase::settling;
    settle_asked_at_.reset();
  }
  if ((phase_ == phase::settling || phase_ == phase::serving)
      && !placed_.settled()
      && (!settle_asked_at_ || now - *settle_asked_at_ >= options_.resend)) {
    settle_asked_at_ = now;
    out_.push_back(settle{placed_.epoch});
  }
  if (phase_ == phase::settling
      && (is_sole() || options_.faults.serve_before_settled))
    begin_serving(now);
}

void machine::begin_serving(boot_time now) {
  phase_ = phase::serving;
  serves_ = true;
  renew_lease(now);
  advance(now);
}

} // namespace holdfast::region_replica
