#include "tests/rules/region_replica_stage.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast::region_replica;
using namespace std::chrono_literals;

TEST_CASE("a node that holds a region alone serves and commits at once",
          "[rules][region_replica]") {
  stage s{{1}};
  s.place();

  s.store(1, 5, 1);
  s.carry(1, s.nodes.at(1).on_flush(s.now, 7, 10));

  CHECK(s.nodes.at(1).serving(s.now));
  CHECK(s.ended(1, 7) == outcome::ok);
}

TEST_CASE("a home serves once its epoch has settled",
          "[rules][region_replica]") {
  stage s{{1, 2, 3}};
  s.settles = false;
  s.place();
  s.pass(500ms);
  REQUIRE(s.phase_of(1) == phase::settling);
  REQUIRE_FALSE(s.nodes.at(1).serving(s.now));

  s.settles = true;
  s.pass(1500ms);

  CHECK(s.phase_of(1) == phase::serving);
  CHECK(s.nodes.at(1).serving(s.now));
}

TEST_CASE("a slow holder is sent the state and not the history",
          "[rules][region_replica]") {
  serving_stage s;
  s.cut = {3};
  for (std::uint64_t version = 1; version <= 1000; ++version) {
    s.store(1, 5, version);
    s.run();
  }

  s.cut.clear();
  const auto before = s.all<apply>(3).size();
  s.pass(1500ms);

  CHECK(s.at(3, 5) == stamp{10, 1000});
  CHECK(s.all<apply>(3).size() - before <= 2);
}

TEST_CASE("messages and what is on its way are bounded",
          "[rules][region_replica]") {
  options how;
  stage s{{1, 2}, how};
  s.place();
  s.pass(200ms);
  s.network.clear();

  for (variable_key key = 1; key <= 100; ++key)
    s.store(1, key, 1, 100'000);

  std::size_t under_way = 0;
  for (const auto& each : s.network)
    if (const auto* what = std::get_if<delta>(&each.said.says)) {
      std::size_t bytes = 0;
      for (const auto& row : what->rows)
        bytes += row.bytes;
      CHECK(bytes <= how.message_bytes_max);
      under_way += bytes;
    }
  CHECK(under_way <= how.window_bytes_max + how.message_bytes_max);
}

TEST_CASE("a delta below the promise is refused, and its home steps down",
          "[rules][region_replica]") {
  serving_stage s;
  s.frozen = s.cut = {1};
  s.move(2);
  s.pass(4s);
  REQUIRE(s.phase_of(2) == phase::serving);

  s.cut.clear();
  s.store(1, 5, 1);
  s.run();

  CHECK(s.phase_of(1) == phase::following);
  CHECK_FALSE(s.nodes.at(1).serving(s.now));
  CHECK(s.at(3, 5) == stamp{});
}

TEST_CASE("a planned move waits for nothing and loses nothing",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  s.undrained[1] = {{6, 3, 8}};

  s.move(2);

  CHECK(s.phase_of(2) == phase::serving);
  CHECK(s.at(2, 5) == stamp{10, 1});
  CHECK(s.at(2, 6) == stamp{10, 3});
  CHECK(s.all<discard>(1).empty());
}

TEST_CASE("a home that returns names what it discards",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  s.run();
  s.frozen = s.cut = {1};
  s.store(1, 5, 4);
  s.move(2);
  s.pass(4s);
  s.store(2, 5, 2);
  s.run();

  s.frozen.clear();
  s.cut.clear();
  s.pass(2s);

  REQUIRE(s.all<discard>(1).size() == 1);
  CHECK(s.all<discard>(1)[0].versions
        == std::vector<committed_version>{{5, 4}});
  CHECK(s.at(1, 5) == stamp{20, 5});
  CHECK(s.at(2, 5) == s.at(1, 5));
}

TEST_CASE("a holder without memory does not count until it is whole",
          "[rules][region_replica]") {
  serving_stage s;
  s.cut = {3};
  s.store(1, 5, 1);
  s.run();
  s.start(2, 2, 15); // and with it the value that it had acknowledged
  s.cut = s.frozen = {1};

  s.move(3);
  s.pass(5s);

  CHECK(s.phase_of(3) == phase::collecting);
}

TEST_CASE("a holder that died is whole no more, and is again in its next life",
          "[rules][region_replica]") {
  stage s{{1, 2, 3}};
  s.place();
  s.store(1, 5, 1);
  s.pass(1500ms);
  using nodes = std::set<node_id>;
  REQUIRE(s.nodes.at(1).look().whole == nodes{1, 2, 3});

  s.carry(1, s.nodes.at(1).on_death_proven(s.now, 2, 1));
  CHECK(s.nodes.at(1).look().whole == nodes{1, 3});

  s.carry(2, s.start(2, 2, 15).on_placement(s.now, s.placed));
  s.pass(1500ms);
  CHECK(s.nodes.at(1).look().whole == nodes{1, 2, 3});
}

TEST_CASE("a restarted holder is made whole and counts again",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  s.run();
  s.carry(2, s.start(2, 2, 15).on_placement(s.now, s.placed));

  s.pass(1s);

  CHECK(s.nodes.at(2).look().memory == memory::whole);
  CHECK(s.at(2, 5) == stamp{10, 1});
}

TEST_CASE("a holder that begins is asked at once, however long it was silent",
          "[rules][region_replica]") {
  stage s{{1, 2, 3}};
  s.cut = s.frozen = {2};
  s.place();
  s.pass(5s);
  s.cut.clear();
  s.frozen.clear();

  s.carry(2, s.start(2, 2, 15).on_placement(s.now, s.placed));
  s.run();

  CHECK(s.nodes.at(2).look().memory == memory::whole);
}

TEST_CASE("when all have answered and too few kept their memory it says so",
          "[rules][region_replica]") {
  serving_stage s;
  for (const node_id id : {1, 2, 3})
    s.start(id, 2, 15);

  s.move(2);
  s.pass(4s);

  REQUIRE(s.all<report_loss>(2).size() == 1);
  CHECK(s.all<report_loss>(2)[0].whole == 0);
  CHECK(s.all<report_loss>(2)[0].needed == 2);
  CHECK(s.phase_of(2) == phase::serving);
}

TEST_CASE("when all are back from their disks it says so, too",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  s.pass(200ms);
  for (const node_id id : {1, 2, 3}) {
    const auto kept = s.nodes.at(id).held();
    s.start(id, 2, 15).restore(kept);
  }

  s.move(2);
  s.pass(4s);

  REQUIRE(s.all<report_loss>(2).size() == 1);
  CHECK(s.all<report_loss>(2)[0].whole == 0);
  CHECK(s.all<report_loss>(2)[0].restored == 3);
  CHECK(s.at(2, 5).version == 1);
}

TEST_CASE("a holder alone that is back from its disk lost nothing promised",
          "[rules][region_replica]") {
  const bool on_disk = GENERATE(true, false);
  stage s{{1}};
  s.place();
  s.pass(200ms);
  const auto kept = s.nodes.at(1).held();
  auto& again = s.start(1, 2, 15);
  if (on_disk)
    again.restore(kept);

  s.placed.epoch = 20;
  s.place();
  s.pass(4s);

  CHECK(s.phase_of(1) == phase::serving);
  CHECK(s.all<report_loss>(1).size() == (on_disk ? 0 : 1));
}

TEST_CASE("a home of a life before this one does not act",
          "[rules][region_replica]") {
  serving_stage s;

  s.carry(1, s.start(1, 2, 15).on_placement(s.now, s.placed));
  s.pass(1s);

  CHECK(s.phase_of(1) == phase::stranded);
}

TEST_CASE("a home that goes on in a new epoch serves meanwhile",
          "[rules][region_replica]") {
  serving_stage s;
  s.start(4, 1);
  s.settles = false;

  s.placed.replicas.insert(4);
  s.placed.epoch = 20;
  s.place();
  s.store(1, 5, 1);
  s.carry(1, s.nodes.at(1).on_flush(s.now, 7, 20));
  s.pass(1s);

  CHECK(s.nodes.at(1).serving(s.now));
  CHECK_FALSE(s.ended(1, 7));
  s.settles = true;
  s.pass(1500ms);
  CHECK(s.ended(1, 7) == outcome::ok);
  CHECK(s.at(4, 5) == stamp{20, 1});
}

TEST_CASE("a delta about a variable that is not there yet comes again",
          "[rules][region_replica]") {
  serving_stage s;
  s.nodes.at(1).add_variable(500);
  s.nodes.at(2).add_variable(500);
  s.store(1, 500, 1);
  s.pass(500ms);
  REQUIRE(s.at(3, 500) == stamp{});

  s.nodes.at(3).add_variable(500);
  s.pass(1500ms);

  CHECK(s.at(3, 500) == stamp{10, 1});
}

TEST_CASE("messages that were said before change nothing when they come again",
          "[rules][region_replica]") {
  serving_stage s;
  std::vector<stage::parcel> seen;
  s.store(1, 5, 1);
  seen.assign(s.network.begin(), s.network.end());
  s.run();
  s.store(1, 5, 2);
  s.run();

  for (const auto& each : seen)
    s.deliver(each);
  s.run();

  CHECK(s.at(2, 5) == stamp{10, 2});
  CHECK(s.at(3, 5) == stamp{10, 2});
}

TEST_CASE("what came along with a delta is not committed with it",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  for (auto& each : s.network)
    if (auto* what = std::get_if<delta>(&each.said.says))
      for (auto& row : what->rows)
        row.carry(3, 8, 10); // stored again since it was drained

  s.pass(1s);

  CHECK(s.at(2, 5) == stamp{10, 3});
  REQUIRE(s.all<commit>(2).size() == 1);
  CHECK(s.all<commit>(2)[0].versions == std::vector<committed_version>{{5, 1}});
}
