#include "tests/simulation/region_world.hpp"

namespace holdfast::region_simulation {

using namespace std::chrono_literals;

namespace {

constexpr boot_time safety = 30s;
constexpr boot_time storing_after = 5s;
constexpr boot_time settling_after = 20s;

} // namespace

region_world::region_world(const options& wanted, recorder* record_in)
  : options_{wanted},
    recorder_{record_in},
    looking_{wanted.seed},
    chance_{wanted.seed},
    grouping_{wanted.seed} {
  arrange();
  rule_.faults = wanted.rule;
  rule_.durable = manners_.durable;
  // Small enough to be reached.
  rule_.message_bytes_max = 350;
  rule_.message_rows_max = 3;
  rule_.window_messages_max = 3;
}

void region_world::after(boot_time wait, std::function<void()> what) {
  queue_.push({now_ + wait, ++order_, std::move(what)});
}

boot_time region_world::some(std::uint64_t from_us, std::uint64_t to_us) {
  return std::chrono::microseconds{chance_.between(
    static_cast<std::int64_t>(from_us), static_cast<std::int64_t>(to_us))};
}

void region_world::on_node(std::size_t slot, boot_time wait,
                           std::function<void()> what) {
  after(wait, [this, slot, life = nodes_[slot].life, what = std::move(what)] {
    auto& on = nodes_[slot];
    if (!on.up || on.life != life)
      return;
    if (on.paused(now_))
      on_node(slot, on.paused_until - now_ + some(0, 2000), what);
    else
      what();
  });
}

void region_world::begin() {
  for (node_id id = 1; id <= manners_.nodes; ++id) {
    auto& made = nodes_.emplace_back();
    made.id = id;
    made.drift = chance_.between(-10, 10);
  }
  std::set<node_id> replicas;
  for (node_id id = 2; id <= manners_.holders; ++id)
    replicas.insert(id);
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot)
    start(slot);
  catalog_.begin(1, replicas);
  spread();
  after(some(50'000, 300'000), [this] { lead(); });
  after(some(100'000, 500'000), [this] { client(); });
  after(some(500'000, 2'000'000), [this] { make_trouble(); });
  if (manners_.session)
    after(some(100'000, 500'000), [this] { session(); });
}

void region_world::tick(std::size_t slot) {
  auto& on = nodes_[slot];
  if (on.rule)
    carry(on, on.rule->on_tick(on.local(now_)));
  on_node(slot, some(80'000, 100'000), [this, slot] { tick(slot); });
}

/// No two homes with a lease at one time, as their clients see it.
void region_world::check() {
  const region_node* serves = nullptr;
  for (const auto& each : nodes_) {
    if (!each.seen_serving(now_))
      continue;
    if (serves != nullptr)
      witness_.blame("nodes " + std::to_string(serves->id) + " and "
                     + std::to_string(each.id) + " serve at one time");
    serves = &each;
  }
}

outcome region_world::run() {
  begin();
  boot_time mended_at{};
  while (!queue_.empty()
         && (recorder_ != nullptr || witness_.violation().empty())) {
    auto next = queue_.top();
    queue_.pop();
    now_ = next.at;
    if (!mending_ && now_ >= safety) {
      mend();
      mended_at = now_;
    }
    quiet_ = mending_ && now_ >= mended_at + storing_after;
    if (mending_ && now_ >= mended_at + settling_after)
      break;
    next.what();
    if (recorder_ != nullptr)
      look();
    ++result_.events;
    check();
  }
  if (witness_.violation().empty())
    check_end();
  if (recorder_ != nullptr)
    look_finally();
  result_.violation = witness_.violation();
  if (!result_.violation.empty())
    result_.ending = report();
  result_.trace = trace_.value();
  result_.simulated_ms = static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(now_).count());
  return result_;
}

outcome simulate(const options& wanted, recorder* record_in) {
  return region_world{wanted, record_in}.run();
}

std::string region_world::report() const {
  std::string text = "at " + std::to_string(now_ / 1ms) + " ms; home ";
  const auto& placed = catalog_.now();
  text += std::to_string(placed.home) + " in epoch "
          + std::to_string(placed.epoch) + ", settled "
          + std::to_string(placed.settled_epoch) + ", holders";
  for (const auto id : placed.holders())
    text += " " + std::to_string(id);
  text += "\n";
  for (const auto& each : nodes_) {
    text += "  node " + std::to_string(each.id) + " life "
            + std::to_string(each.life) + (each.up ? "" : " down")
            + (each.paused(now_) ? " paused" : "");
    if (each.rule) {
      const auto seen = each.rule->look();
      text += " phase " + std::to_string(static_cast<int>(seen.phase))
              + " epoch " + std::to_string(seen.epoch) + " promised "
              + std::to_string(seen.promised) + " held "
              + std::to_string(seen.held) + " memory "
              + std::to_string(static_cast<int>(seen.memory)) + " applied "
              + std::to_string(seen.applied) + " committed "
              + std::to_string(seen.committed) + " shown "
              + std::to_string(static_cast<int>(each.shown.now));
      for (const auto& [id, sequence] : seen.acknowledged)
        text += " " + std::to_string(id) + ":" + std::to_string(sequence);
    }
    for (const auto& [key, has] : each.cells) {
      const auto birth = witness_.birth(has.value);
      text += " " + std::to_string(key) + "=v" + std::to_string(has.version);
      text += "(" + std::to_string(birth.epoch) + "."
              + std::to_string(birth.version) + ")";
    }
    text += "\n";
  }
  return text;
}

} // namespace holdfast::region_simulation
