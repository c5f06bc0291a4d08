#include "tests/consensus/cluster.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::consensus;
using namespace holdfast::tests;

namespace {

bool brings_entries(const message& said) {
  const auto* append = std::get_if<append_request>(&said.content);
  return append != nullptr && !append->entries.empty();
}

/// Those of five that are not among `these`.
std::vector<node_id> others_than(std::initializer_list<node_id> these) {
  std::vector<node_id> result;
  for (node_id id = 1; id <= 5; ++id)
    if (std::find(these.begin(), these.end(), id) == these.end())
      result.push_back(id);
  return result;
}

} // namespace

TEST_CASE("figure 8: an entry of an earlier term is not committed by counting",
          "[consensus][core]") {
  cluster five{1, 2, 3, 4, 5};
  const auto first = five.elect();
  const auto second = others_than({first}).front();
  five.run(500ms);
  // X is on two of five.
  five.on_message
    = [&](message& said) { return !brings_entries(said) || said.to == second; };
  five.submit(first, "X");
  five.run(50ms);
  const auto term = five[first].core->status().term;
  // The other three choose a leader, whose entries stay with it.
  for (const auto other : others_than({first, second})) {
    five.cut(first, other);
    five.cut(second, other);
  }
  five.on_message = [&](message& said) { return !brings_entries(said); };
  REQUIRE(five.run_until([&] {
    const auto found = five.leader();
    return found != 0 && found != first && found != second;
  }));
  const auto third = five.leader();
  five.submit(third, "Y");
  five.run(10ms);
  five.kill(third);
  // One of the first two leads again and brings X to one more: a majority.
  five.heal();
  const auto fourth = others_than({first, second, third}).front();
  five.on_message = [&](message& said) {
    if (!brings_entries(said))
      return true;
    auto& entries = std::get<append_request>(said.content).entries;
    std::erase_if(entries, [&](const entry& one) { return one.term > term; });
    return said.to != others_than({first, second, third}).back();
  };
  REQUIRE(five.run_until([&] {
    return five[fourth].core->status().stored
           >= five[first].core->status().membership_index + 2;
  }));
  five.run(300ms);
  for (const auto id : {first, second, fourth})
    CHECK(five[id].story().empty());

  // The third comes back with its later term and replaces it.
  five.kill(first);
  five.kill(second);
  five.on_message = nullptr;
  five.start(third);
  REQUIRE(five.run_until([&] { return five.leader() == third; }));
  five.run(300ms);
  five.start(first);
  five.start(second);
  five.run(1s);

  for (node_id id = 1; id <= 5; ++id)
    CHECK(five[id].story() == "Y");
}

TEST_CASE("what was committed is there after all were down",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  three.submit(leader, "a");
  three.submit(leader, "b");
  three.run(200ms);

  for (node_id id = 1; id <= 3; ++id)
    three.kill(id);
  for (node_id id = 1; id <= 3; ++id)
    three.start(id);
  const auto next = three.elect();
  three.submit(next, "c");
  three.run(200ms);

  for (node_id id = 1; id <= 3; ++id)
    CHECK(three[id].story() == "a b c");
}

TEST_CASE("who was away long is brought up with a snapshot",
          "[consensus][core]") {
  core_options small;
  small.bounds.inflight_entries_max = 4;
  small.snapshot_threshold = small.snapshot_trailing = 16;
  cluster three({1, 2, 3}, small);
  const auto leader = three.elect();
  const node_id away = leader == 1 ? 2 : 1;
  three.isolate(away);
  for (int i = 0; i < 100; ++i) {
    three.submit(leader, "x");
    three.run(5ms);
  }

  three.heal();
  three.run(3s);

  const auto now_leads = three.leader();
  CHECK(three[away].restored.has_value());
  CHECK(three[away].story() == three[now_leads].story());
  CHECK(three[away].story().size() == 199);
}

TEST_CASE("followers hear soon what is committed, at once where it is awaited",
          "[consensus][core]") {
  core_options slow;
  slow.heartbeat = 400ms;
  slow.election_timeout = 2s;
  slow.commit_grace = 10ms;
  cluster three({1, 2, 3}, slow);
  const auto leader = three.elect();
  three.run(500ms);
  const node_id asker = leader % 3 + 1;
  const node_id other = asker % 3 + 1;
  const node_id stranger = 9; // no member: nobody is told
  std::map<node_id, int> said;
  three.on_message = [&](message& each) {
    said[each.to] += each.from == leader ? 1 : 0;
    return true;
  };

  three.take(leader,
             three[leader].core->submit(
               {{99, bytes_of("a"), {asker, leader, stranger}}}, three.now));
  // It is committed before the asker has it on disk.
  three[asker].disk_stopped = true;
  three.run(5ms);
  three[asker].disk_stopped = false;
  three.run(3ms);
  const auto at_once = three[asker].story();
  const auto not_yet = three[other].story();
  three.run(10ms);

  CHECK(three[leader].ending(99) == outcome::committed);
  CHECK(at_once == "a");
  CHECK(not_yet == "");
  CHECK(three[other].story() == "a");
  // The entry, and that it is committed.
  CHECK(said[asker] == 2);
  CHECK(said[other] == 2);
}
