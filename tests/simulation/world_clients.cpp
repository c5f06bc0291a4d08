// Those who ask: each opens a session and then asks one thing at a time, again
// and again until it has an answer.
#include "tests/simulation/world.hpp"

namespace holdfast::simulation {

namespace {

constexpr world_time millisecond = 1000;

} // namespace

void world::ask(std::size_t number) {
  auto& self = clients_[number];
  push(
    {now_
       + chance_.between(millisecond, (self.waits ? 300 : 100) * millisecond),
     0,
     kind::client,
     number,
     0,
     0,
     {}});
  if (!self.waits && mending_)
    return;
  const auto leader = leader_slot();
  const auto slot
    = leader < nodes_.size() && chance_.permille(850) ? leader : random_slot();
  auto& node = *nodes_[slot];
  if (!node.is_up() || node.paused_until > now_ || !counts(node))
    return;
  if (!self.waits && !begin_request(self, slot))
    return;
  // The client came in at another node, which passed it on and is told at once
  // that it is committed.
  const auto waits_at = nodes_[(slot + number) % nodes_.size()]->id;
  std::vector<node_id> awaited_at;
  if (waits_at != node.id)
    awaited_at.push_back(waits_at);
  std::vector<submission> burst;
  // The same request twice in one burst: a client in a hurry.
  for (int i = chance_.permille(50) ? 2 : 1; i > 0; --i) {
    asked_[++last_request_] = {false, number, self.from, self.asked};
    burst.push_back({last_request_, self.asked, awaited_at});
  }
  take(slot, node.brain->submit(std::move(burst), local(node)));
}

/// A session is opened by the node it is opened on.
bool world::begin_request(client& self, std::size_t slot) {
  auto& node = *nodes_[slot];
  if (self.session != 0) {
    catalog::caller by;
    by.session = self.session;
    by.node = node.id;
    auto written = catalog::encode(
      catalog::entry{static_cast<std::uint64_t>(local(node).count()),
                     {catalog::origin_kind::session, self.session, 0},
                     ++self.requests,
                     std::move(by),
                     self.wants.next(chance_)});
    self.asked = std::move(written).assume_value();
    self.from = {};
    return self.waits = true;
  }
  catalog::open_session opened;
  opened.tenant = tenant_name;
  opened.principal = principal_name;
  opened.node = node.id;
  auto written = node.keeper->write(std::move(opened), local(node));
  if (!written)
    return false;
  self.asked = std::move(written->content);
  self.from = {slot, node.generation, written->request};
  return self.waits = true;
}

void world::take_answers(const sim_process& node,
                         const std::vector<ended_request>& ended) {
  for (const auto& one : ended) {
    const auto found = asked_.find(one.request);
    if (found == asked_.end())
      continue;
    const auto asked = std::move(found->second);
    asked_.erase(found);
    trace(one.request * 16 + static_cast<std::uint64_t>(one.how));
    if (one.how != outcome::committed || !counts(node))
      continue;
    witness_.answers(asked.content, one.index);
    if (const auto* how = node.machine->outcome_at(one.index))
      take_answer(asked, *how);
  }
}

void world::take_answer(const waiting& asked, const catalog::outcome& how) {
  const auto [slot, generation, request] = asked.from;
  if (request != 0 && nodes_[slot]->is_up()
      && nodes_[slot]->generation == generation)
    nodes_[slot]->keeper->ended(request);
  if (asked.is_node)
    return;
  // An answer to an earlier try of the same request is as good.
  auto& self = clients_[asked.client];
  if (!self.waits || self.asked != asked.content)
    return;
  self.waits = false;
  if (self.session == 0)
    self.session = how.ok() ? how.index : 0;
  else if (how.code == shm::errc::unknown)
    witness_.breaks("a session's request is unknown: " + how.text);
  else
    self.wants.learns(entry_of(asked.content).command, how);
}

} // namespace holdfast::simulation
