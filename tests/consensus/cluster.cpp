#include "tests/consensus/cluster.hpp"

#include "tests/support/memory_log.hpp"

namespace holdfast::tests {

using namespace consensus;

octets bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

membership voters(std::initializer_list<node_id> ids) {
  membership result;
  for (const auto id : ids)
    result.members.push_back(
      {id, "node-" + std::to_string(id) + ":1", member_role::voter});
  return result;
}

std::string cluster_node::story() const {
  std::string result
    = restored ? std::string{restored->state.begin(), restored->state.end()}
               : "";
  for (const auto& one : applied)
    if (one.content.kind == entry_kind::command) {
      if (!result.empty())
        result += ' ';
      result.append(one.content.data.begin(), one.content.data.end());
    }
  return result;
}

std::optional<outcome> cluster_node::ending(request_id id) const {
  for (const auto& one : ended)
    if (one.request == id)
      return one.how;
  return std::nullopt;
}

cluster::cluster(std::initializer_list<node_id> ids, core_options settings)
  : settings_{std::move(settings)} {
  const auto members = voters(ids);
  settings_.cluster = digest_of(members);
  for (const auto id : ids) {
    auto& made = nodes_[id];
    carry_out(made.disk, *first_write(made.disk, members));
    start(id);
  }
}

void cluster::join(node_id id) {
  nodes_[id] = {};
  start(id);
}

void cluster::add_learner(node_id leader, node_id id) {
  join(id);
  change(leader, consensus::change::step::add, id);
  run(500ms);
}

void cluster::start(node_id id) {
  auto& node = nodes_.at(id);
  auto options = settings_;
  options.self = id;
  options.who = {1000 + id, ++node.starts};
  options.seed = static_cast<std::uint32_t>(id * 7 + node.starts);
  node.applied.clear();
  node.restored.reset();
  node.core = std::make_unique<core>(options);
  auto started = node.core->start(node.disk, now);
  if (started.has_value())
    take(id, std::move(started).value());
  else
    node.fatal = started.error().detail;
}

void cluster::kill(node_id id) {
  nodes_.at(id).core.reset();
  nodes_.at(id).queued.clear();
}

void cluster::take(node_id id, actions asked) {
  auto& node = nodes_.at(id);
  auto number = asked.written - asked.writes.size();
  for (auto& one : asked.writes)
    node.queued.emplace_back(++number, std::move(one));
  for (auto& one : asked.messages)
    network_.push_back(std::move(one));
  if (asked.restore) {
    node.restored = asked.restore;
    node.applied.clear();
  }
  for (auto& one : asked.apply)
    node.applied.push_back(std::move(one));
  node.ended.insert(node.ended.end(), asked.ended.begin(), asked.ended.end());
  node.refused.insert(node.refused.end(), asked.refused.begin(),
                      asked.refused.end());
  if (asked.fatal)
    node.fatal = *asked.fatal;
  if (asked.snapshot_wanted)
    take(id, node.core->snapshot_made(*asked.snapshot_wanted,
                                      bytes_of(node.story()), now));
}

void cluster::sync(node_id id) {
  auto& node = nodes_.at(id);
  if (node.disk_stopped || node.queued.empty())
    return;
  const auto last = node.queued.back().first;
  for (const auto& [_, one] : node.queued)
    carry_out(node.disk, one);
  node.queued.clear();
  take(id, node.core->persisted(last, now));
}

void cluster::deliver(message said) {
  auto& node = nodes_.at(said.to);
  if (node.core != nullptr)
    take(said.to, node.core->receive(std::move(said), now));
}

void cluster::millisecond() {
  now += 1ms;
  for (auto& [id, node] : nodes_) {
    if (node.core == nullptr)
      continue;
    if (now >= node.core->next_tick())
      take(id, node.core->tick(now));
    sync(id);
  }
  auto travelling = std::exchange(network_, {});
  for (auto& one : travelling)
    if ((!on_message || on_message(one)) && !cut_.contains({one.from, one.to})
        && nodes_.contains(one.to))
      deliver(std::move(one));
}

void cluster::run(std::chrono::milliseconds time) {
  const auto end = now + time;
  while (now < end)
    millisecond();
}

bool cluster::run_until(const std::function<bool()>& holds,
                        std::chrono::milliseconds limit) {
  const auto end = now + limit;
  while (!holds()) {
    if (now >= end)
      return false;
    millisecond();
  }
  return true;
}

node_id cluster::leader() {
  node_id found = 0;
  term_number term = 0;
  for (const auto& [id, node] : nodes_) {
    if (node.core == nullptr)
      continue;
    const auto status = node.core->status();
    if (status.state == role::leader && status.term > term) {
      found = id;
      term = status.term;
    }
  }
  return found;
}

node_id cluster::elect() {
  run_until([this] {
    const auto found = leader();
    return found != 0 && nodes_.at(found).core->status().serves;
  });
  return leader();
}

void cluster::cut(node_id one, node_id other) {
  cut_.insert({one, other});
  cut_.insert({other, one});
}

void cluster::isolate(node_id id) {
  for (const auto& [other, _] : nodes_)
    if (other != id)
      cut(id, other);
}

void cluster::heal() {
  cut_.clear();
}

request_id cluster::submit(node_id at, std::string_view text) {
  const auto id = ++last_request_;
  take(at, nodes_.at(at).core->submit({{id, bytes_of(text)}}, now));
  return id;
}

request_id cluster::change(node_id at, consensus::change::step what,
                           node_id subject) {
  const auto id = ++last_request_;
  const member one{subject, "node-" + std::to_string(subject) + ":1",
                   member_role::learner};
  take(at, nodes_.at(at).core->change_membership(id, {what, one}, now));
  return id;
}

request_id cluster::transfer(node_id from, node_id to) {
  const auto id = ++last_request_;
  take(from, nodes_.at(from).core->transfer(id, to, now));
  return id;
}

} // namespace holdfast::tests
