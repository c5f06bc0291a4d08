#include "apps/examples/tour_cluster.hpp"

#include "apps/examples/live.hpp"
#include "apps/examples/program.hpp"
#include "apps/examples/tour_story.hpp"
#include "apps/examples/tour_trio.hpp"

#include <fcntl.h>

#include <optional>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

/// Stores and reads before the kill, and as long at the next home.
constexpr auto quiet_time = 400ms;

/// After a kill, when the lease of the home is sure to be over.
constexpr auto lease_over = 2700ms;

double ms_between(std::int64_t start_ns, std::int64_t end_ns) {
  return static_cast<double>(end_ns - start_ns) * 1e-6;
}

double ms_since(std::int64_t start_ns) {
  return ms_between(start_ns, monotonic_ns());
}

std::vector<std::uint64_t> others_than(std::uint64_t id) {
  std::vector<std::uint64_t> others;
  for (std::uint64_t other = 1; other <= trio::count; ++other)
    if (other != id)
      others.push_back(other);
  return others;
}

/// Who store and read in the region while its home is killed.
class live_programs {
public:
  live_programs(const cast& players, trio& nodes, const std::string& prices) {
    const shm::descriptor file{::open(prices.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file)
      throw tour_failure{"cannot read the prices in " + prices};
    std::vector<std::string> sockets;
    for (std::uint64_t id = 1; id <= trio::count; ++id)
      sockets.push_back(nodes.at(id).socket());
    writer_.emplace(launch{.program = "live-writer",
                           .arguments = sockets,
                           .as = players.market_publisher,
                           .input = file.get()});
    writer_->wait_for("flushed_at_home_1");
    for (const auto& socket : sockets)
      readers_.emplace_back(launch{.program = "live-reader",
                                   .arguments = {socket},
                                   .as = players.market_reader});
    for (auto& reader : readers_)
      reader.wait_for("ready");
  }

  /// When a price was first flushed at the second home, by monotonic_ns().
  std::int64_t flushed_again() {
    return std::stoll(writer_->wait_for("flushed_at_home_2"));
  }

  void stop(cluster_findings& found) {
    found.writer = writer_->stop();
    for (std::size_t i = 0; i < readers_.size(); ++i)
      found.readers[i] = readers_[i].stop();
  }

private:
  std::optional<child> writer_;
  std::vector<child> readers_;
};

void settle(trio& nodes, cluster_findings& found) {
  const auto started = monotonic_ns();
  auto first = nodes.agreed_by({1, 2, 3});
  found.elected_ms = ms_since(started);
  trio::until("the lowest id does not lead", [&] {
    first = nodes.agreed_by({1, 2, 3});
    return first.leader == 1;
  });
  found.settled_ms = ms_since(started);
  found.first_leader = first.leader;
  found.first_term = first.term;
  trio::until("no decision", [&] { return nodes.at(3).decide_on("before"); });
  trio::until("the region does not settle", [&] {
    nodes.at(1).ask_to_move_home(1);
    return nodes.at(1).is_home();
  });
  // Until then a takeover waits for the lease of a home before, too.
  rest(lease_over);
  found.first_home = 1;
}

/// When it was killed.
std::int64_t kill_it(trio& nodes, live_programs& programs,
                     cluster_findings& found) {
  const auto others = others_than(found.first_leader);
  const auto killed = monotonic_ns();
  nodes.at(found.first_leader).kill();
  const auto next = nodes.agreed_by(others);
  found.next_leader_ms = ms_since(killed);
  found.next_leader = next.leader;
  found.next_term = next.term;
  trio::until("no decision after the kill",
              [&] { return nodes.at(next.leader).decide_on("after"); });
  found.next_decision_ms = ms_since(killed);
  found.next_flush_ms = ms_between(killed, programs.flushed_again());
  found.next_home = nodes.at(next.leader).home_seen();
  // It stays there: else it would move back to where we asked for it before.
  nodes.at(next.leader).ask_to_move_home(found.next_home);
  rest(quiet_time);
  return killed;
}

void start_again(trio& nodes, cluster_findings& found) {
  const auto restarted = monotonic_ns();
  nodes.at(found.first_leader).start();
  trio::until("leadership does not return", [&] {
    found.last_leader = nodes.agreed_by({1, 2, 3}).leader;
    return found.last_leader == found.first_leader;
  });
  found.returned_ms = ms_since(restarted);
  trio::until("the tables differ", [&] {
    for (std::uint64_t id = 1; id <= trio::count; ++id)
      if (!nodes.at(id).knows("before") || !nodes.at(id).knows("after"))
        return false;
    return true;
  });
  found.same_tables = true;
}

} // namespace

cluster_findings kill_a_leader(const cast& players, const std::string& prices) {
  cluster_findings found;
  trio nodes{players};
  settle(nodes, found);
  live_programs programs{players, nodes, prices};
  rest(quiet_time);
  const auto killed = kill_it(nodes, programs, found);
  found.why = story_of(nodes.at(found.next_leader).socket());
  start_again(nodes, found);
  rest(lease_over - std::chrono::nanoseconds{monotonic_ns() - killed});
  programs.stop(found);
  for (std::uint64_t id = trio::count; id > 0; --id)
    nodes.at(id).stop();
  return found;
}

} // namespace holdfast::examples
