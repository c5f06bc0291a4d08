#include "tests/simulation/replica.hpp"

#include <algorithm>
#include <cassert>

namespace holdfast::simulation {

namespace {

/// More than can be decided between a decision and its answer.
constexpr std::size_t recent_max = 512;

/// Does something to what moves or places a region.
template <class Command, class Does>
void if_placing(Command& what, Does does) {
  if (auto* move = std::get_if<catalog::move_home>(&what))
    does(*move);
  else if (auto* placed = std::get_if<catalog::set_placement>(&what))
    does(*placed);
}

} // namespace

catalog::limits small_tables() {
  catalog::limits made;
  made.audit_records = 4;
  made.results_per_node = 4;
  made.results_per_session = 3;
  return made;
}

catalog::entry entry_of(const catalog::octets& content) {
  auto read = catalog::decode_entry(content);
  assert(read.has_value());
  return std::move(read).assume_value();
}

std::uint64_t digest_of(const catalog::octets& bytes) {
  std::uint64_t mixed = bytes.size();
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word = (word << 8) | bytes[i];
    if (i % 8 != 7 && i + 1 != bytes.size())
      continue;
    mixed = (mixed ^ word) * 0x9e3779b97f4a7c15U;
    mixed ^= mixed >> 29;
    word = 0;
  }
  return mixed;
}

replica::replica(const world_faults& bugs)
  : bugs_{bugs}, machine_{small_tables()} {
  // nop
}

shm::result<effect> replica::apply(catalog::log_index index,
                                   const catalog::octets& content,
                                   const own_knowledge& here) {
  effect made;
  catalog::region_name placed;
  const auto what = entry_of(content);
  if_placing(what.command, [&](const auto& each) {
    placed = each.name;
    made.placed_before = epoch_of(placed);
  });
  const auto decided = decide(index, with_bugs(index, content, here));
  if (!decided)
    return decided.assume_error();
  // Unknown: whoever asked is not known, and nothing was decided.
  const auto& outcome = decided.assume_value();
  made.decided = outcome.index == index && outcome.code != shm::errc::unknown;
  if (bugs_.epoch_stays && made.decided && outcome.ok()
      && made.placed_before != 0)
    keep_epoch(placed, made.placed_before);
  return made;
}

catalog::log_index replica::epoch_of(const catalog::region_name& name) const {
  const auto found = now().regions.find(name);
  return found == now().regions.end() ? 0 : found->second.placement.epoch;
}

shm::result<catalog::outcome> replica::decide(catalog::log_index index,
                                              const catalog::octets& content) {
  const auto answer = machine_.apply(index, content);
  if (!answer)
    return answer.assume_error();
  auto made = catalog::decode_outcome(answer.assume_value());
  if (!made)
    return made.assume_error();
  recent_.insert_or_assign(index, made.assume_value());
  if (recent_.size() > recent_max)
    recent_.erase(recent_.begin());
  return made;
}

shm::result<void> replica::restore(catalog::log_index index,
                                   const catalog::octets& state) {
  auto restored = machine_.restore(index, state);
  if (restored && bugs_.results_not_in_snapshots) {
    auto changed = now();
    changed.results.clear();
    put(std::move(changed));
  }
  return restored;
}

std::uint64_t replica::digest() const {
  return digest_of(machine_.snapshot());
}

const catalog::outcome* replica::outcome_at(catalog::log_index index) const {
  const auto found = recent_.find(index);
  return found == recent_.end() ? nullptr : &found->second;
}

// -- bugs ---------------------------------------------------------------------

/// The entry as a machine with the bug would take it.
catalog::octets replica::with_bugs(catalog::log_index index,
                                   const catalog::octets& content,
                                   const own_knowledge& here) {
  if (!bugs_.no_deduplication && !bugs_.time_of_the_node
      && !bugs_.own_opinion_decides && !bugs_.epoch_not_compared)
    return content;
  auto what = entry_of(content);
  if (bugs_.no_deduplication
      && !std::holds_alternative<catalog::join_member>(what.command))
    what.request_id = 1'000'000 + index;
  if (bugs_.time_of_the_node)
    what.leader_ms = here.clock_ms;
  if (auto* move = std::get_if<catalog::move_home>(&what.command);
      move != nullptr && bugs_.own_opinion_decides
      && here.down.contains(move->home))
    move->home = 0;
  if (bugs_.epoch_not_compared)
    if_placing(what.command, [this](auto& each) {
      each.expected_epoch = epoch_of(each.name);
    });
  auto written = catalog::encode(what);
  assert(written.has_value());
  return std::move(written).assume_value();
}

void replica::keep_epoch(const catalog::region_name& moved,
                         catalog::log_index before) {
  auto changed = now();
  auto& placed = changed.regions.at(moved).placement;
  placed.epoch = before;
  placed.settled_epoch = std::min(placed.settled_epoch, before);
  placed.began_empty = std::min(placed.began_empty, before);
  put(std::move(changed));
}

void replica::put(catalog::contents other) {
  const auto made = catalog::tables::restore(std::move(other), small_tables());
  assert(made.has_value());
  const auto done = machine_.restore(
    machine_.applied(), catalog::encode_snapshot(made.assume_value()));
  assert(done.has_value());
}

} // namespace holdfast::simulation
