#include "tests/simulation/witness.hpp"

#include "actors/consensus/membership.hpp"
#include "tests/simulation/chance.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

/// All of the tables is compared so often, what was decided every time.
constexpr log_index states_each = 32;

std::uint64_t hash_of(const entry& content) {
  digest result;
  result.add(static_cast<std::uint64_t>(content.kind));
  result.add(digest_of(content.data));
  return result.value();
}

std::optional<log_index> epoch_meant(const catalog::command& what) {
  if (const auto* move = std::get_if<catalog::move_home>(&what))
    return move->expected_epoch;
  if (const auto* placed = std::get_if<catalog::set_placement>(&what))
    return placed->expected_epoch;
  return std::nullopt;
}

std::string at(log_index index) {
  return " at index " + std::to_string(index);
}

} // namespace

void witness::breaks(std::string what) {
  if (violation_.empty())
    violation_ = std::move(what);
}

void witness::leads(node_id id, std::uint64_t database, term_number term) {
  const std::pair who{id, database};
  const auto [found, first] = leaders_.try_emplace(term, who);
  if (!first && found->second != who)
    breaks("two leaders in term " + std::to_string(term) + ": "
           + std::to_string(found->second.first) + " and "
           + std::to_string(id));
}

void witness::writes(const append& made,
                     const std::vector<term_number>& before) {
  for (std::size_t i = 0; i < made.entries.size(); ++i) {
    const auto& one = made.entries[i];
    const written seen{hash_of(one), before[i]};
    const auto [found, first]
      = written_.try_emplace({made.first + i, one.term}, seen);
    if (!first
        && (found->second.content != seen.content
            || (found->second.before != seen.before && seen.before != 0
                && found->second.before != 0)))
      breaks("logs do not match" + at(made.first + i));
  }
}

void witness::says(const message& said, const stored_log& disk) {
  if (auto wrong = promises_.says(said, disk); !wrong.empty())
    breaks(std::move(wrong));
}

/// The members in it are those of the last change up to its index.
void witness::keeps(node_id id, const snapshot& base) {
  const auto after = changes_.upper_bound(base.index);
  if (after == changes_.begin())
    return;
  const auto& [index, members] = *std::prev(after);
  if (base.membership_index != index || encode(base.members) != members)
    breaks("node " + std::to_string(id) + " keeps other members in a snapshot"
           + at(base.index));
}

void witness::applies(node_id id, log_index index, const entry& content,
                      const replica& after, const effect& had) {
  const auto* decided = after.outcome_at(index);
  const auto outcome = decided == nullptr ? catalog::outcome{} : *decided;
  const auto [found, first]
    = ledger_.try_emplace(index, applied{content, outcome});
  if (!first && found->second.content != content)
    breaks("node " + std::to_string(id) + " applies another entry" + at(index));
  else if (!first && found->second.decided != outcome)
    breaks("nodes decide differently" + at(index));
  if (first && content.kind == entry_kind::change)
    changes_[index] = content.data;
  if (index % states_each == 0)
    holds(id, index, after.digest());
  if (content.kind == entry_kind::command)
    if (auto wrong = placements_.see(index, after.now()); !wrong.empty())
      breaks(wrong + at(index));
  if (had.decided)
    decides(id, index, content, after, had);
}

/// Of a request that was not decided before, by that node.
void witness::decides(node_id id, log_index index, const entry& content,
                      const replica& after, const effect& had) {
  const auto asked = entry_of(content.data);
  const auto [before, once]
    = effects_.try_emplace({asked.origin, asked.request_id}, index);
  if (!once && before->second != index)
    breaks("a request took effect twice" + at(index) + " of node "
           + std::to_string(id));
  const auto meant = epoch_meant(asked.command);
  if (meant && after.outcome_at(index)->ok())
    if (auto wrong = placements::placed(*meant, had.placed_before);
        !wrong.empty())
      breaks(wrong + at(index));
}

void witness::holds(node_id id, log_index index, std::uint64_t state) {
  const auto [found, first] = states_.try_emplace(index, state);
  if (!first && found->second != state)
    breaks("node " + std::to_string(id) + " has other tables" + at(index));
}

void witness::answers(const octets& asked, log_index index) {
  ++answered_;
  const auto found = ledger_.find(index);
  if (found == ledger_.end())
    breaks("answered before it was applied" + at(index));
  else if (found->second.content.data != asked)
    breaks("answered for another entry" + at(index));
}

} // namespace holdfast::simulation
