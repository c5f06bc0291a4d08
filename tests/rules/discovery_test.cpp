#include "actors/rules/discovery.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

constexpr auto alive = process_state::running;
constexpr auto gone = process_state::gone;
constexpr auto unclear = process_state::unknown;

instance node(std::uint64_t id, nanoseconds beat_at = 0s,
              std::uint64_t beat = 1) {
  const auto text = std::to_string(id);
  return {id,  "prod", "host:" + text, "1",  "start-" + text, 100 + id,
          500, 1,      "this boot",    beat, beat_at};
}

/// Node 1 and what it sees.
struct one_host {
  discovery rule{{5s, 2s}, node(1, 0s, 0)};
  std::vector<sighting> files;

  std::vector<discovery_action> look(nanoseconds now) {
    return rule.on_look(files, now);
  }

  /// As after the first write.
  void join() {
    look(0s);
    files.push_back({node(1), alive});
    look(1s);
  }

  sighting& file(std::uint64_t id) {
    for (auto& each : files)
      if (each.said.node == id)
        return each;
    throw std::out_of_range{"no such file"};
  }

  template <class Action>
  static const Action* only(const std::vector<discovery_action>& from) {
    const Action* found = nullptr;
    for (const auto& each : from)
      if (const auto* action = std::get_if<Action>(&each)) {
        CHECK(found == nullptr);
        found = action;
      }
    return found;
  }

  template <class Action>
  static bool none(const std::vector<discovery_action>& from) {
    return only<Action>(from) == nullptr;
  }
};

} // namespace

TEST_CASE_METHOD(one_host, "an empty directory gets this node's file",
                 "[rules][discovery]") {
  CHECK(look(0s) == std::vector<discovery_action>{write_mine{}});
  CHECK_FALSE(rule.settled());

  files.push_back({node(1), alive});

  CHECK(look(1s) == std::vector<discovery_action>{write_mine{}});
  CHECK(rule.settled());
}

TEST_CASE_METHOD(one_host, "a node that beats is found once",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), alive});

  const auto first = look(1s);
  file(2).said = node(2, 2s, 2);
  const auto second = look(2s);

  REQUIRE(only<found_peer>(first));
  CHECK(only<found_peer>(first)->peer.node == 2);
  CHECK(none<found_peer>(second));
}

TEST_CASE_METHOD(one_host, "a node that moved or restarted is found again",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), alive});
  look(1s);

  file(2).said.address = "host:9";
  CHECK(only<found_peer>(look(2s))->peer.address == "host:9");
  file(2).said.incarnation = "start-again";
  file(2).said.beat_at = 3s;
  CHECK(only<found_peer>(look(3s))->peer.incarnation == "start-again");
}

TEST_CASE_METHOD(one_host, "the file of a process that is gone is removed",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), alive});
  look(1s);

  file(2).process = gone;
  const auto out = look(2s);

  REQUIRE(only<remove_stale>(out));
  CHECK(only<remove_stale>(out)->what.node == 2);
  REQUIRE(only<lost_peer>(out));
  CHECK(only<lost_peer>(out)->why == "its process is gone");
}

TEST_CASE_METHOD(one_host, "a heartbeat that stopped is asked after first",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), unclear});
  look(1s);

  CHECK(none<ask_instance>(look(5s)));
  const auto asking = look(6s);
  const auto waiting = look(7s);
  const auto over = look(8s);

  CHECK(only<ask_instance>(asking));
  CHECK(none<remove_stale>(asking));
  CHECK(none<ask_instance>(waiting));
  CHECK(none<remove_stale>(waiting));
  CHECK(only<remove_stale>(over));
  CHECK(only<lost_peer>(over));
}

TEST_CASE_METHOD(one_host, "who answers keeps its file", "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), unclear});
  look(1s);
  REQUIRE(only<ask_instance>(look(6s)));

  rule.on_answer(file(2).said, true, 6s);

  for (const auto now : {7s, 8s, 9s, 10s})
    CHECK(look(now) == std::vector<discovery_action>{write_mine{}});
  CHECK(only<ask_instance>(look(11s)));
}

TEST_CASE_METHOD(one_host, "who says that nobody answers ends the wait",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), unclear});
  look(1s);
  REQUIRE(only<ask_instance>(look(6s)));

  rule.on_answer(node(3), false, 6s);
  auto restarted = file(2).said;
  restarted.incarnation = "another";
  rule.on_answer(restarted, false, 6s);
  CHECK(none<remove_stale>(look(7s)));
  rule.on_answer(file(2).said, false, 7s);

  CHECK(only<remove_stale>(look(7s)));
}

TEST_CASE_METHOD(one_host, "a stopped process is lost and keeps its file",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), alive});
  look(1s);
  look(6s);

  const auto out = look(8s);
  CHECK(only<lost_peer>(out));
  CHECK(none<remove_stale>(out));

  file(2).said = node(2, 9s, 2);
  CHECK(only<found_peer>(look(9s)));
}

TEST_CASE_METHOD(one_host, "a clock that lies proves no life",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1h), unclear});
  files.push_back({node(3, 1s), unclear});
  file(3).said.boot = "another boot";

  CHECK(none<found_peer>(look(1s)));
  file(3).said.beat = 2;

  REQUIRE(only<found_peer>(look(2s)));
  const auto out = look(6s);
  REQUIRE(only<ask_instance>(out));
  CHECK(only<ask_instance>(out)->whom.node == 2);
}

TEST_CASE_METHOD(one_host, "files of other clusters are neither peers nor prey",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), gone});
  file(2).said.cluster = "test";

  CHECK(look(1s) == std::vector<discovery_action>{write_mine{}});
  CHECK(look(20s) == std::vector<discovery_action>{write_mine{}});
}

TEST_CASE_METHOD(one_host, "a file that somebody removed is a peer lost",
                 "[rules][discovery]") {
  join();
  files.push_back({node(2, 1s), alive});
  look(1s);

  files.pop_back();

  CHECK(only<lost_peer>(look(2s))->why == "its file is gone");
}

TEST_CASE_METHOD(one_host, "the second node with an id stops before it writes",
                 "[rules][discovery]") {
  auto other = node(1);
  other.incarnation = "was here first";
  other.process_started = 900; // even if it looks younger
  files.push_back({other, alive});

  const auto out = look(0s);

  CHECK(out == std::vector<discovery_action>{stop_duplicate{other}});
}

TEST_CASE_METHOD(one_host, "what a killed node left is taken over at once",
                 "[rules][discovery]") {
  auto other = node(1);
  other.incarnation = "killed";
  files.push_back({other, gone});

  CHECK(look(0s) == std::vector<discovery_action>{write_mine{}});
}

TEST_CASE_METHOD(one_host,
                 "a node in another namespace with this id is watched first",
                 "[rules][discovery]") {
  auto other = node(1, 0s);
  other.incarnation = "in a container";
  files.push_back({other, unclear});

  CHECK(look(1s).empty());

  SECTION("it moves: it was there first") {
    file(1).said.beat = 2;
    CHECK(only<stop_duplicate>(look(2s)));
  }
  SECTION("it does not move and does not answer: taken over") {
    CHECK(only<ask_instance>(look(5s)));
    CHECK(look(6s).empty());
    CHECK(only<write_mine>(look(7s)));
  }
  SECTION("it does not move but answers: it was there first") {
    CHECK(only<ask_instance>(look(5s)));
    rule.on_answer(file(1).said, true, 5s);
    CHECK(only<stop_duplicate>(look(6s)));
  }
}

TEST_CASE("of two nodes that started together exactly one stops",
          "[rules][discovery]") {
  const bool comparable = GENERATE(true, false);
  auto older = node(1, 0s, 0);
  auto newer = node(1, 0s, 0);
  newer.incarnation = "x-start";
  newer.process_started = older.process_started + 1;
  if (!comparable)
    newer.pid_namespace = 2;
  const auto state = comparable ? alive : unclear;
  discovery first{{5s, 2s}, older};
  discovery second{{5s, 2s}, newer};
  first.on_look({}, 0s);
  second.on_look({}, 0s);
  older.beat = newer.beat = 1;

  // Each sees the other's file in the place of its own.
  const auto by_first = first.on_look(std::vector{sighting{newer, state}}, 1s);
  const auto by_second
    = second.on_look(std::vector{sighting{older, state}}, 1s);

  CHECK(one_host::only<write_mine>(by_first));
  CHECK(one_host::only<stop_duplicate>(by_second));
}
