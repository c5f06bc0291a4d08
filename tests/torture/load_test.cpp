// When a run is void: it asked too little to prove anything.
#include "apps/holdfast-torture/checker/load.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace holdfast;
using namespace holdfast::torture;

namespace {

constexpr std::int64_t ms = 1'000'000;

/// A run of ten seconds with one kill of the home in the middle.
struct run {
  history all{{{}, {}, {}}};
  load_bounds bounds;
  fault_counts wanted;

  run() {
    bounds.operations_per_second_min = 10;
    bounds.flushes_min = 5;
    bounds.confirmed_reads_min = 5;
    bounds.reads_per_node_min = 5;
    wanted.add(fault_kind::kill);
    for (std::int64_t at = 1000; at <= 11'000; at += 50)
      if (at < 5000 || at > 5300)
        work(at, at < 5000 ? 1 : 2);
    fault(5000, fault_kind::kill, 1, true);
  }

  record& add(std::size_t client, record_kind kind, std::int64_t at_ms) {
    record made;
    made.state = state_ended;
    made.kind = kind;
    made.outcome = record_outcome::ok;
    made.node = static_cast<std::uint32_t>(client);
    made.begin_ns = at_ms * ms;
    made.end_ns = at_ms * ms + ms;
    all.clients[client].push_back(made);
    return all.clients[client].back();
  }

  void work(std::int64_t at_ms, std::uint64_t epoch) {
    add(1, record_kind::flush, at_ms).epoch = epoch;
    add(1, record_kind::confirmed_read, at_ms);
    add(2, record_kind::read, at_ms).epoch = epoch;
  }

  void fault(std::int64_t at_ms, fault_kind kind, std::uint64_t epoch,
             bool at_home) {
    auto& made = add(0, record_kind::fault, at_ms);
    made.value = static_cast<std::uint64_t>(kind);
    made.epoch = epoch;
    made.flags = at_home ? flag_at_home : 0;
  }

  std::vector<std::string> reasons() const {
    return reasons_void(measure(all, bounds), bounds, wanted, 2);
  }
};

bool is_about(const std::vector<std::string>& reasons,
              const std::string& what) {
  return reasons.size() == 1 && reasons.front().find(what) != std::string::npos;
}

} // namespace

TEST_CASE("a run with enough load and faults is not void", "[torture][load]") {
  const run enough;

  CHECK(enough.reasons().empty());
  const auto seen = measure(enough.all, enough.bounds);
  CHECK(seen.done.of(fault_kind::kill) == 1);
  CHECK(seen.at_home == 1);
  CHECK(seen.count(record_kind::flush, record_outcome::ok) == 194);
  // From the kill to the end of the first flush of the next epoch.
  CHECK(seen.recoveries_ns(fault_kind::kill)
        == std::vector<std::int64_t>{351 * ms});
}

TEST_CASE("a run is void when too little was asked", "[torture][load]") {
  run few;

  SECTION("operations") {
    few.bounds.operations_per_second_min = 1000;
    CHECK(is_about(few.reasons(), "operations per second: "));
  }
  SECTION("flushes") {
    few.bounds.flushes_min = 1000;
    CHECK(
      is_about(few.reasons(), "acknowledged flushes: 194 of at least 1000"));
  }
  SECTION("linearizable reads") {
    few.bounds.confirmed_reads_min = 1000;
    CHECK(is_about(few.reasons(), "linearizable reads: "));
  }
  SECTION("reads on a node") {
    few.all.clients[2].clear();
    CHECK(is_about(few.reasons(), "reads of values on node 2: 0 of"));
  }
  SECTION("faults") {
    few.wanted.add(fault_kind::pause, 3);
    CHECK(is_about(few.reasons(), "faults of kind pause: 0 of at least 3"));
  }
}

TEST_CASE("a run of a region on disk is void when too little was flushed to it",
          "[torture][load]") {
  run dry;
  dry.fault(6000, fault_kind::cluster_kill, 2, true);
  dry.wanted.add(fault_kind::cluster_kill);
  dry.bounds.durable_flushes_min = 2;
  dry.add(1, record_kind::flush, 10'000).flags = flag_durable;
  CHECK(
    is_about(dry.reasons(), "flushes acknowledged to disk: 1 of at least 2"));

  dry.add(1, record_kind::flush, 10'100).flags = flag_durable;

  CHECK(dry.reasons().empty());
}

TEST_CASE("a run is void when nobody was served between two faults",
          "[torture][load]") {
  run hasty;
  hasty.fault(5100, fault_kind::pause, 1, true);

  const auto reasons = hasty.reasons();

  CHECK(is_about(reasons, "too few after 1 of 2 faults"));
}

TEST_CASE("a run is void when its faults missed the home", "[torture][load]") {
  run lucky;
  for (std::int64_t at = 6000; at < 10'000; at += 500)
    lucky.fault(at, fault_kind::mute, 2, false);

  const auto reasons = lucky.reasons();

  CHECK(is_about(reasons, "percent of the nodes' faults that met the home"));
  CHECK(measure(lucky.all, lucky.bounds).done.of(fault_kind::partition) == 8);
}

TEST_CASE("what a later fault brought about is not put down to an earlier one",
          "[torture][load]") {
  run two;
  two.fault(4000, fault_kind::pause, 1, true); // shorter than a lease

  const auto seen = measure(two.all, two.bounds);

  CHECK(seen.recoveries_ns(fault_kind::pause).empty());
  CHECK(seen.recoveries_ns(fault_kind::kill).size() == 1);
}

TEST_CASE("partitions count alike, whichever way they cut", "[torture][load]") {
  run one;
  one.all.clients[0].clear();
  one.fault(5000, fault_kind::deaf, 1, true);

  const auto seen = measure(one.all, one.bounds);

  CHECK(seen.done.of(fault_kind::partition) == 1);
  CHECK(seen.recoveries_ns(fault_kind::partition).size() == 1);
}
