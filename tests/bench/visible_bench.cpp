// From a store at the home until the value is read in the memory of another
// node, beside Redis and its replica.
#include "tests/bench/node_trio.hpp"
#include "tests/bench/redis_line.hpp"
#include "tests/bench/redis_servers.hpp"
#include "tests/bench/replication.hpp"
#include "tests/bench/server.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t replicas = node_trio::members - 1;

/// What a program stores here, and another one reads there.
class mapped_pair {
public:
  mapped_pair(node_trio& nodes, std::size_t home, std::size_t replica)
    : at_home_{need(nodes.connect(home))},
      at_replica_{need(nodes.connect(replica))},
      written_{need(
        need(at_home_.attach("bench", shm::access::write)).find_bytes("v0"))},
      read_{need(need(at_replica_.attach("bench", shm::access::read))
                   .find_bytes("v0"))} {
    // nop
  }

  void store() {
    std::memcpy(value_.data(), &++count_, sizeof count_);
    version_ = need(written_.store(value_));
  }

  bool visible() const {
    return read_.version() >= version_;
  }

private:
  client::connection at_home_;
  client::connection at_replica_;
  shm::bytes_variable written_;
  shm::bytes_variable read_;
  std::array<std::byte, 64> value_{};
  std::uint64_t count_ = 0;
  std::uint64_t version_ = 0;
};

class redis_pair {
public:
  explicit redis_pair(const redis_servers& servers)
    : primary_{servers.port(0)}, replica_{servers.port(1)} {
    // nop
  }

  void store() {
    value_ = std::to_string(++count_);
    value_.resize(64, '.');
    if (primary_.ask({"SET", "v0", value_}) != "+OK")
      throw std::runtime_error{"Redis takes no value"};
  }

  bool visible() {
    return replica_.ask({"GET", "v0"}).substr(1) == value_;
  }

private:
  redis_line primary_;
  redis_line replica_;
  std::string value_;
  std::uint64_t count_ = 0;
};

/// Microseconds from before the store until it was seen.
template <class Pair>
double time_one(Pair& pair) {
  const auto start = nanoseconds_now();
  pair.store();
  while (!pair.visible()) {
    if (nanoseconds_now() - start > 10e9)
      throw std::runtime_error{"a value does not become visible"};
    // Asking Redis waits for the answer; who looks into memory lets others run.
    std::this_thread::yield();
  }
  return (nanoseconds_now() - start) / 1e3;
}

struct samples {
  std::vector<double> ours, theirs;
};

struct setting {
  std::string name;
  std::chrono::microseconds pause; ///< after each store
  /// All servers have the other processor, and who looks has this one.
  bool apart;
};

void leave_this_processor(node_trio& nodes, redis_servers& servers) {
  for (std::size_t i = 0; i < node_trio::members; ++i)
    pin_process(nodes.at(i).pid(), second_cpu);
  for (std::size_t i = 0; i <= replicas; ++i)
    pin_process(servers.at(i).pid(), second_cpu);
}

samples measure(const setting& how) {
  static node_trio nodes{{.regions = bench_region(1, 64, 1 << 16)}};
  static redis_servers servers{memory_directory("redis-visible"), replicas};
  nodes.settle(0, 0);
  if (how.apart)
    leave_this_processor(nodes, servers);
  mapped_pair ours{nodes, 0, 1};
  redis_pair theirs{servers};
  samples found;
  const int batches = quick ? 1 : 15;
  const int batch = quick ? 3 : 200;
  const auto run = [&](auto& pair, std::vector<double>& into) {
    for (int i = 0; i < batch; ++i) {
      into.push_back(time_one(pair));
      std::this_thread::sleep_for(how.pause);
    }
  };
  for (int i = 0; i < batches; ++i) {
    run(ours, found.ours);
    run(theirs, found.theirs);
  }
  return found;
}

void add_rows(const setting& how, std::optional<goal> promise) {
  const std::string whole = "replication/visible/" + how.name;
  const std::string against = "SET until GET at one of Redis' two replicas";
  const auto known = std::make_shared<std::optional<samples>>();
  const auto add = [&](row what, double share) {
    add_row(std::move(what), [=](benchmark::State& state) {
      return run_once(
        state,
        [] {
          return first_reason({why_no_nodes(), why_no_redis()});
        },
        [=] {
          if (!*known)
            *known = measure(how);
          return figures{share_of((*known)->ours, share),
                         share_of((*known)->theirs, share)};
        });
    });
  };
  add({whole, "us", against, promise}, 0.5);
  add({whole + "_p99", "us", against}, 0.99);
}

} // namespace

void add_visible_rows() {
  const goal promise{direction::at_most, 0.6};
  add_rows({"1k_a_second", 1000us, false}, promise);
  add_rows({"50_a_second", 20ms, false}, std::nullopt);
  // The last: the servers stay where they are.
  add_rows({"1k_a_second_apart", 1000us, true}, promise);
}

} // namespace holdfast::bench
