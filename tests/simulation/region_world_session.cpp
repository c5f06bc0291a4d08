// A session that stores through whichever home there is, and asks again, at
// that one or another, until it hears that its store is made.
#include "tests/simulation/region_world.hpp"

namespace holdfast::region_simulation {

using region_replica::noted_store;

namespace {

constexpr region_replica::session_id the_session{9, {1, 1}, 1};

} // namespace

/// Homes that are none any more are asked, too: they do not know it. What it
/// began it brings to an end.
void region_world::session() {
  after(some(500, 1000 * manners_.session_ms), [this] { session(); });
  if (quiet_ && answered_)
    return;
  if (answered_) {
    answered_ = false;
    ++serial_;
    stores_in_ = 1 + chance_.below(manners_.variables);
  }
  auto& on = nodes_[chance_.below(nodes_.size())];
  if (on.up && !on.paused(now_) && on.rule && on.rule->serving(on.local(now_)))
    store_for_session(on);
}

void region_world::store_for_session(region_node& on) {
  if (recorder_ != nullptr)
    recorder_->begin_session_store(on, stores_in_, serial_, now_);
  const auto* last = on.ledger.last_of(stores_in_, the_session);
  noted_store made{the_session, serial_, {}};
  if (last != nullptr && last->serial == serial_
      && !options_.world.stores_forgotten)
    made = *last;
  else
    make_for_session(on, made);
  const auto who = ++last_waiter_;
  request asked{request::kind::session, {}, {}, serial_};
  asked.values[stores_in_] = witness_.made_as(serial_, made.made);
  on.waiting[who] = asked;
  const auto stored_in
    = made.made.epoch < on.rule->held().epoch ? 0 : made.made.epoch;
  carry(on, on.rule->on_flush(on.local(now_), who, stored_in, false));
}

void region_world::make_for_session(region_node& on, noted_store& made) {
  const auto version = on.cells[stores_in_].version + 1;
  const auto value = witness_.stored(stores_in_, on.shown.epoch, version);
  witness_.made(serial_, stores_in_, value);
  if (recorder_ != nullptr)
    recorder_->made_for_session(value);
  on.put(stores_in_, version, value);
  made.made = {on.shown.epoch, version};
  on.ledger.note(stores_in_, made);
  if (on.groups.contains(stores_in_)) {
    on.dirty.insert(stores_in_);
    return drain(on);
  }
  carry(on, on.rule->on_drained(on.local(now_), {{stores_in_, version, 100}}));
}

void region_world::answer_session(const request& asked) {
  if (answered_ || asked.serial != serial_)
    return; // it has heard that already
  answered_ = true;
  ++result_.stored;
  for (const auto& [key, value] : asked.values) {
    witness_.promised(key, value);
    if (recorder_ != nullptr)
      recorder_->end_session_store(witness_.birth(value), now_);
  }
}

void region_world::take_tail(region_node& on, variable_key key,
                             const std::vector<char>& tail) {
  if (options_.world.tails_left_behind)
    return;
  if (!on.ledger.take(key, tail))
    witness_.blame("a value has no tail");
}

} // namespace holdfast::region_simulation
