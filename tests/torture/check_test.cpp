// The checker finds what is wrong with a history, and nothing in right ones.
#include "apps/holdfast-torture/checker/check.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/sanitizers.hpp"
#include "tests/torture/mutations.hpp"
#include "tests/torture/region_story.hpp"

#include <algorithm>

using namespace holdfast;
using namespace holdfast::test;
using namespace holdfast::torture;

namespace {

constexpr std::uint64_t seeds = rounds<std::uint64_t>(100, 50);

history story(std::uint64_t seed, bool on_disk = false) {
  story_options options;
  options.seed = seed;
  options.on_disk = on_disk;
  return region_story{options}.tell();
}

constexpr std::int64_t second = 1'000'000'000;

/// Client 1 stores and flushes, client 2 reads; each takes a second.
struct few_records {
  history all{{{}, {}}};
  std::uint64_t epoch = 1;

  void add(record what, record_kind kind, std::int64_t at) {
    what.state = state_ended;
    what.kind = kind;
    what.mapping = static_cast<std::uint32_t>(epoch);
    what.epoch = what.epoch_before = epoch;
    what.begin_ns = at * second;
    what.end_ns = (at + 1) * second;
    what.node = what.client;
    all.clients[what.client - 1].push_back(what);
  }

  void store(std::int64_t at, std::uint64_t counter, std::uint64_t version) {
    record made;
    made.client = 1;
    made.variable = 0;
    made.outcome = record_outcome::ok;
    made.value = value_of(1, counter);
    made.version = version;
    add(made, record_kind::store, at);
  }

  void flush(std::int64_t at, record_outcome outcome = record_outcome::ok,
             bool durable = false) {
    record made;
    made.client = 1;
    made.outcome = outcome;
    made.flags = durable ? flag_durable : 0;
    add(made, record_kind::flush, at);
  }

  void flush_to_disk(std::int64_t at) {
    flush(at, record_outcome::ok, true);
  }

  /// What comes later is of epoch 2.
  void lose_memory(std::int64_t at) {
    record made;
    made.client = 2;
    made.outcome = record_outcome::ok;
    add(made, record_kind::memory_lost, at);
    epoch = 2;
  }

  void forget(std::int64_t at) {
    record made;
    made.client = 1;
    made.outcome = record_outcome::ok;
    add(made, record_kind::forget, at);
  }

  void read(record_kind kind, std::int64_t at, std::uint64_t counter,
            std::uint64_t version) {
    record made;
    made.client = 2;
    made.variable = 0;
    made.outcome = record_outcome::ok;
    made.value = value_of(1, counter);
    made.version = version;
    add(made, kind, at);
  }
};

std::string told(const findings& found, const history& of) {
  std::string all;
  for (const auto& each : found.kept())
    all += text_of(each, of.origin());
  return all;
}

} // namespace

TEST_CASE("nothing is found in histories of a region that keeps its promises",
          "[torture][check]") {
  const bool on_disk = GENERATE(false, true);
  for (std::uint64_t seed = 1; seed <= 3 * seeds; ++seed) {
    const auto made = story(seed, on_disk);

    const auto found = check(made);

    INFO("seed " << seed << "\n" << told(found, made));
    REQUIRE(found.count() == 0);
  }
}

TEST_CASE("every kind of wrong history is found, whatever the seed",
          "[torture][check]") {
  const bool of_disks = GENERATE(false, true);
  for (const auto& kind : of_disks ? mutations_of_disks() : mutations()) {
    std::uint64_t tried = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      auto made = story(seed, of_disks);
      std::mt19937_64 dice{seed};
      if (!kind.apply(made, dice))
        continue;
      ++tried;

      const auto found = check(made);

      INFO(kind.name << ", seed " << seed << "\n" << told(found, made));
      REQUIRE(std::any_of(kind.found_by.begin(), kind.found_by.end(),
                          [&](rule by) { return found.count(by) > 0; }));
    }
    INFO(kind.name);
    CHECK(tried >= seeds / 4);
  }
}

TEST_CASE("a region may begin empty where it was said to", "[torture][check]") {
  auto made = story(1);
  auto again = made.clients.front().front();
  again.epoch += 1000;
  made.clients.front().push_back(again);

  check_options lenient;
  lenient.may_begin_empty = true;

  CHECK(check(made).count(rule::began_empty) == 1);
  CHECK(check(made, lenient).count() == 0);
}

TEST_CASE("a finding names the promise and shows the records that prove it",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.store(20, 2, 2);
  made.flush(30);
  made.read(record_kind::confirmed_read, 40, 1, 1);

  const auto found = check(made.all);

  REQUIRE(found.kept().size() == 1);
  CHECK(
    text_of(found.kept().front(), 0)
    == "flush_lost: variable 0: 1:2 was flushed and acknowledged, and then "
       "a confirmed read on node 2 saw 1:1, which is older\n"
       "  promised: an acknowledged flush is never lost\n"
       "  20.000000 s to 21.000000 s: client 1 on node 1, store of 1:2 in "
       "variable 0: ok, epoch 1, version 2\n"
       "  30.000000 s to 31.000000 s: client 1 on node 1, flush: ok, epoch "
       "1\n"
       "  40.000000 s to 41.000000 s: client 2 on node 2, confirmed read of "
       "variable 0: ok 1:1, epoch 1, version 1\n"
       "  10.000000 s to 11.000000 s: client 1 on node 1, store of 1:1 in "
       "variable 0: ok, epoch 1, version 1\n");
}

TEST_CASE("a flush speaks for all that was stored before it",
          "[torture][check]") {
  const auto lost = [](record_outcome earlier) {
    few_records made;
    made.store(10, 1, 1);
    made.store(20, 2, 2);
    made.flush(30, earlier);
    made.flush(40);
    made.read(record_kind::confirmed_read, 50, 1, 1);
    return check(made.all).count(rule::flush_lost);
  };

  for (const auto earlier : {record_outcome::ok, record_outcome::rejected,
                             record_outcome::unknown, record_outcome::fenced})
    CHECK(lost(earlier) == 1);
}

TEST_CASE("a flush does not speak for what its client gave up before",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.store(20, 2, 2);
  made.flush(30, record_outcome::unknown);
  made.forget(35);
  made.flush(40);
  made.read(record_kind::confirmed_read, 50, 1, 1);

  CHECK(check(made.all).count() == 0);
}

TEST_CASE("when all nodes lost their memory, only what was flushed to disk has "
          "to be there",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.flush_to_disk(20);
  made.store(30, 2, 2);
  made.flush(40);
  made.read(record_kind::confirmed_read, 50, 2, 2);
  made.lose_memory(60);
  made.read(record_kind::confirmed_read, 70, 1, 1);
  made.store(80, 3, 2);
  made.flush(90);
  made.read(record_kind::confirmed_read, 100, 3, 2);

  CHECK(told(check(made.all), made.all).empty());
}

TEST_CASE("what was flushed to disk and is gone with all memory is found, and "
          "proved",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.flush(15);
  made.store(20, 2, 2);
  made.flush(25);
  made.store(30, 3, 3);
  made.flush_to_disk(40); // also of what others had flushed to memory
  made.lose_memory(60);
  made.read(record_kind::confirmed_read, 70, 1, 1);

  const auto found = check(made.all);

  REQUIRE(found.kept().size() == 1);
  CHECK(
    text_of(found.kept().front(), 0)
    == "durable_flush_lost: variable 0: 1:3 was flushed to disk, all memory "
       "was lost, and then a confirmed read on node 2 saw 1:1, which is "
       "older\n"
       "  promised: what was flushed to disk outlives all nodes\n"
       "  30.000000 s to 31.000000 s: client 1 on node 1, store of 1:3 in "
       "variable 0: ok, epoch 1, version 3\n"
       "  40.000000 s to 41.000000 s: client 1 on node 1, durable flush: "
       "ok, epoch 1\n"
       "  60.000000 s to 61.000000 s: no node had the region in its memory, "
       "after epoch 1\n"
       "  70.000000 s to 71.000000 s: client 2 on node 2, confirmed read of "
       "variable 0: ok 1:1, epoch 2, version 1\n"
       "  10.000000 s to 11.000000 s: client 1 on node 1, store of 1:1 in "
       "variable 0: ok, epoch 1, version 1\n");
}

TEST_CASE("a flush to disk speaks for what was flushed to memory before",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.store(20, 2, 2);
  made.flush(30);
  made.flush_to_disk(40);
  made.lose_memory(60);
  made.read(record_kind::confirmed_read, 70, 1, 1);

  CHECK(check(made.all).count(rule::durable_flush_lost) == 1);
}

TEST_CASE("what is seen after a loss of all memory is promised anew",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.store(20, 2, 2);
  made.flush(30);
  made.lose_memory(60);
  made.read(record_kind::confirmed_read, 70, 2, 2);
  made.read(record_kind::confirmed_read, 80, 1, 1);

  CHECK(check(made.all).count(rule::read_went_back) == 1);
}

TEST_CASE("a version is given again if what had it was safe before",
          "[torture][check]") {
  const auto given_again = [](std::uint64_t safe_in) {
    few_records made;
    made.store(10, 1, 1); // the home of the next epoch has not got it
    made.epoch = safe_in;
    made.read(record_kind::confirmed_read, 20, 1, 1);
    made.epoch = 2;
    made.store(30, 2, 1);
    return check(made.all).count(rule::version_given_again);
  };

  CHECK(given_again(1) == 1);
  CHECK(given_again(3) == 0); // a later home has it after all
}

TEST_CASE("what was asked for before an acknowledgement need not see it",
          "[torture][check]") {
  few_records made;
  made.store(10, 1, 1);
  made.store(20, 2, 2);
  made.flush(30);
  made.read(record_kind::confirmed_read, 31, 1, 1);
  made.read(record_kind::read, 50, 1, 1); // a replica may lag

  CHECK(check(made.all).count() == 0);
}

TEST_CASE("no more findings of a rule are kept than asked for, and all counted",
          "[torture][check]") {
  auto made = story(3);
  for (auto& client : made.clients)
    for (auto& each : client)
      if (each.saw_value())
        each.outcome = record_outcome::garbled;

  check_options few;
  few.findings_per_rule_max = 2;
  const auto found = check(made, few);

  CHECK(found.kept().size() == 2);
  CHECK(found.count(rule::nobody_wrote_it) > 100);
}
