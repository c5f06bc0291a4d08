#include "tests/simulation/witness.hpp"

#include "tests/simulation/chance.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

std::uint64_t hash_of(const entry& content) {
  digest result;
  result.add(static_cast<std::uint64_t>(content.kind));
  for (const auto byte : content.data)
    result.add(byte);
  return result.value();
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

void witness::applies(node_id id, log_index index, const entry& content,
                      const replica& after, bool had_effect) {
  const auto [found, first]
    = ledger_.try_emplace(index, applied{content, after.digest()});
  if (!first && found->second.content != content)
    breaks("node " + std::to_string(id) + " applies another entry" + at(index));
  else if (!first && found->second.digest != after.digest())
    breaks("state machines differ" + at(index));
  if (!had_effect)
    return;
  const auto asked = command::from(content.data);
  const auto [effect, once]
    = effects_.try_emplace({asked.origin, asked.request}, index);
  if (!once && effect->second != index)
    breaks("a request took effect twice" + at(index));
}

void witness::restores(node_id id, log_index index, const replica& after) {
  const auto found = ledger_.find(index);
  if (found == ledger_.end())
    breaks("a snapshot of what nobody applied" + at(index));
  else if (found->second.digest != after.digest())
    breaks("node " + std::to_string(id) + " restores another state"
           + at(index));
}

void witness::answers(const command& asked, log_index index) {
  ++answered_;
  auto& last = last_answered_[asked.origin];
  last = std::max(last, asked.request);
  const auto found = ledger_.find(index);
  if (found == ledger_.end())
    breaks("answered before it was applied" + at(index));
  else if (command::from(found->second.content.data) != asked)
    breaks("answered for another entry" + at(index));
}

} // namespace holdfast::simulation
