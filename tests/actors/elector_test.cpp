#include "tests/actors/elector_cluster.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct one_elector : elector_cluster {
  one_elector() : elector_cluster{1} {
    // nop
  }
};

struct three_electors : elector_cluster {
  consensus::node_id leader;

  three_electors() : elector_cluster{3}, leader{await_leader()} {
    // nop
  }

  consensus::node_id follower() const {
    return leader % 3 + 1;
  }

  consensus::node_id other_follower() const {
    return follower() % 3 + 1;
  }

  using commands = std::vector<std::string>;
};

} // namespace

TEST_CASE_METHOD(one_elector, "a node alone leads and agrees with itself",
                 "[actors][elector]") {
  const auto leader = await_leader();

  const auto result = propose(leader, "a");

  REQUIRE(result);
  CHECK(result->answer == octets_of("a!"));
  CHECK(at(1).record->commands == std::vector<std::string>{"a"});
  CHECK(at(1).kept->log.entries.size() == at(1).record->last);
}

TEST_CASE_METHOD(three_electors, "all know the one leader",
                 "[actors][elector]") {
  advance(200ms);

  for (consensus::node_id id = 1; id <= 3; ++id) {
    const auto seen = leader_seen_by(id);
    CHECK(seen.leader == leader);
    CHECK(seen.serves == (id == leader));
    CHECK(seen.takes_part);
  }
}

TEST_CASE_METHOD(three_electors, "what is proposed is applied on all nodes",
                 "[actors][elector]") {
  const auto first = propose(leader, "a");
  const auto second = propose(leader, "b");
  advance(200ms);

  REQUIRE(first);
  REQUIRE(second);
  CHECK(second->index == first->index + 1);
  for (consensus::node_id id = 1; id <= 3; ++id) {
    CHECK(at(id).record->commands == commands{"a", "b"});
    CHECK(at(id).kept->log == at(leader).kept->log);
  }
}

TEST_CASE_METHOD(three_electors, "a follower has the leader agree",
                 "[actors][elector]") {
  advance(200ms);

  const auto result = propose(follower(), "a");

  REQUIRE(result);
  CHECK(result->answer == octets_of("a!"));
  CHECK(at(leader).record->commands == commands{"a"});
}

TEST_CASE_METHOD(three_electors, "the loss of one node stops nothing",
                 "[actors][elector]") {
  kill(follower());

  const auto result = propose(leader, "a");
  advance(200ms);

  REQUIRE(result);
  CHECK(at(other_follower()).record->commands == commands{"a"});
}

TEST_CASE_METHOD(three_electors,
                 "another node leads when the leader is lost, with all that "
                 "was agreed on",
                 "[actors][elector]") {
  REQUIRE(propose(leader, "a"));

  kill(leader);
  const auto next = await_leader();
  const auto result = propose(next, "b");

  CHECK(next != leader);
  REQUIRE(result);
  CHECK(at(next).record->commands == commands{"a", "b"});
}

TEST_CASE_METHOD(three_electors,
                 "a node that starts again on its disk catches up",
                 "[actors][elector]") {
  REQUIRE(propose(leader, "a"));
  const auto lost = follower();
  kill(lost);
  REQUIRE(propose(leader, "b"));

  restart(lost);
  advance(500ms);

  CHECK(at(lost).record->commands == commands{"a", "b"});
  CHECK(at(lost).kept->log == at(leader).kept->log);
}

TEST_CASE_METHOD(three_electors,
                 "a proven death is followed by an election "
                 "sooner than silence is",
                 "[actors][elector]") {
  advance(200ms);
  kill(leader);

  tell(at(follower()).elector, peer_death_proven{leader});
  tell(at(other_follower()).elector, peer_death_proven{leader});
  advance(150ms);

  const auto next = leader_seen_by(follower()).leader;
  CHECK(next != 0);
  CHECK(next != leader);
}

TEST_CASE_METHOD(three_electors, "leadership is handed over",
                 "[actors][elector]") {
  advance(200ms);

  const auto handed
    = ask<nothing>(at(leader).elector, transfer_request{follower()});
  advance(200ms);

  CHECK(handed);
  CHECK(leader_seen_by(leader).leader == follower());
  CHECK(leader_seen_by(follower()).serves);
  CHECK(propose(leader, "a"));
}

TEST_CASE_METHOD(three_electors,
                 "only the leader hands over or changes members",
                 "[actors][elector]") {
  advance(200ms);
  const consensus::member removed{leader, {}, {}};

  const auto handed
    = ask<nothing>(at(follower()).elector, transfer_request{follower()});
  const auto changed = ask<proposal_result>(
    at(follower()).elector,
    change_member_request{{consensus::change::step::remove, removed}});

  CHECK(handed.error.code == shm::errc::no_leader);
  CHECK(changed.error.code == shm::errc::no_leader);
}

TEST_CASE_METHOD(three_electors, "a member is removed by the leader",
                 "[actors][elector]") {
  advance(200ms);
  const consensus::member removed{follower(), {}, {}};

  const auto changed = ask<proposal_result>(
    at(leader).elector,
    change_member_request{{consensus::change::step::remove, removed}});
  const auto status
    = ask<elector_status>(at(leader).elector, elector_status_query{});

  REQUIRE(changed);
  CHECK(status->core.members.members.size() == 2);
  CHECK(status->proposals == 0);
}

TEST_CASE_METHOD(three_electors, "a barrier comes after what was agreed on",
                 "[actors][elector]") {
  const auto before = propose(leader, "a");

  const auto barrier
    = ask<proposal_result>(at(leader).elector, barrier_request{});

  REQUIRE(barrier);
  CHECK(barrier->index > before->index);
}

TEST_CASE_METHOD(three_electors,
                 "a proposal waits for a leader and is agreed on once",
                 "[actors][elector]") {
  cut(follower(), other_follower());
  kill(leader);
  advance(1000ms);
  REQUIRE(leader_seen_by(follower()).leader == 0);
  caf::scoped_actor asker{system};
  auto response = asker->request(at(follower()).elector, caf::infinite,
                                 propose_request{octets_of("a")});

  connect(follower(), other_follower());
  await_leader();
  advance(200ms);

  REQUIRE(asker->has_next_message());
  response.receive(
    [](const proposal_result& result) {
      CHECK(result.answer == octets_of("a!"));
    },
    [](const caf::error&) { FAIL("not agreed on"); });
  CHECK(at(follower()).record->commands == commands{"a"});
  CHECK(at(other_follower()).record->commands == commands{"a"});
}

TEST_CASE_METHOD(three_electors,
                 "without a majority a proposal ends at its deadline, as one "
                 "that did not happen",
                 "[actors][elector]") {
  kill(leader);
  kill(other_follower());
  advance(2000ms);
  REQUIRE(leader_seen_by(follower()).leader == 0);
  caf::scoped_actor asker{system};
  auto response = asker->request(at(follower()).elector, caf::infinite,
                                 propose_request{octets_of("a")});

  advance(1900ms);
  const bool early = asker->has_next_message();
  advance(300ms);

  CHECK_FALSE(early);
  REQUIRE(asker->has_next_message());
  response.receive([](proposal_result&) { FAIL("agreed on alone"); },
                   [](caf::error& error) {
                     CHECK(actors::to_shm(error).code == shm::errc::no_leader);
                   });
}

TEST_CASE_METHOD(three_electors,
                 "a leader that is cut off is not followed, and what it was "
                 "asked for is unknown",
                 "[actors][elector]") {
  advance(200ms);
  cut(leader, follower());
  cut(leader, other_follower());
  caf::scoped_actor asker{system};
  auto response = asker->request(at(leader).elector, caf::infinite,
                                 propose_request{octets_of("lost")});

  advance(2000ms);
  const auto next = leader_seen_by(follower()).leader;

  CHECK(next != 0);
  CHECK(next != leader);
  REQUIRE(asker->has_next_message());
  response.receive([](proposal_result&) { FAIL("agreed on alone"); },
                   [](caf::error& error) {
                     CHECK(actors::to_shm(error).code == shm::errc::unknown);
                   });
  CHECK(at(leader).record->commands.empty());
}

TEST_CASE_METHOD(three_electors, "proposals beyond the bound are refused",
                 "[actors][elector]") {
  kill(follower());
  kill(other_follower());
  caf::scoped_actor others{system};
  for (int i = 0; i < 8; ++i)
    others->send(at(leader).elector, propose_request{octets_of("waits")});
  run();

  const auto beyond = propose(leader, "one more");

  CHECK(beyond.error.code == shm::errc::overloaded);
}

TEST_CASE_METHOD(three_electors, "a command beyond the bound is refused",
                 "[actors][elector]") {
  const auto result = propose(leader, std::string((1 << 20) + 1, 'x'));

  CHECK(result.error.code == shm::errc::too_long);
}

TEST_CASE_METHOD(three_electors,
                 "a node whose disk fails says so and takes no "
                 "part any more",
                 "[actors][elector]") {
  const auto record = std::make_shared<leadership_record>();
  const auto watcher = start(recording_watcher, record);
  REQUIRE(ask<leadership>(at(leader).elector,
                          actors::watch_leadership_request{watcher}));
  at(leader).kept->commits_until_failure = 0;

  const auto lost = propose(leader, "a");
  const auto later = propose(leader, "b");
  advance(2000ms);
  const auto next = leader_seen_by(follower()).leader;

  CHECK(lost.error.code == shm::errc::unknown);
  CHECK(later.error.code == shm::errc::unavailable);
  REQUIRE_FALSE(record->heard.empty());
  CHECK_FALSE(record->heard.back().takes_part);
  CHECK(record->heard.back().leader == 0);
  CHECK(has_logged("this node left the agreement"));
  CHECK(next != 0);
  CHECK(next != leader);
  CHECK(propose(next, "c"));
}

TEST_CASE_METHOD(three_electors,
                 "watchers hear of the next leader, as many as "
                 "there may be",
                 "[actors][elector]") {
  advance(200ms);
  const auto watched = follower();
  const auto record = std::make_shared<leadership_record>();
  const auto watcher = start(recording_watcher, record);
  const auto second = start(recording_watcher, record);
  const auto watch = [&](const actors::leadership_watcher_actor& by) {
    return ask<leadership>(at(watched).elector,
                           actors::watch_leadership_request{by});
  };

  const auto now = watch(watcher);
  watch(second);
  const auto third = watch(start(recording_watcher, record));
  end(second);
  const auto after = watch(start(recording_watcher, record));
  kill(leader);
  const auto next = await_leader();
  advance(200ms);

  CHECK(now->leader == leader);
  CHECK(third.error.code == shm::errc::overloaded);
  CHECK(after);
  REQUIRE_FALSE(record->heard.empty());
  CHECK(record->heard.back().leader == next);
}

TEST_CASE_METHOD(three_electors,
                 "what the machine cannot read does not get into the log",
                 "[actors][elector]") {
  const auto refused = propose(follower(), "nonsense");
  const auto taken = propose(follower(), "a");

  CHECK(refused.error.code == shm::errc::bad_argument);
  CHECK(refused.error.detail.find("not readable") != std::string::npos);
  CHECK(taken);
  CHECK(at(leader).record->commands == commands{"a"});
}

TEST_CASE_METHOD(three_electors, "nobody speaks for another node",
                 "[actors][elector]") {
  advance(200ms);
  const auto before = leader_seen_by(follower());
  consensus_packet forged;
  forged.from = other_follower();
  forged.to = follower();
  forged.kind = 1;

  tell(at(follower()).elector, forged);

  CHECK(leader_seen_by(follower()) == before);
  CHECK_FALSE(has_logged("a word of another elector was refused"));
}

TEST_CASE_METHOD(three_electors,
                 "a node that was away for long is sent a snapshot",
                 "[actors][elector]") {
  const auto lost = follower();
  kill(lost);
  for (int i = 0; i < 2500; ++i)
    REQUIRE(propose(leader, "x"));
  REQUIRE(at(leader).kept->log.base);
  at(lost).kept->log = {};

  restart(lost);
  advance(1000ms);

  CHECK(at(lost).record->restores == 1);
  CHECK(at(lost).record->last == at(leader).record->last);
}
