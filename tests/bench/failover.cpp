#include "tests/bench/failover.hpp"

#include "tests/bench/decision_load.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ready_set.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Asks the survivors in turn, every few milliseconds, each time on a connection
// that has nothing under way. What is asked of a member that still believes in
// the old leader may be lost, so no client waits for long: it is given up when
// its turn comes again.
class seekers {
public:
  static constexpr auto pace = 5ms;

  seekers(consensus_cluster& cluster, std::size_t without) : cluster_{cluster} {
    for (std::size_t i = 0; i < count; ++i) {
      const auto member
        = (without + 1 + i % (cluster.members - 1)) % cluster.members;
      all_[i] = {member, cluster.connect(member), false};
      if (cluster.any_decides())
        warm_up(i);
    }
    for (std::size_t i = 0; i < count; ++i)
      ready_.watch(*all_[i].client, i);
  }

  // When the first decision has come.
  double seek(clock::time_point until) {
    std::size_t turn = 0;
    auto next = clock::now();
    double accepted = 0;
    while (accepted == 0) {
      const auto now = clock::now();
      if (now > until)
        throw std::runtime_error{"no decision after the leader went"};
      if (now >= next) {
        ask(turn++ % count);
        next = now + pace;
      }
      ready_.wait(next, [&](std::size_t i) {
        if (take(i) && accepted == 0)
          accepted = nanoseconds_now();
      });
    }
    return accepted;
  }

private:
  static constexpr std::size_t count = 64;

  struct seeker {
    std::size_t member = 0;
    std::unique_ptr<decider> client;
    bool under_way = false;
  };

  // Whatever a first decision costs a connection is no part of a failover.
  void warm_up(std::size_t i) {
    std::vector<std::unique_ptr<decider>> one;
    one.push_back(std::move(all_[i].client));
    load(one, 0ns);
    load(one, 0ns); // and ours has removed what it added
    all_[i].client = std::move(one.front());
  }

  void ask(std::size_t i) {
    auto& each = all_[i];
    if (each.under_way || !each.client)
      renew(i);
    each.under_way = each.client && each.client->ask();
  }

  void renew(std::size_t i) {
    auto& each = all_[i];
    each.client.reset();
    each.client = cluster_.connect(each.member);
    ready_.watch(*each.client, i);
  }

  bool take(std::size_t i) {
    auto& each = all_[i];
    const auto got = each.client ? each.client->take() : answer::none;
    if (got == answer::none)
      return false;
    const bool found = each.under_way && got == answer::accepted;
    each.under_way = false;
    if (got == answer::broken)
      each.client.reset();
    return found;
  }

  consensus_cluster& cluster_;
  ready_set ready_;
  std::array<seeker, count> all_;
};

} // namespace

double fail_over(consensus_cluster& cluster, leader_end how) {
  const auto leader = await_leader(cluster);
  double start = 0;
  double accepted = 0;
  {
    seekers all{cluster, leader};
    start = nanoseconds_now();
    how == leader_end::killed ? cluster.kill(leader) : cluster.freeze(leader);
    accepted = all.seek(clock::now() + 60s);
  }
  how == leader_end::killed ? cluster.restart(leader) : cluster.thaw(leader);
  await_leader(cluster);
  return accepted - start;
}

} // namespace holdfast::bench
