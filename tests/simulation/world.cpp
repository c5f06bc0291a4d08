#include "tests/simulation/world.hpp"

#include "actors/consensus/membership.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

constexpr world_time second = 1'000'000;
constexpr world_time mending_max = 40 * second;

member member_of(node_id id) {
  return {id, "n" + std::to_string(id), member_role::voter};
}

} // namespace

world::world(const world_options& options)
  : options_{options}, chance_{options.seed} {
  constexpr std::size_t sizes[] = {1, 2, 3, 3, 3, 3, 5, 5};
  auto& m = manners_;
  m.voters = sizes[chance_.below(8)];
  m.safety_us = chance_.between(4 * second, 10 * second);
  m.latency_us = chance_.between(50, chance_.permille(300) ? 15'000 : 1500);
  m.jitter_us = chance_.between(0, chance_.permille(300) ? 20'000 : 1000);
  m.loss = chance_.permille(500) ? chance_.below(300) : 0;
  m.copies = chance_.permille(500) ? 20 : 0;
  m.trouble_us = chance_.between(80'000, 900'000);
  m.disk_failures = chance_.permille(200) ? 3 : 0;
  m.changes = chance_.permille(500);
  m.losses = !m.changes && chance_.permille(200);
  m.impostors = m.voters > 1 && chance_.permille(150);
  m.long_pauses = chance_.permille(20);
  m.drift = chance_.permille(400);
  m.allowed = chance_.next();
  m.core.election_timeout
    = std::chrono::milliseconds{chance_.permille(500) ? 300 : 150};
  m.core.heartbeat = m.core.election_timeout / 5;
  m.core.install_timeout = std::chrono::milliseconds{1000};
  m.core.bounds.inflight_entries_max = chance_.permille(500) ? 8 : 4;
  // The least allowed, or a little log before it.
  m.core.snapshot_threshold = chance_.permille(300) ? 1 : 12;
  m.core.snapshot_trailing = 1;
  m.core.broken = options.core;
  arrange();
}

verdict world::run() {
  begin();
  // A pause may put off the mending: counted from when it begins.
  world_time mending_ends = 0;
  world_time next_look = 0;
  std::string open;
  while (witness_.violation().empty() && !queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end());
    auto next = std::move(queue_.back());
    queue_.pop_back();
    now_ = std::max(now_, next.at);
    if (!mending_ && now_ >= manners_.safety_us) {
      mending_ends = now_ + mending_max;
      mend();
    }
    if (mending_ && now_ >= next_look) {
      next_look = now_ + second / 10;
      open = disagreement();
      if (open.empty())
        break;
      if (now_ > mending_ends)
        witness_.breaks("all is mended, but " + open);
    }
    handle(std::move(next));
  }
  return {witness_.violation(),
          witness_.violation().empty() ? std::string{} : report(),
          trace_.value(),
          static_cast<std::uint64_t>(now_ / 1000),
          witness_.answered(),
          events_};
}

void world::begin() {
  membership first;
  for (node_id id = 1; id <= manners_.voters; ++id)
    first.members.push_back(member_of(id));
  last_id_ = manners_.voters;
  const bool with_stranger
    = manners_.voters > 2 && !manners_.losses && !manners_.changes
      && (options_.needs.strangers || chance_.permille(150));
  for (node_id id = 1; id <= manners_.voters; ++id) {
    auto list = first;
    if (with_stranger && id == manners_.voters)
      list.members.erase(list.members.begin() + 1, list.members.end() - 1);
    const auto slot = add(id, list, true);
    nodes_[slot]->stranger = list != first;
  }
  for (auto& node : nodes_)
    for (const auto& other : nodes_)
      if (node != other && !other->stranger)
        node->databases[other->id] = other->database;
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot)
    start(slot);
  for (std::size_t i = 0; i < 6; ++i) {
    clients_.push_back({.wants = asker{i}});
    push({now_ + chance_.between(0, second / 5), 0, kind::client, i, 0, 0, {}});
  }
  push({now_ + chance_.between(second / 2, second),
        0,
        kind::trouble,
        0,
        0,
        0,
        {}});
}

std::size_t world::add(node_id id, const membership& first, bool is_member) {
  auto made = std::make_unique<sim_process>();
  made->id = id;
  made->database = ++last_database_;
  made->cluster = digest_of(first);
  made->disk_us
    = chance_.between(50, options_.needs.slow_disks ? 100'000 : 3000);
  if (manners_.drift)
    made->clock.per_mille = chance_.between(850, 1180);
  made->clock.offset_us = chance_.between(0, 1000 * second);
  if (is_member)
    carry_out(*made, *first_write(made->disk, first), {});
  nodes_.push_back(std::move(made));
  return nodes_.size() - 1;
}

void world::start(std::size_t slot) {
  auto& node = *nodes_[slot];
  if (node.is_up() || node.gone)
    return;
  auto options = manners_.core;
  options.self = node.id;
  options.cluster = node.cluster;
  options.who = {node.database, ++node.starts};
  options.databases = node.databases;
  options.seed = static_cast<std::uint32_t>(chance_.next());
  node.machine = std::make_unique<replica>(options_.world);
  node.keeper
    = std::make_unique<caretaker>(node.id, node.starts, options_.world);
  node.started_at = now_;
  node.applied = 0;
  node.skip_next = options_.world.skips_an_entry && node.starts > 1;
  node.brain = std::make_unique<core>(options);
  auto started = node.brain->start(node.disk, local(node));
  trace(0xabc0 + node.id);
  if (!started.has_value()) {
    witness_.breaks("node " + std::to_string(node.id)
                    + " cannot start: " + started.error().detail);
    return;
  }
  check_comeback(node);
  take(slot, std::move(started).value());
  schedule_look(slot);
}

void world::kill(std::size_t slot) {
  auto& node = *nodes_[slot];
  if (!node.is_up())
    return;
  trace(0xdead0 + node.id);
  note_reached(node);
  // Some of what was not synced may have come to the disk all the same.
  const auto kept = chance_.below(node.queued.size() + 1);
  if (chance_.permille(300) && !options_.world.disk_lies)
    for (std::size_t i = 0; i < kept; ++i)
      store(node, node.queued[i].second);
  node.queued.clear();
  node.syncing = 0;
  node.brain.reset();
  node.machine.reset();
  node.keeper.reset();
  node.leads = false;
  node.ticks_at = 0;
  node.paused_until = 0;
  ++node.generation;
}

void world::push(event made) {
  made.order = ++order_;
  queue_.push_back(std::move(made));
  std::push_heap(queue_.begin(), queue_.end());
}

void world::handle(event made) {
  ++events_;
  if (made.what == kind::client) {
    ask(made.slot);
    return;
  }
  if (made.what == kind::trouble) {
    if (!mending_)
      make_trouble();
    return;
  }
  auto& node = *nodes_[made.slot];
  if (made.what == kind::ping && !node.is_up())
    return pass(kind::refused, made.slot, made.number, 0);
  const bool from_others = made.what == kind::deliver || made.what == kind::ping
                           || made.what == kind::pong
                           || made.what == kind::refused;
  if (!node.is_up() || (!from_others && made.generation != node.generation))
    return;
  if (made.what == kind::crash) {
    kill(made.slot);
    start(made.slot);
    return;
  }
  if (node.paused_until > now_) {
    made.at = node.paused_until;
    if (made.what == kind::tick)
      node.ticks_at = made.at;
    push(std::move(made));
    return;
  }
  trace(static_cast<std::uint64_t>(now_) * 16
        + static_cast<std::uint64_t>(made.what));
  switch (made.what) {
  case kind::deliver:
    hear(made.slot, std::move(made.said));
    break;
  case kind::tick:
    if (made.at != node.ticks_at)
      return;
    node.ticks_at = 0;
    tick(made.slot);
    break;
  case kind::synced:
    synced(made.slot, made.number);
    break;
  case kind::proof:
    take(made.slot, node.brain->leader_death_proven(made.number, local(node)));
    break;
  case kind::look:
    look(made.slot);
    break;
  case kind::ping:
  case kind::pong:
  case kind::refused:
    take_ping(made);
    break;
  default:
    break;
  }
}

void world::take(std::size_t slot, actions asked) {
  auto& node = *nodes_[slot];
  take_writes(node, std::move(asked.writes), asked.written);
  for (auto& one : asked.messages) {
    if (counts(node))
      witness_.says(one, node.disk);
    send(std::move(one));
  }
  if (options_.world.answer_before_apply)
    take_answers(node, asked.ended);
  if (asked.restore)
    restore(node, *asked.restore);
  for (const auto& one : asked.apply)
    apply(node, one);
  if (!options_.world.answer_before_apply)
    take_answers(node, asked.ended);
  for (const auto& one : asked.met)
    node.databases[one.id] = one.database;
  if (asked.fatal && counts(node))
    witness_.breaks("node " + std::to_string(node.id) + ": " + *asked.fatal);
  if (asked.status_changed)
    note_status(slot);
  if (asked.fatal)
    return;
  crash_in_write(slot);
  begin_sync(slot);
  schedule_tick(slot);
  if (asked.snapshot_wanted)
    make_snapshot(slot);
  change_upon_change(slot, asked.apply);
}

void world::schedule_tick(std::size_t slot) {
  auto& node = *nodes_[slot];
  const auto wanted
    = std::max(node.clock.world(node.brain->next_tick()), now_ + 1000);
  if (node.ticks_at != 0 && node.ticks_at <= wanted)
    return;
  node.ticks_at = wanted;
  push({wanted, 0, kind::tick, slot, node.generation, 0, {}});
}

void world::send(message said) {
  trace(said.sequence * 4096 + said.from * 64 + said.to);
  if (cut_.contains({said.from, said.to})
      || (!mending_ && chance_.permille(manners_.loss)))
    return;
  const int copies = !mending_ && chance_.permille(manners_.copies) ? 2 : 1;
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot) {
    if (nodes_[slot]->id != said.to || !nodes_[slot]->is_up())
      continue;
    for (int i = 0; i < copies; ++i)
      push({now_ + manners_.latency_us + chance_.between(0, manners_.jitter_us)
              + (i > 0 ? copied_later_us() : 0),
            0, kind::deliver, slot, 0, 0, said});
  }
}

void world::note_status(std::size_t slot) {
  auto& node = *nodes_[slot];
  const auto status = node.brain->status();
  const bool led
    = node.leads && node.term == status.term && status.state == role::leader;
  if (led && status.membership_index > node.changed_at && counts(node))
    note_change(slot, status);
  if (status.membership_index < node.changed_at)
    die_after_rollback(slot);
  node.leads = status.state == role::leader;
  node.term = status.term;
  node.members = status.members;
  node.changed_at = status.membership_index;
  trace(status.term * 256 + node.id * 4
        + static_cast<std::uint64_t>(status.state));
  // Who alone decides cannot be kept from it by the others.
  const bool heard = counts(node) || voter_count(status.members) > 1;
  if (node.leads && !node.stranger && heard)
    witness_.leads(node.id, node.database, status.term);
}

std::size_t world::leader_slot() const {
  std::size_t found = nodes_.size();
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot) {
    const auto& node = *nodes_[slot];
    if (node.is_up() && node.leads && counts(node)
        && (found == nodes_.size() || node.term > nodes_[found]->term))
      found = slot;
  }
  return found;
}

std::size_t world::random_slot() {
  return chance_.below(nodes_.size());
}

verdict simulate(const world_options& options) {
  return world{options}.run();
}

} // namespace holdfast::simulation
