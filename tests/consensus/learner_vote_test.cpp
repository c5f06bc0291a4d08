// Who votes while a change of the membership is under way, and who holds it.
#include "tests/consensus/cluster.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::consensus;
using namespace holdfast::tests;

namespace {

using step = change::step;

/// Three voters and a learner, 4, that has caught up.
struct three_and_a_learner {
  cluster nodes{1, 2, 3};
  node_id leader = 0;
  std::vector<node_id> others;
  std::map<node_id, int> granted; ///< by the learner, to whom

  three_and_a_learner() {
    leader = nodes.elect();
    nodes.run(500ms);
    nodes.add_learner(leader, 4);
    for (const node_id id : {1, 2, 3})
      if (id != leader)
        others.push_back(id);
    nodes.on_message = [this](message& said) {
      if (const auto* vote = std::get_if<vote_result>(&said.content);
          vote != nullptr && said.from == 4 && vote->granted)
        ++granted[said.to];
      return true;
    };
  }

  void ask_learner(node_id from, const vote_request& asked) {
    message said;
    said.from = from;
    said.to = 4;
    said.cluster = digest_of(voters({1, 2, 3}));
    said.who = {1000 + from, nodes[from].starts};
    said.sequence = 1'000'000 + nodes.now.count();
    said.content = asked;
    nodes.deliver(std::move(said));
    nodes.run(5ms);
  }

  /// For the term after this one, from a log as long as the learner's.
  vote_request next_term() {
    const auto status = nodes[4].core->status();
    return {status.term + 1, status.last, status.term, false, false};
  }

  /// Whom it has heard last leads no more.
  void silence() {
    for (const node_id id : {1, 2, 3})
      nodes.kill(id);
    nodes.run(2s);
  }
};

bool serves(cluster& nodes, node_id id) {
  return nodes[id].core != nullptr && nodes[id].core->status().serves;
}

} // namespace

TEST_CASE("a lone voter that grows to two and stops leads again",
          "[consensus][core]") {
  cluster some{1};
  some.run(5ms);
  some.add_learner(1, 2);
  some.cut(1, 2);
  some.change(1, step::promote, 2);
  some.run(50ms);

  some.kill(1);
  some.start(1);
  some.heal();

  CHECK(some.run_until([&] { return serves(some, 1); }));
  CHECK(some[1].core->status().members == voters({1, 2}));
}

TEST_CASE("a leader that stops in shrinking two to one leads again",
          "[consensus][core]") {
  cluster two{1, 2};
  const auto leader = two.elect();
  const node_id other = 3 - leader;
  two.run(500ms);
  two[leader].disk_stopped = true;
  two.change(leader, step::demote, other);
  two.run(100ms);

  two.kill(leader);
  two[leader].disk_stopped = false;
  two.start(leader);

  CHECK(two[other].core->status().membership_index == 1);
  CHECK(two.elect() != 0);
}

TEST_CASE("the vote of who does not know its promotion counts",
          "[consensus][core]") {
  three_and_a_learner some;
  auto& nodes = some.nodes;
  const auto knows = some.others.front();
  nodes.cut(some.leader, some.others.back());
  nodes.cut(some.leader, 4);
  nodes.change(some.leader, step::promote, 4);
  nodes.run(50ms);

  nodes.kill(some.leader);

  CHECK(nodes.run_until([&] { return serves(nodes, knows); }));
  CHECK(voter_count(nodes[knows].core->status().members) == 4);
}

TEST_CASE("a learner has one vote in a term, also after a restart",
          "[consensus][core]") {
  three_and_a_learner some;
  some.silence();
  const auto asked = some.next_term();

  some.ask_learner(1, asked);
  some.ask_learner(2, asked);
  some.nodes.kill(4);
  some.nodes.start(4);
  some.ask_learner(2, asked);
  some.ask_learner(1, asked);

  CHECK(some.granted == std::map<node_id, int>{{1, 2}});
}

TEST_CASE("a learner says its vote only when it is on disk",
          "[consensus][core]") {
  three_and_a_learner some;
  some.silence();

  some.nodes[4].disk_stopped = true;
  some.ask_learner(1, some.next_term());
  const auto before = some.granted;
  some.nodes[4].disk_stopped = false;
  some.nodes.run(5ms);

  CHECK(before.empty());
  CHECK(some.granted == std::map<node_id, int>{{1, 1}});
}

TEST_CASE("a learner refuses who is behind it, and everybody while it is led",
          "[consensus][core]") {
  three_and_a_learner some;
  const auto asked = some.next_term();

  some.ask_learner(some.others.front(), asked);
  some.silence();
  auto behind = asked;
  --behind.last_index;
  some.ask_learner(some.others.front(), behind);

  CHECK(some.granted.empty());
}
