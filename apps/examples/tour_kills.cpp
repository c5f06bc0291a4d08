#include "apps/examples/tour_kills.hpp"

#include "apps/examples/program.hpp"

#include <algorithm>
#include <random>

namespace holdfast::examples {

kill_findings kill_writers(const tour_node& node, const cast& players,
                           int count) {
  const auto start_writer = [&] {
    return child{launch{.program = "trial-writer",
                        .arguments = {node.socket()},
                        .as = players.market_publisher}};
  };
  auto writer = start_writer();
  writer.wait_for("ready");
  writer.give_go();
  writer.wait_for("stored"); // so that the reader finds a value
  child reader{launch{.program = "trial-reader",
                      .arguments = {node.socket()},
                      .as = players.market_reader}};
  reader.wait_for("ready");

  std::mt19937_64 random{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> instant{0, 3'000'000};
  std::vector<double> waits_ms;
  for (int i = 0; i < count; ++i) {
    auto next = start_writer();
    next.wait_for("ready");
    rest(std::chrono::nanoseconds{instant(random)});
    const auto killed_ns = monotonic_ns();
    writer.kill();
    next.give_go();
    const auto stored_ns = std::stoll(next.wait_for("stored"));
    waits_ms.push_back(static_cast<double>(stored_ns - killed_ns) * 1e-6);
    writer = std::move(next);
  }
  kill_findings found;
  found.kills = count;
  found.reader = reader.stop();
  std::sort(waits_ms.begin(), waits_ms.end());
  found.median_ms = waits_ms[waits_ms.size() / 2];
  found.longest_ms = waits_ms.back();
  return found;
}

} // namespace holdfast::examples
