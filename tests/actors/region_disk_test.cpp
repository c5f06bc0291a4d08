// Holders of a region that is on disk, too: what their disks say, and what is
// there when all of them begin again.
#include "actors/region_disk.hpp"

#include "tests/actors/region_holders.hpp"
#include "tests/support/memory_region_disks.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using region_replica::memory;
using region_replica::phase;
using shm::errc;

namespace {

struct durable_holders : region_holders {
  durable_holders() : region_holders{true} {
    begin();
  }

  memory_disk& disk(std::uint64_t node) {
    return *disks[node - 1];
  }

  region_report report_of(std::uint64_t node) {
    return ask<region_report>(on(node).region, region_status_query{})
      .value.value();
  }

  answered<nothing> flush_to_disk(std::uint64_t node,
                                  std::chrono::milliseconds patience = 0ms) {
    caf::scoped_actor asker{system};
    return ask_as<nothing>(asker, on(node).region, flush_request{0, true},
                           patience);
  }

  void fail(std::uint64_t node, errc code) {
    disk(node).fails = shm::failed(code, "the test says so");
  }

  /// Everything ends at once; then all begin again, the same node is home.
  void restart_all(std::set<std::uint64_t> who = {1, 2, 3}) {
    for (const auto node : std::set{alive})
      kill_node(node);
    for (const auto node : who)
      start_node(node, lives[node] + 1);
    place(placed.home, placed.replicas);
    advance(2000ms);
  }
};

} // namespace

TEST_CASE_METHOD(durable_holders, "what is flushed to disk is on the disks",
                 "[actors][region_disk]") {
  store(1, "kept");

  CHECK(flush_to_disk(1));

  for (std::uint64_t node = 1; node <= 3; ++node) {
    CHECK(on_disk(node) == "kept");
    CHECK(disk(node).complete->held == placed.epoch);
    CHECK(report_of(node).disk == disk_state::written);
  }
}

TEST_CASE_METHOD(durable_holders, "a flush to disk takes a majority of disks",
                 "[actors][region_disk]") {
  const auto how = GENERATE(errc::system, errc::full);
  fail(2, how);
  store(1, "one disk is bad");
  CHECK(flush_to_disk(1));
  CHECK(report_of(2).disk == disk_state::failing);
  CHECK(report_of(2).disk_trouble.find("the test says so")
        != std::string::npos);
  CHECK(has_logged("a region cannot be put on disk; it goes on in memory"));
  const auto anew = disk(2).anew;

  fail(1, how);
  store(1, "two are");
  const auto flushed = flush_to_disk(1, 11000ms);

  REQUIRE_FALSE(flushed);
  CHECK(flushed.error.code == errc::unknown);
  CHECK(flush(1)); // memory goes on
  CHECK(read(3) == "two are");

  disk(1).fails.reset();
  disk(2).fails.reset();
  CHECK(flush_to_disk(1, 6000ms));
  CHECK(on_disk(1) == "two are");
  advance(6000ms);
  CHECK(on_disk(2) == "two are");
  CHECK(report_of(2).disk == disk_state::written);
  CHECK(has_logged("a region is on disk again"));
  // Only a full disk is gone on with.
  CHECK((disk(2).anew == anew) == (how == errc::full));
}

TEST_CASE_METHOD(durable_holders, "all come back with what was flushed to disk",
                 "[actors][region_disk]") {
  store(1, "first");
  store(1, "kept");
  REQUIRE(flush_to_disk(1));
  const auto version = title(1).version();
  const auto epoch = placed.epoch;

  restart_all();

  CHECK(placed.epoch > epoch);
  for (std::uint64_t node = 1; node <= 3; ++node) {
    CHECK(read(node) == "kept");
    CHECK(title(node).version() >= version);
  }
  CHECK(rule_of(1).phase == phase::settling);
  settle();
  CHECK(rule_of(1).phase == phase::serving);
  store(1, "and on");
  CHECK(flush_to_disk(1));
  CHECK(on_disk(3) == "and on");
}

TEST_CASE_METHOD(durable_holders,
                 "a majority back from its disks waits for the others",
                 "[actors][region_disk]") {
  store(1, "kept");
  REQUIRE(flush_to_disk(1));

  restart_all({1, 2});
  CHECK(rule_of(1).phase == phase::collecting);
  start_node(3, 2);
  tell_placement();
  advance(2000ms);

  CHECK(rule_of(1).phase == phase::settling);
  CHECK(read(1) == "kept");
}

TEST_CASE_METHOD(durable_holders,
                 "a holder back from its disk shows nothing until it is whole",
                 "[actors][region_disk]") {
  store(1, "old");
  REQUIRE(flush_to_disk(1));
  kill_node(2);
  store(1, "new");
  REQUIRE(flush(1));
  caf::scoped_actor reader{system};

  start_node(2, 2);
  cut(2);
  tell_placement();
  CHECK(rule_of(2).memory == memory::restored);
  const auto refused = ask_as<attached_region>(
    reader, on(2).region, attach_request{7, shm::access::read}, 6000ms);
  CHECK(refused.error.code == errc::unavailable);
  mend(2);
  place(1, {2, 3}); // the tables know its new life
  advance(500ms);

  CHECK(rule_of(2).memory == memory::whole);
  CHECK(read(2) == "new");
  advance(100ms);
  CHECK(on_disk(2) == "new");
}

TEST_CASE_METHOD(durable_holders,
                 "a damaged file is told of, and the others have the values",
                 "[actors][region_disk]") {
  store(1, "kept");
  REQUIRE(flush_to_disk(1));
  disk(1).damaged = true;

  restart_all();

  CHECK(has_logged("a region begins without what it had on disk"));
  CHECK(report_of(1).disk_trouble.find("a byte is wrong") != std::string::npos);
  for (std::uint64_t node = 1; node <= 3; ++node) {
    CHECK(read(node) == "kept");
    CHECK(on_disk(node) == "kept");
  }
}

TEST_CASE_METHOD(durable_holders, "a variable that is removed leaves the disk",
                 "[actors][region_disk]") {
  store(1, "kept");
  REQUIRE(flush_to_disk(1));
  REQUIRE(on_disk(2) == "kept");

  for (std::uint64_t node = 1; node <= 3; ++node)
    REQUIRE(ask<nothing>(on(node).region, remove_variable_request{"title"}));
  advance(100ms);

  for (std::uint64_t node = 1; node <= 3; ++node)
    CHECK(on_disk(node) == "no value");
}

TEST_CASE_METHOD(durable_holders, "a region that is retired leaves no file",
                 "[actors][region_disk]") {
  store(1, "kept");
  REQUIRE(flush_to_disk(1));

  const bool lives_on = GENERATE(true, false);

  for (std::uint64_t node = 1; node <= 3; ++node)
    ask<nothing>(on(node).region, retire_request{lives_on});

  for (std::uint64_t node = 1; node <= 3; ++node)
    CHECK(on_disk(node) == "nothing");
}

TEST_CASE_METHOD(durable_holders, "an orderly end puts all on disk",
                 "[actors][region_disk]") {
  REQUIRE(title(1).store("not flushed, and not rung for"));

  ask<nothing>(on(1).region, fence_request{});

  CHECK(on_disk(1) == "not flushed, and not rung for");
}

TEST_CASE_METHOD(durable_holders,
                 "values that were given up are not taken from disk",
                 "[actors][region_disk]") {
  store(1, "given up");
  REQUIRE(flush_to_disk(1));
  for (const auto node : std::set{alive})
    kill_node(node);

  placed.began_empty = placed.epoch = ++entries;
  for (std::uint64_t node = 1; node <= 3; ++node)
    start_node(node, lives[node] + 1);
  tell_placement();
  advance(2000ms);

  CHECK(read(1) == "no_value");
  CHECK(read(2) == "no_value");
}

TEST_CASE_METHOD(durable_holders,
                 "what a session stored is known after all began again",
                 "[actors][region_disk]") {
  const auto what = from_session("x", 1);
  const auto first = ask<stored_value>(on(1).region, what);
  REQUIRE(first);
  REQUIRE(flush_to_disk(1));

  restart_all();
  settle();

  REQUIRE(rule_of(1).phase == phase::serving);
  const auto again = ask<stored_value>(on(1).region, what);
  REQUIRE(again);
  CHECK(again->version == first->version);
}
