// Stores prices and telemetry in a region of three nodes, flushes each price,
// and follows the region to its next home.
//
//   live-writer <socket> <socket>... < prices.csv
//
// Knows of each price whether its flush ended well. Wherever it attaches anew
// it compares what is there with that, before it stores anything.
#include "apps/examples/live.hpp"
#include "apps/examples/prices.hpp"
#include "apps/examples/proc_files.hpp"
#include "apps/examples/program.hpp"
#include "shm/group.hpp"

#include <array>
#include <chrono>
#include <iostream>
#include <optional>
#include <vector>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;
using tick_variable = shm::variable<tick>;

constexpr auto between_ticks = 1ms;
constexpr std::uint64_t ticks_per_sample = 100;
constexpr auto patience = 1000ms; // of one node

/// The region, attached at its home.
struct place {
  explicit place(client::connected_region at)
    : node{std::move(at.node)},
      region{std::move(at.region)},
      tape{need(region.find<tick>(tape_variable))},
      memory{need(region.find<memory_use>(live_memory))} {
    for (std::size_t i = 0; i < kept_ticks; ++i)
      kept.push_back(need(region.find<tick>(kept_tick(i))));
  }

  client::connection node;
  shm::region_view region;
  tick_variable tape;
  shm::variable<memory_use> memory;
  std::vector<tick_variable> kept;
};

struct findings {
  std::uint64_t flushed = 0;
  std::uint64_t homes = 0;    // that it found
  std::uint64_t compared = 0; // flushed ticks, at the homes after the first
  std::uint64_t missing = 0;  // of these
};

class writer {
public:
  writer(std::vector<std::string> sockets, const price_series& series)
    : sockets_{std::move(sockets)} {
    for (const auto& price : series.prices) {
      auto& value = planned_.emplace_back();
      price.symbol.copy(value.symbol, sizeof value.symbol - 1);
      price.date.copy(value.date, sizeof value.date - 1);
      value.price = price.value;
    }
  }

  /// Until it is told to stop, or no node lets it in.
  void run() {
    find_home();
    while (!stop_requested()) {
      if (store_next())
        static_cast<void>(home_->node.wait_for_hang_up(
          std::chrono::steady_clock::now() + between_ticks));
      else
        find_home();
    }
  }

  const findings& found() const noexcept {
    return found_;
  }

private:
  void find_home() {
    home_.reset();
    for (std::size_t i = 0; !home_ && !stop_requested(); ++i) {
      client::connect_options options;
      options.socket = sockets_[i % sockets_.size()];
      options.client = "live writer";
      options.patience = patience;
      // The node waits with its answer while it is becoming the home; others
      // refuse at once.
      if (auto at = client::connection::connect_and_attach(options, live_region,
                                                           shm::access::write))
        home_.emplace(std::move(at).assume_value());
    }
    if (home_ && ++found_.homes > 1)
      compare();
  }

  void compare() {
    for (std::size_t i = 0; i < kept_ticks; ++i) {
      if (flushed_[i] == 0)
        continue;
      const auto here = home_->kept[i].read();
      ++found_.compared;
      if (!here || !is_whole(here.assume_value().value)
          || here.assume_value().value.sequence < flushed_[i])
        ++found_.missing;
    }
  }

  /// False if this is no home any more.
  bool store_next() {
    if (sequence_ % ticks_per_sample == 0)
      if (const auto now = read_proc_files().memory)
        static_cast<void>(home_->memory.store(*now)); // the next flush tells
    auto& value = planned_[sequence_ % planned_.size()];
    value.pass = sequence_ / planned_.size() + 1;
    value.sequence = ++sequence_;
    value.stored_ns = monotonic_ns();
    value.checked_by = checksum_of(value);
    const auto index = value.sequence % kept_ticks;
    const auto bytes = std::as_bytes(std::span{&value, 1});
    const std::array<shm::group_value, 2> both{
      {{&home_->kept[index], bytes}, {&home_->tape, bytes}}};
    if (!shm::store_group(both) || !home_->node.flush(home_->region))
      return false;
    flushed_[index] = value.sequence;
    ++found_.flushed;
    if (told_of_ != found_.homes) {
      told_of_ = found_.homes;
      tell("flushed_at_home_" + std::to_string(told_of_),
           std::to_string(monotonic_ns()));
    }
    return true;
  }

  std::vector<std::string> sockets_;
  std::vector<tick> planned_;
  std::optional<place> home_;
  std::array<std::uint64_t, kept_ticks> flushed_{}; // sequences, by their place
  std::uint64_t sequence_ = 0;
  std::uint64_t told_of_ = 0;
  findings found_;
};

int run(int count, char** arguments) {
  std::vector<std::string> sockets{
    argument(count, arguments, 1, "live-writer <socket> <socket>...")};
  for (int i = 2; i < count; ++i)
    sockets.emplace_back(arguments[i]);
  stop_when_told();
  const auto series = read_prices(std::cin);
  if (series.prices.empty())
    give_up("standard input holds no line of symbol,date,price");
  writer out{std::move(sockets), series};
  out.run();
  tell("flushed", out.found().flushed);
  tell("homes", out.found().homes);
  tell("compared", out.found().compared);
  tell("missing", out.found().missing);
  return EXIT_SUCCESS;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
