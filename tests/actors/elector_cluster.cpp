#include "tests/actors/elector_cluster.hpp"

#include "actors/consensus/membership.hpp"
#include "tests/actors/elector_options_of.hpp"

namespace holdfast::test {

using namespace std::chrono_literals;

consensus::octets octets_of(const std::string& text) {
  return {text.begin(), text.end()};
}

actors::machine_actor::behavior_type
recording_machine(actors::machine_actor::pointer,
                  std::shared_ptr<machine_record> record) {
  return {
    [record](const restore_request& request) {
      ++record->restores;
      record->last = request.base.index;
      record->commands.assign(request.base.state.size(), "restored");
    },
    [](const check_request& request) -> caf::result<void> {
      if (request.command == octets_of("nonsense"))
        return actors::make_error(shm::errc::corrupt, "not readable");
      return caf::unit;
    },
    [record](const committed_entries& committed) {
      applied_results results;
      for (const auto& [index, entry] : committed.entries) {
        CHECK(index == record->last + 1);
        record->last = index;
        results.answers.emplace_back();
        if (entry.kind != consensus::entry_kind::command)
          continue;
        record->commands.emplace_back(entry.data.begin(), entry.data.end());
        results.answers.back() = octets_of(record->commands.back() + "!");
      }
      return results;
    },
    [record](machine_snapshot_query) {
      return machine_snapshot{record->last,
                              consensus::octets(record->commands.size())};
    },
  };
}

actors::leadership_watcher_actor::behavior_type
recording_watcher(actors::leadership_watcher_actor::pointer,
                  std::shared_ptr<leadership_record> record) {
  return {
    [record](const leadership& now) { record->heard.push_back(now); },
  };
}

elector_cluster::elector_cluster(int count) {
  for (int i = 1; i <= count; ++i)
    members_.members.push_back({static_cast<consensus::node_id>(i),
                                "node-" + std::to_string(i) + ":4100",
                                consensus::member_role::voter});
  for (const auto& member : members_.members) {
    nodes_[member.id].kept = std::make_shared<kept_log>();
    start_node(member.id);
  }
  for (const auto& [one, _] : nodes_)
    for (const auto& [other, __] : nodes_)
      if (one < other)
        connect(one, other);
}

void elector_cluster::start_node(consensus::node_id id) {
  auto& made = nodes_[id];
  made.record = std::make_shared<machine_record>();
  made.machine = start(recording_machine, made.record);
  actors::log_store_options store;
  store.storage = std::make_shared<memory_storage>(made.kept);
  store.who = [id, starts = ++starts_] {
    return consensus::origin{id, starts};
  };
  store.writes_max = 1000;
  store.log = log();
  made.store = start(actors::log_store, std::move(store));
  auto options = elector_options_of(*this, id, members_);
  options.core.snapshot_threshold = 1024;
  options.store = made.store;
  options.machine = made.machine;
  if (made.joins)
    options.first_members = {};
  made.elector = start(actors::elector, std::move(options));
}

void elector_cluster::route(consensus::node_id from, consensus::node_id to) {
  tell(at(from).elector, actors::peer_route{to, at(to).elector});
}

void elector_cluster::connect(consensus::node_id one,
                              consensus::node_id other) {
  route(one, other);
  route(other, one);
}

void elector_cluster::cut(consensus::node_id one, consensus::node_id other) {
  tell(at(one).elector, actors::peer_route{other, {}});
  tell(at(other).elector, actors::peer_route{one, {}});
}

void elector_cluster::kill(consensus::node_id id) {
  end(at(id).elector);
  end(at(id).store);
  end(at(id).machine);
}

void elector_cluster::restart(consensus::node_id id) {
  start_node(id);
  for (const auto& [other, _] : nodes_)
    if (other != id)
      connect(id, other);
}

void elector_cluster::restart_without_log(consensus::node_id id) {
  at(id).kept = std::make_shared<kept_log>();
  at(id).joins = true;
  restart(id);
}

leadership elector_cluster::leader_seen_by(consensus::node_id id) {
  return *ask<leadership>(at(id).elector, leader_query{}).value;
}

consensus::node_id elector_cluster::await_leader() {
  for (int i = 0; i < 1000; ++i) {
    for (const auto& [id, each] : nodes_) {
      const auto seen = ask<leadership>(each.elector, leader_query{});
      if (seen.value && seen.value->serves)
        return id;
    }
    advance(10ms);
  }
  FAIL("nobody leads");
  return 0;
}

answered<proposal_result> elector_cluster::propose(consensus::node_id at_node,
                                                   const std::string& command) {
  return ask<proposal_result>(at(at_node).elector,
                              propose_request{octets_of(command)});
}

} // namespace holdfast::test
