// A node that lost its memory is given a whole region again, while programs go
// on storing: how fast, and what flushes and heartbeats notice of it.
#include "tests/bench/node_trio.hpp"
#include "tests/bench/replication.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t home = 0;
constexpr std::size_t filled = 2;
constexpr double goal_mb_per_second = 500;

struct region_shape {
  std::size_t variables;
  std::size_t capacity;
  std::size_t
    bytes; // of the region; large values have three slots, others four
};

region_shape shape_of(std::size_t capacity) {
  const std::size_t bytes = quick ? 64U << 20 : 1U << 30;
  const std::size_t slots = capacity > (64U << 10) ? 3 : 4;
  return {bytes / (slots * capacity) * 95 / 100, capacity, bytes};
}

// Often enough that a fill has many; silence has no consequence here.
constexpr auto many_heartbeats
  = R"("health": {"interval": "20ms", "suspected_after": 100,
       "down_after": 1000}, )";

// -- who notices --------------------------------------------------------------

/// Stores in a variable of the region and flushes, without a pause.
class flushing_program {
public:
  explicit flushing_program(const node_trio& nodes)
    : line_{need(nodes.connect(home))},
      region_{need(line_.attach("bench", shm::access::write))},
      variable_{need(region_.find_bytes("v0"))},
      thread_{[this] { run(); }} {
    // nop
  }

  ~flushing_program() {
    stop();
  }

  /// Each flush, in microseconds.
  const std::vector<double>& stop() {
    over_ = true;
    if (thread_.joinable())
      thread_.join();
    return waits_us_;
  }

private:
  void run() {
    const std::array<std::byte, 64> value{};
    while (!over_) {
      const auto start = nanoseconds_now();
      if (!variable_.store(value) || !line_.flush(region_))
        give_up("a flush failed while a node was filled");
      waits_us_.push_back((nanoseconds_now() - start) / 1e3);
    }
  }

  client::connection line_;
  shm::region_view region_;
  shm::bytes_variable variable_;
  std::vector<double> waits_us_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// The longest round trip of a heartbeat from the home to the node.
class heartbeat_watch {
public:
  explicit heartbeat_watch(const node_trio& nodes)
    : line_{need(nodes.connect(home))} {
    // nop
  }

  void look() {
    const auto told = line_.call("cluster_instances");
    const auto* rows = told ? wire::find(told.assume_value(), "rows") : nullptr;
    if (rows == nullptr)
      return;
    for (const auto& each : std::get<wire::rows>(*rows))
      if (wire::number_or(each, "node", 0) == id_of(filled))
        longest_us_ = std::max(
          longest_us_, static_cast<double>(wire::number_or(each, "rtt_us", 0)));
  }

  double longest_us() const noexcept {
    return longest_us_;
  }

private:
  client::connection line_;
  double longest_us_ = 1;
};

// -- a fill -------------------------------------------------------------------

struct fill_figures {
  std::vector<double> mb_per_second;
  std::vector<double> flushes_us, quiet_flushes_us;
  std::vector<double> longest_beats_us, quiet_beats_us;
};

void store_all(const node_trio& nodes, const region_shape& shape) {
  const auto line = need(nodes.connect(home));
  const auto region = need(line.attach("bench", shm::access::write));
  // They are agreed on in several decisions, some after the region.
  const auto last = "v" + std::to_string(shape.variables - 1);
  if (!test::eventually([&] { return region.find_bytes(last).has_value(); },
                        std::chrono::minutes{1}))
    throw std::runtime_error{"not all variables are made"};
  std::vector<std::byte> value(shape.capacity);
  for (std::size_t i = 0; i < shape.variables; ++i) {
    std::fill(value.begin(), value.end(), static_cast<std::byte>(i));
    need(need(region.find_bytes("v" + std::to_string(i))).store(value));
  }
  if (!line.flush(region))
    throw std::runtime_error{"the region does not take its values"};
}

/// Until the node lets readers in, which it does once it has all; how long
/// since it had memory for it.
double await_fill(const node_trio& nodes, heartbeat_watch& watch) {
  const auto until = nanoseconds_now() + 120e9;
  while (nodes.region_seen_by(filled).empty())
    if (nanoseconds_now() > until)
      throw std::runtime_error{"a node does not come back"};
  const auto began = nanoseconds_now();
  std::atomic<double> ended{0};
  std::thread reader{[&] {
    while (ended == 0 && nanoseconds_now() < until)
      if (const auto line = nodes.connect(filled);
          line && line.assume_value().attach("bench", shm::access::read))
        ended = nanoseconds_now();
  }};
  while (ended == 0 && nanoseconds_now() < until) {
    watch.look();
    std::this_thread::sleep_for(1ms);
  }
  reader.join();
  if (ended == 0)
    throw std::runtime_error{"a node is not filled"};
  return ended - began;
}

void fill_once(node_trio& nodes, const region_shape& shape,
               fill_figures& into) {
  {
    flushing_program program{nodes};
    heartbeat_watch watch{nodes};
    const auto until = nanoseconds_now() + (quick ? 20e6 : 1e9);
    while (nanoseconds_now() < until) {
      watch.look();
      std::this_thread::sleep_for(1ms);
    }
    const auto& waits = program.stop();
    into.quiet_flushes_us.insert(into.quiet_flushes_us.end(), waits.begin(),
                                 waits.end());
    into.quiet_beats_us.push_back(watch.longest_us());
  }
  nodes.at(filled).kill();
  nodes.restart(filled);
  flushing_program program{nodes};
  heartbeat_watch watch{nodes};
  const auto took = await_fill(nodes, watch);
  const auto& waits = program.stop();
  into.flushes_us.insert(into.flushes_us.end(), waits.begin(), waits.end());
  into.longest_beats_us.push_back(watch.longest_us());
  into.mb_per_second.push_back(
    static_cast<double>(shape.variables * shape.capacity) / took * 1e3);
}

const fill_figures& measure(std::size_t capacity, bool tls) {
  static std::map<std::pair<std::size_t, bool>, fill_figures> known;
  const auto [at, first] = known.try_emplace({capacity, tls});
  auto& found = at->second;
  if (!first)
    return found;
  const auto shape = shape_of(capacity);
  node_trio nodes{
    {.more_of_cluster = many_heartbeats,
     .tls = tls,
     .regions = bench_region(shape.variables, capacity, shape.bytes)}};
  nodes.settle(0, home);
  store_all(nodes, shape);
  nodes.settle(0, home);
  for (int i = 0; i < (quick ? 1 : 5); ++i)
    fill_once(nodes, shape, found);
  return found;
}

void add_rate(const std::string& name, std::size_t capacity, bool tls,
              std::optional<goal> promise) {
  row what{"replication/fill/" + name, "MB/s", "500 MB/s", promise};
  what.more_is_better = true;
  add_row(std::move(what), [=](benchmark::State& state) {
    return run_once(state, why_no_nodes, [=] {
      return figures{median(measure(capacity, tls).mb_per_second),
                     goal_mb_per_second};
    });
  });
}

template <class Figure>
void add_beside(const std::string& name, Figure figure) {
  add_row({"replication/fill/" + name, "us", "the same without a fill"},
          [=](benchmark::State& state) {
            return run_once(state, why_no_nodes,
                            [=] { return figure(measure(64U << 10, false)); });
          });
}

} // namespace

void add_fill_rows() {
  const goal as_fast{direction::at_least, 1};
  add_rate("64KiB", 64U << 10, false, as_fast);
  add_rate("1MiB", 1U << 20, false, as_fast);
  add_rate("64KiB_tls", 64U << 10, true, std::nullopt);
  add_beside("flush", [](const fill_figures& of) {
    return figures{median(of.flushes_us), median(of.quiet_flushes_us)};
  });
  add_beside("flush_p99", [](const fill_figures& of) {
    return figures{share_of(of.flushes_us, 0.99),
                   share_of(of.quiet_flushes_us, 0.99)};
  });
  add_beside("longest_heartbeat", [](const fill_figures& of) {
    return figures{median(of.longest_beats_us), median(of.quiet_beats_us)};
  });
}

} // namespace holdfast::bench
