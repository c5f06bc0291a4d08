// How many updates a second reach another node: of distinct variables, each of
// which counts, and of one, where only the latest does.
#include "tests/bench/node_trio.hpp"
#include "tests/bench/redis_line.hpp"
#include "tests/bench/redis_servers.hpp"
#include "tests/bench/replication.hpp"

#include <array>
#include <map>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {

namespace {

constexpr std::size_t variables = 16384;
constexpr std::size_t commands_at_a_time = 64;

using value = std::array<std::byte, 64>;

class mapped_all {
public:
  explicit mapped_all(node_trio& nodes)
    : at_home_{need(nodes.connect(0))},
      at_replica_{need(nodes.connect(1))},
      home_{need(at_home_.attach("bench", shm::access::write))},
      replica_{need(at_replica_.attach("bench", shm::access::read))} {
    // They are agreed on in several decisions, some after the region.
    const auto last = "v" + std::to_string(variables - 1);
    if (!test::eventually(
          [&] {
            return home_.find_bytes(last).has_value()
                   && replica_.find_bytes(last).has_value();
          },
          std::chrono::minutes{1}))
      throw std::runtime_error{"not all variables are made"};
    for (std::size_t i = 0; i < variables; ++i) {
      const auto name = "v" + std::to_string(i);
      written_.push_back(need(home_.find_bytes(name)));
      read_.push_back(need(replica_.find_bytes(name)));
    }
  }

  /// Each variable once, and until the other node shows all.
  double round() {
    const auto start = nanoseconds_now();
    value bytes{};
    std::uint64_t version = 0;
    for (const auto& each : written_)
      version = need(each.store(bytes));
    for (const auto& each : read_)
      await(each, version);
    return static_cast<double>(variables) / (nanoseconds_now() - start) * 1e9;
  }

  /// One variable without a pause, for so long; then until the other node shows
  /// the last. How many stores a second that were.
  double hammer(double nanoseconds) {
    const auto start = nanoseconds_now();
    value bytes{};
    std::uint64_t stores = 0;
    std::uint64_t version = 0;
    while (nanoseconds_now() - start < nanoseconds)
      for (int i = 0; i < 100; ++i, ++stores)
        version = need(written_[0].store(bytes));
    await(read_[0], version);
    return static_cast<double>(stores) / (nanoseconds_now() - start) * 1e9;
  }

private:
  static void await(const shm::bytes_variable& of, std::uint64_t version) {
    const auto start = nanoseconds_now();
    while (of.version() < version) {
      if (nanoseconds_now() - start > 20e9)
        throw std::runtime_error{"an update does not reach the other node"};
      // Waiting for Redis leaves it the processor, too.
      std::this_thread::yield();
    }
  }

  client::connection at_home_;
  client::connection at_replica_;
  shm::region_view home_;
  shm::region_view replica_;
  std::vector<shm::bytes_variable> written_;
  std::vector<shm::bytes_variable> read_;
};

class redis_all {
public:
  explicit redis_all(const redis_servers& servers) : line_{servers.port(0)} {
    const std::string bytes(64, 'x');
    for (std::size_t i = 0; i < variables; i += commands_at_a_time) {
      auto& chunk = chunks_.emplace_back();
      for (std::size_t j = i; j < i + commands_at_a_time; ++j)
        chunk += redis_command({"SET", "v" + std::to_string(j), bytes});
    }
    for (std::size_t j = 0; j < commands_at_a_time; ++j)
      same_ += redis_command({"SET", "v0", bytes});
  }

  double round() {
    const auto start = nanoseconds_now();
    for (const auto& chunk : chunks_)
      set(chunk);
    await_replica();
    return static_cast<double>(variables) / (nanoseconds_now() - start) * 1e9;
  }

  double hammer(double nanoseconds) {
    const auto start = nanoseconds_now();
    std::uint64_t stores = 0;
    for (; nanoseconds_now() - start < nanoseconds;
         stores += commands_at_a_time)
      set(same_);
    await_replica();
    return static_cast<double>(stores) / (nanoseconds_now() - start) * 1e9;
  }

private:
  void set(const std::string& chunk) {
    if (!line_.send(chunk))
      throw std::runtime_error{"Redis hung up"};
    line_.await_all(commands_at_a_time);
  }

  void await_replica() {
    if (line_.ask({"WAIT", "1", "20000"}) == ":0")
      throw std::runtime_error{"Redis' replica does not follow"};
  }

  redis_line line_;
  std::vector<std::string> chunks_;
  std::string same_;
};

struct rates {
  std::vector<double> ours, theirs;
};

struct both_rates {
  rates distinct, conflated;
};

/// `replicas`: of Redis.
const both_rates& measure(std::size_t replicas) {
  static std::map<std::size_t, both_rates> known;
  const auto [at, first] = known.try_emplace(replicas);
  auto& found = at->second;
  if (!first)
    return found;
  node_trio nodes{
    {.regions = bench_region(variables, 64, std::size_t{16} << 20)}};
  redis_servers servers{
    memory_directory("redis-updates" + std::to_string(replicas)), replicas};
  nodes.settle(0, 0);
  mapped_all ours{nodes};
  redis_all theirs{servers};
  ours.round();
  theirs.round();
  for (int i = 0; i < (quick ? 1 : 15); ++i) {
    found.distinct.ours.push_back(ours.round());
    found.distinct.theirs.push_back(theirs.round());
    found.conflated.ours.push_back(ours.hammer(quick ? 1e6 : 200e6));
    found.conflated.theirs.push_back(theirs.hammer(quick ? 1e6 : 200e6));
  }
  return found;
}

void add(const std::string& name, const std::string& against,
         rates both_rates::*which, std::size_t replicas,
         std::optional<goal> promise) {
  row what{"replication/updates/" + name, "1/s", against, promise};
  what.more_is_better = true;
  add_row(std::move(what), [=](benchmark::State& state) {
    return run_once(
      state,
      [] {
        return first_reason({why_no_nodes(), why_no_redis()});
      },
      [=] {
        const auto& found = measure(replicas).*which;
        return figures{median(found.ours), median(found.theirs)};
      });
  });
}

} // namespace

void add_update_rows() {
  const goal promise{direction::at_least, 2};
  add("distinct", "Redis SET, 64 in a pipeline, two replicas",
      &both_rates::distinct, 2, promise);
  add("one_variable", "Redis SET of one key, as above", &both_rates::conflated,
      2, std::nullopt);
  add("distinct_two_copies", "Redis SET, 64 in a pipeline, one replica",
      &both_rates::distinct, 1, promise);
}

} // namespace holdfast::bench
