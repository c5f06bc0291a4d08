// Those who ask, and what must be true when all is mended.
#include "actors/consensus/membership.hpp"
#include "tests/simulation/world.hpp"

namespace holdfast::simulation {

namespace {

constexpr world_time millisecond = 1000;

} // namespace

void world::ask(std::size_t number) {
  auto& self = clients_[number];
  push(
    {now_ + chance_.between(millisecond, (self.waits ? 300 : 40) * millisecond),
     0,
     kind::client,
     number,
     0,
     0,
     {}});
  if (!self.waits) {
    if (mending_)
      return;
    self.waits = true;
    ++self.asked.request;
    self.asked.value = chance_.next();
  }
  const auto leader = leader_slot();
  const auto slot
    = leader < nodes_.size() && chance_.permille(850) ? leader : random_slot();
  auto& node = *nodes_[slot];
  if (!node.is_up() || node.paused_until > now_ || !counts(node))
    return;
  std::vector<submission> burst;
  // The same request twice in one burst: a client in a hurry.
  for (int i = chance_.permille(50) ? 2 : 1; i > 0; --i) {
    asked_[++last_request_] = {number, self.asked};
    burst.push_back({last_request_, self.asked.bytes()});
  }
  take(slot, node.brain->submit(std::move(burst), local(node)));
}

void world::take_answers(const sim_process& node,
                         const std::vector<ended_request>& ended) {
  for (const auto& one : ended) {
    const auto found = asked_.find(one.request);
    if (found == asked_.end())
      continue;
    const auto [number, asked] = found->second;
    asked_.erase(found);
    trace(one.request * 16 + static_cast<std::uint64_t>(one.how));
    if (one.how != outcome::committed || !counts(node))
      continue;
    witness_.answers(asked, one.index);
    // An answer to an earlier try of the same request is as good.
    auto& asker = clients_[number];
    if (asker.asked == asked)
      asker.waits = false;
  }
}

std::string world::disagreement() {
  const auto leader = leader_slot();
  if (leader == nodes_.size())
    return "nobody leads";
  const auto& node = *nodes_[leader];
  const auto status = node.brain->status();
  if (!status.serves)
    return "the leader does not serve";
  for (const auto& one : clients_)
    if (one.waits)
      return "a client waits";
  for (const auto& other : nodes_) {
    if (other->gone || !counts(*other)
        || find(status.members, other->id) == nullptr)
      continue;
    if (!other->is_up() || other->applied != status.last)
      return "node " + std::to_string(other->id) + " lags behind";
  }
  return check_end(node);
}

std::string world::check_end(const sim_process& leader) {
  for (const auto& [origin, request] : witness_.answered_by_origin())
    if (leader.machine->last_of(origin) < request)
      witness_.breaks("an answered request is lost");
  return {};
}

} // namespace holdfast::simulation
