// Flushes to a majority of three, beside acknowledged writes of etcd, of NATS
// and of Redis.
#include "tests/bench/decision_load.hpp"
#include "tests/bench/etcd_cluster.hpp"
#include "tests/bench/flush_client.hpp"
#include "tests/bench/nats_cluster.hpp"
#include "tests/bench/redis_line.hpp"
#include "tests/bench/redis_servers.hpp"
#include "tests/bench/replication.hpp"

#include <map>
#include <memory>
#include <utility>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t clients_max = 16;

enum class rival { etcd_disk, etcd_memory, nats, redis, small_redis };

// The nodes and the server that they are compared with are up at the same time;
// one works while the other only beats.
node_trio& flush_nodes() {
  static node_trio nodes{
    {.regions = bench_region(clients_max, 64, std::size_t{1} << 20)}};
  return nodes;
}

deciders clients_of_etcd(const std::string& directory, std::size_t count) {
  static std::map<std::string, std::unique_ptr<consensus_cluster>> started;
  auto& cluster = started[directory];
  if (!cluster)
    cluster = make_etcd_cluster(directory);
  return connect_all(*cluster, await_leader(*cluster), count);
}

deciders clients_of_nats(std::size_t count) {
  static nats_cluster servers{memory_directory("nats")};
  deciders made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(servers.connect());
  return made;
}

/// One replica's word is enough.
deciders clients_of_redis(std::size_t replicas, std::size_t count) {
  static std::map<std::size_t, std::unique_ptr<redis_servers>> started;
  auto& servers = started[replicas];
  if (!servers)
    servers = std::make_unique<redis_servers>(
      memory_directory("redis-flush" + std::to_string(replicas)), replicas);
  deciders made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(
      make_redis_decider(servers->port(0), "k" + std::to_string(i), 1));
  return made;
}

deciders clients_of(rival which, std::size_t count) {
  switch (which) {
  case rival::etcd_disk:
    return clients_of_etcd(disk_directory("etcd"), count);
  case rival::etcd_memory:
    return clients_of_etcd(memory_directory("etcd"), count);
  case rival::nats:
    return clients_of_nats(count);
  case rival::redis:
    return clients_of_redis(2, count);
  case rival::small_redis:
    return clients_of_redis(1, count);
  }
  return {};
}

std::string why_not(rival which) {
  switch (which) {
  case rival::etcd_disk:
  case rival::etcd_memory:
    return first_reason({why_no_nodes(), why_no_etcd()});
  case rival::nats:
    return first_reason({why_no_nodes(), why_no_nats()});
  case rival::redis:
  case rival::small_redis:
    return first_reason({why_no_nodes(), why_no_redis()});
  }
  return {};
}

struct turns {
  std::vector<double> per_second;
  std::vector<double> waits_us;
};

void run_turn(const deciders& clients, turns& into) {
  const auto found = load(clients, quick ? 20ms : 1s);
  into.per_second.push_back(found.per_second);
  for (const auto wait : found.waits_ns)
    into.waits_us.push_back(wait / 1e3);
}

struct both {
  turns ours, theirs;
};

const both& measure(rival which, std::size_t count) {
  static std::map<std::pair<rival, std::size_t>, both> known;
  const auto [at, first] = known.try_emplace({which, count});
  auto& found = at->second;
  if (!first)
    return found;
  flush_nodes().settle(0, 0);
  deciders ours;
  for (std::size_t i = 0; i < count; ++i)
    ours.push_back(make_flush_client(flush_nodes(), 0, i));
  const auto theirs = clients_of(which, count);
  turns warming;
  run_turn(ours, warming);
  run_turn(theirs, warming);
  for (int turn = 0; turn < (quick ? 1 : 7); ++turn) {
    run_turn(ours, found.ours);
    run_turn(theirs, found.theirs);
  }
  return found;
}

void add_rows(rival which, const std::string& name, const std::string& against,
              std::optional<goal> promise) {
  for (const std::size_t count : {std::size_t{1}, clients_max}) {
    const auto add = [&](row what, auto figure) {
      add_row(std::move(what), [=](benchmark::State& state) {
        return run_once(
          state, [=] { return why_not(which); },
          [=] {
            const auto& found = measure(which, count);
            return figures{figure(found.ours), figure(found.theirs)};
          });
      });
    };
    const auto whole
      = "replication/flush/" + std::to_string(count) + "_" + name;
    add({whole, "us", against, promise},
        [](const turns& of) { return median(of.waits_us); });
    add({whole + "_p99", "us", against},
        [](const turns& of) { return share_of(of.waits_us, 0.99); });
    row rate{whole + "_rate", "1/s", against};
    rate.more_is_better = true;
    add(std::move(rate), [](const turns& of) { return median(of.per_second); });
  }
}

} // namespace

void add_flush_rows() {
  const auto at_most = [](double bound) {
    return goal{direction::at_most, bound};
  };
  add_rows(rival::etcd_disk, "etcd", "etcd Put, three members, fsync",
           at_most(0.3));
  add_rows(rival::etcd_memory, "etcd_in_memory",
           "etcd Put, three members, files in memory", std::nullopt);
  add_rows(rival::nats, "nats", "NATS KV put, three copies in memory",
           at_most(0.4));
  add_rows(rival::redis, "redis", "Redis SET and WAIT 1, two replicas",
           at_most(1));
  add_rows(rival::small_redis, "redis_two_copies",
           "Redis SET and WAIT 1, one replica", at_most(1));
}

} // namespace holdfast::bench
