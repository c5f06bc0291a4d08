// Some holders of one region, their memory, and a network that delivers what a
// test lets it.
#pragma once

#include "actors/rules/region_replica/machine.hpp"

#include <deque>
#include <functional>

namespace holdfast::region_replica {

class stage {
public:
  struct parcel {
    node_id from = 0;
    node_id to = 0;
    message said;
  };

  explicit stage(std::set<node_id> holders, options how = {}) : how_{how} {
    placed.home = *holders.begin();
    placed.replicas = holders;
    placed.replicas.erase(placed.home);
    placed.epoch = placed.began_empty = 10;
    for (const auto id : holders)
      start(id, 1);
  }

  machine& start(node_id id, life of, epoch_number admitted = 1) {
    nodes.erase(id);
    auto& made
      = nodes.emplace(id, machine{id, of, admitted, how_}).first->second;
    for (variable_key key = 1; key <= 100; ++key)
      made.add_variable(key);
    return made;
  }

  /// All nodes hear of it; the home settles and serves.
  void place() {
    for (auto& [id, each] : nodes)
      carry(id, each.on_placement(now, placed));
    run();
  }

  /// The next epoch has this home.
  void move(node_id home) {
    placed.replicas.insert(placed.home);
    placed.replicas.erase(home);
    placed.home = home;
    placed.epoch += 10;
    place();
  }

  /// It hears and says nothing any more, all others know that it died, and the
  /// region gets this home.
  void fail_over(node_id dead, node_id to) {
    cut = {dead};
    for (auto& [id, each] : nodes)
      if (id != dead)
        carry(id, each.on_death_proven(now, dead, 1));
    move(to);
  }

  void run() {
    while (!network.empty()) {
      const auto next = network.front();
      network.pop_front();
      deliver(next);
    }
  }

  void deliver(const parcel& what) {
    if (cut.contains(what.from) || cut.contains(what.to)
        || !nodes.contains(what.to))
      return;
    carry(what.to, nodes.at(what.to).on_message(now, what.from, what.said));
  }

  void pass(duration time) {
    for (const auto end = now + time; now < end; now += how_.tick) {
      for (auto& [id, each] : nodes)
        if (!frozen.contains(id))
          carry(id, each.on_tick(now));
      run();
    }
  }

  void store(node_id at, variable_key key, std::uint64_t version,
             std::uint64_t bytes = 8) {
    carry(at, nodes.at(at).on_drained(now, {{key, version, bytes}}));
  }

  void carry(node_id at, const actions& asked) {
    for (const auto& each : asked) {
      done[at].push_back(each);
      if (const auto* what = std::get_if<send>(&each))
        network.push_back({at, what->to, what->what});
      else if (std::holds_alternative<stop_writers>(each))
        carry(at, nodes.at(at).on_stopped(now, undrained[at]));
      else if (const auto* above = std::get_if<outnumber>(&each))
        carry(at, nodes.at(at).on_drained(now,
                                          {{above->key, above->above + 1, 8}}));
      else if (const auto* settled = std::get_if<settle>(&each);
               settled != nullptr && settles) {
        placed.settled_epoch = settled->epoch;
        placed.settled_holders = placed.holders();
        for (auto& [id, node] : nodes)
          carry(id, node.on_placement(now, placed));
      }
    }
  }

  template <class Action>
  std::vector<Action> all(node_id at) const {
    std::vector<Action> found;
    if (const auto of = done.find(at); of != done.end())
      for (const auto& each : of->second)
        if (const auto* one = std::get_if<Action>(&each))
          found.push_back(*one);
    return found;
  }

  phase phase_of(node_id id) const {
    return nodes.at(id).look().phase;
  }
  stamp at(node_id id, variable_key key) const {
    return nodes.at(id).held().at(key);
  }
  std::optional<outcome> ended(node_id at, waiter who) const {
    for (const auto& each : all<end_wait>(at))
      if (each.who == who)
        return each.how;
    return std::nullopt;
  }

  placement placed;
  std::map<node_id, machine> nodes;
  std::deque<parcel> network;
  std::set<node_id> cut;
  std::set<node_id> frozen;
  std::map<node_id, std::vector<change>> undrained;
  std::map<node_id, actions> done;
  boot_time now{std::chrono::seconds{100}};
  bool settles = true;

private:
  options how_;
};

/// Three holders, of which the first serves.
struct serving_stage : stage {
  explicit serving_stage(options how = {}) : stage{{1, 2, 3}, how} {
    place();
    pass(std::chrono::milliseconds{200});
  }
};

} // namespace holdfast::region_replica
