// From the end of a region's home to the first flush at the next one, beside
// etcd and Redis Sentinel; and what readers elsewhere notice of it.
#include "tests/bench/etcd_cluster.hpp"
#include "tests/bench/failover.hpp"
#include "tests/bench/home_failover.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/redis_servers.hpp"
#include "tests/bench/replication.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>
#include <utility>

namespace holdfast::bench {

namespace {

using samples = std::vector<double>;

// -- who is compared ----------------------------------------------------------

enum class profile { standard, fast };

constexpr auto fast_nodes = R"("health": {"profile": "fast"}, )";
// Over by the time at which a silent node counts as down: it is waited out
// where nobody can tell that the home is dead.
constexpr auto short_lease
  = R"("lease": {"duration": "250ms", "renewal": "75ms"}, )";

node_trio& failing_nodes(profile which) {
  static std::unique_ptr<node_trio> standard, fast;
  auto& nodes = which == profile::fast ? fast : standard;
  if (!nodes) {
    trio_options options;
    options.regions = bench_region(1, 64, 1 << 16);
    if (which == profile::fast) {
      options.more = short_lease;
      options.more_of_cluster = fast_nodes;
    }
    nodes = std::make_unique<node_trio>(options);
  }
  return *nodes;
}

enum class rival { etcd, etcd_tuned, sentinel, seconds };

std::string why_not(rival which) {
  switch (which) {
  case rival::etcd:
  case rival::etcd_tuned:
    return first_reason({why_no_nodes(), why_no_etcd()});
  case rival::sentinel:
    return first_reason({why_no_nodes(), why_no_sentinel()});
  case rival::seconds:
    break;
  }
  return why_no_nodes();
}

consensus_cluster& cluster_of(rival which) {
  static std::unique_ptr<consensus_cluster> etcd, tuned, sentinel;
  auto& cluster = which == rival::etcd         ? etcd
                  : which == rival::etcd_tuned ? tuned
                                               : sentinel;
  if (cluster)
    return *cluster;
  if (which == rival::sentinel)
    cluster = make_sentinel_cluster(memory_directory("sentinel"));
  else if (which == rival::etcd)
    cluster = make_etcd_cluster(disk_directory("etcd-failover"));
  else
    cluster = make_etcd_cluster(
      disk_directory("etcd-tuned"),
      {"--heartbeat-interval", "20", "--election-timeout", "200"});
  return *cluster;
}

// -- how long nobody can write ------------------------------------------------

struct scene {
  profile nodes;
  std::size_t home; // 0 leads, too
  leader_end how;

  auto operator<=>(const scene&) const = default;
};

const samples& failovers_of(const scene& what) {
  static std::map<scene, samples> known;
  auto& found = known[what];
  const std::size_t wanted = quick ? 1 : 9;
  while (found.size() < wanted) {
    found.push_back(
      fail_over_home(failing_nodes(what.nodes), what.home, what.how) / 1e6);
    std::fprintf(stderr, "failover of a home: %.1f ms\n", found.back());
  }
  return found;
}

const samples& failovers_of(rival which, leader_end how) {
  static std::map<std::pair<rival, leader_end>, samples> known;
  auto& found = known[{which, how}];
  // A Sentinel takes long to have three in order again.
  const std::size_t wanted = quick ? 1 : which == rival::sentinel ? 5 : 9;
  while (found.size() < wanted) {
    found.push_back(fail_over(cluster_of(which), how) / 1e6);
    std::fprintf(stderr, "failover of another: %.1f ms\n", found.back());
  }
  return found;
}

void add_rows(const std::string& name, scene what, rival which,
              const std::string& against, double bound) {
  const auto add
    = [&](const std::string& end, std::optional<goal> promise, auto figure) {
        add_row({"replication/failover/" + name + end, "ms", against, promise},
                [=](benchmark::State& state) {
                  return run_once(
                    state, [=] { return why_not(which); },
                    [=] {
                      const auto ours = figure(failovers_of(what));
                      return figures{ours,
                                     which == rival::seconds
                                       ? 1000
                                       : figure(failovers_of(which, what.how))};
                    });
                });
      };
  add("", goal{direction::at_most, bound},
      [](const samples& all) { return median(all); });
  add("_most", std::nullopt, [](const samples& all) {
    return *std::max_element(all.begin(), all.end());
  });
}

// -- readers beside it --------------------------------------------------------

/// What a process that never sleeps notices: how long it did nothing at a time.
struct spinning {
  std::atomic<bool> watch{false};
  std::atomic<std::uint64_t> longest_ns{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> turns{0};
};

template <class Step>
[[noreturn]] void spin(spinning& told, Step step) {
  auto last = nanoseconds_now();
  for (;;) {
    if (!step())
      told.failed.fetch_add(1);
    const auto now = nanoseconds_now();
    if (told.watch.load(std::memory_order_relaxed))
      told.longest_ns.store(std::max(told.longest_ns.load(),
                                     static_cast<std::uint64_t>(now - last)));
    told.turns.fetch_add(1, std::memory_order_relaxed);
    last = now;
  }
}

struct gaps {
  samples reading, idle;
};

/// One reads in the memory of a node that stays, one only looks at the clock,
/// each on a processor of its own; the next time they change places.
void watch_one(node_trio& nodes, bool swapped, gaps& into) {
  nodes.settle(0, 0);
  flush_once(nodes, 0);
  const shared<spinning> reader, idler;
  const child reads{
    swapped ? second_cpu : first_cpu, [&] {
      const auto line = need(nodes.connect(1));
      const auto region = need(line.attach("bench", shm::access::read));
      const auto variable = need(region.find_bytes("v0"));
      std::array<std::byte, 64> bytes;
      spin(*reader, [&] { return variable.read_into(bytes).has_value(); });
    }};
  const child idles{swapped ? first_cpu : second_cpu,
                    [&] { spin(*idler, [] { return true; }); }};
  while (reader->turns == 0 || idler->turns == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  reader->watch = true;
  idler->watch = true;
  const auto failed = reader->failed.load();
  fail_over_home(nodes, 0, leader_end::killed);
  if (reader->failed != failed)
    throw std::runtime_error{"a reader was held up by a failover"};
  into.reading.push_back(static_cast<double>(reader->longest_ns) / 1e6);
  into.idle.push_back(static_cast<double>(idler->longest_ns) / 1e6);
}

figures watch_readers() {
  gaps found;
  for (int i = 0; i < (quick ? 1 : 8); ++i)
    watch_one(failing_nodes(profile::standard), i % 2 == 1, found);
  return {median(found.reading), median(found.idle)};
}

} // namespace

void add_home_failover_rows() {
  using enum leader_end;
  const std::string etcd = "etcd, kill -9 of the leader";
  add_rows("killed", {profile::standard, 0, killed}, rival::etcd, etcd, 0.15);
  add_rows("killed_no_leader", {profile::standard, 1, killed}, rival::etcd,
           etcd, 0.15);
  add_rows("killed_sentinel", {profile::standard, 0, killed}, rival::sentinel,
           "Redis Sentinel, down after 1 s", 0.15);
  add_rows("silent_fast", {profile::fast, 0, silent}, rival::etcd_tuned,
           "etcd, heartbeat 20 ms, election 200 ms", 1.2);
  add_rows("silent_fast_no_leader", {profile::fast, 1, silent},
           rival::etcd_tuned, "etcd, heartbeat 20 ms, election 200 ms", 1.2);
  add_rows("silent", {profile::standard, 0, silent}, rival::seconds,
           "one second", 3.6);
  add_row({"replication/failover/reader_gap", "ms",
           "a loop that reads nothing, beside it"},
          [](benchmark::State& state) {
            return run_once(state, why_no_nodes, watch_readers);
          });
}

} // namespace holdfast::bench
