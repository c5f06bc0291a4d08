#include "tests/bench/home_failover.hpp"

#include "tests/bench/measure.hpp"

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

// As often as whoever seeks the next leader of another system asks.
constexpr auto pace = 5ms;
constexpr double patience_ns = 60e9;

// So long a takeover waits, too, for the lease of a home that was one before.
constexpr auto older_lease = 2700ms;

// One thread for each node that is left: whichever lets it in first.
class home_seekers {
public:
  home_seekers(const node_trio& nodes, std::size_t without) {
    for (std::size_t i = 1; i < node_trio::members; ++i)
      lines_.push_back(need(nodes.connect((without + i) % node_trio::members,
                                          std::chrono::minutes{1})));
  }

  /// When the first flush ended well.
  double seek() {
    const auto until = nanoseconds_now() + patience_ns;
    std::vector<std::thread> threads;
    for (const auto& line : lines_)
      threads.emplace_back([this, &line, until] { seek_at(line, until); });
    for (auto& each : threads)
      each.join();
    if (accepted_ == 0)
      throw std::runtime_error{"nobody takes the region over"};
    return accepted_;
  }

private:
  void seek_at(const client::connection& line, double until) {
    while (accepted_ == 0 && nanoseconds_now() < until)
      if (!store_and_flush(line))
        std::this_thread::sleep_for(pace);
  }

  bool store_and_flush(const client::connection& line) {
    const auto region = line.attach("bench", shm::access::write);
    if (!region)
      return false;
    const auto variable = region.assume_value().find_bytes("v0");
    const std::array<std::byte, 64> value{};
    const bool done = variable && variable.assume_value().store(value)
                      && line.flush(region.assume_value());
    double nobody_yet = 0;
    if (done)
      accepted_.compare_exchange_strong(nobody_yet, nanoseconds_now());
    else
      (void)line.detach("bench");
    return done;
  }

  std::vector<client::connection> lines_;
  std::atomic<double> accepted_{0};
};

} // namespace

void flush_once(const node_trio& nodes, std::size_t home) {
  const auto line = need(nodes.connect(home));
  const auto region = need(line.attach("bench", shm::access::write));
  const std::array<std::byte, 64> value{};
  need(need(region.find_bytes("v0")).store(value));
  if (!line.flush(region))
    throw std::runtime_error{"the home flushes nothing"};
}

double fail_over_home(node_trio& nodes, std::size_t home, leader_end how) {
  nodes.settle(0, home);
  flush_once(nodes, home);
  std::this_thread::sleep_for(older_lease);
  double start = 0;
  double accepted = 0;
  {
    home_seekers all{nodes, home};
    start = nanoseconds_now();
    how == leader_end::killed ? nodes.at(home).kill() : nodes.at(home).freeze();
    accepted = all.seek();
  }
  how == leader_end::killed ? nodes.restart(home) : nodes.at(home).thaw();
  nodes.settle(0, home);
  return accepted - start;
}

} // namespace holdfast::bench
