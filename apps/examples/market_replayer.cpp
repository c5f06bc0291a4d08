// Plays a series of prices into a region, in the order of their dates, over
// and over until told to stop.
//
//   market-replayer <socket> [ticks a second] < prices.csv
//
// Each tick is one group store: the variable of its symbol and the tape.
// Without a pace it plays as fast as it can.
#include "apps/examples/market.hpp"
#include "apps/examples/prices.hpp"
#include "apps/examples/program.hpp"
#include "shm/group.hpp"

#include <chrono>
#include <cstring>
#include <iostream>
#include <map>

namespace holdfast::examples {

namespace {

using tick_variable = shm::variable<tick>;

tick_variable find_or_add(const client::connection& node,
                          const shm::region_view& region, std::string name) {
  if (auto found = region.find<tick>(name))
    return std::move(found).assume_value();
  need(node.add_variable("prices", client::variable_request::of<tick>(name)));
  return need(region.find<tick>(name));
}

/// A tick that waits for its turn, and where it goes.
struct planned_tick {
  tick value;
  const tick_variable* symbol;
};

struct replay {
  replay(const client::connection& node, const price_series& series)
    : region{need(node.attach("prices", shm::access::write))},
      tape{find_or_add(node, region, std::string{tape_variable})} {
    for (const auto& symbol : series.symbols)
      symbols.emplace(
        symbol, find_or_add(node, region, std::string{price_prefix} + symbol));
    for (const auto& price : series.prices) {
      tick value{};
      price.symbol.copy(value.symbol, sizeof value.symbol - 1);
      price.date.copy(value.date, sizeof value.date - 1);
      value.price = price.value;
      planned.push_back({value, &symbols.at(price.symbol)});
    }
    // Goes on where an earlier replay ended.
    if (const auto last = tape.read()) {
      sequence = last.assume_value().value.sequence;
      pass = last.assume_value().value.pass;
    }
  }

  /// Stores one tick in its symbol and on the tape; both or neither.
  void store(planned_tick& next) {
    next.value.pass = pass;
    next.value.sequence = ++sequence;
    next.value.stored_ns = monotonic_ns();
    next.value.checked_by = checksum_of(next.value);
    const auto bytes = std::as_bytes(std::span{&next.value, 1});
    const std::array<shm::group_value, 2> both{
      {{next.symbol, bytes}, {&tape, bytes}}};
    need(shm::store_group(both));
  }

  shm::region_view region;
  tick_variable tape;
  std::map<std::string, tick_variable> symbols;
  std::vector<planned_tick> planned;
  std::uint64_t sequence = 0;
  std::uint64_t pass = 0;
};

int run(int count, char** arguments) {
  const auto socket = argument(count, arguments, 1,
                               "market-replayer <socket> [ticks a second]");
  const auto pace = count > 2 ? std::atol(arguments[2]) : 0;
  stop_when_told();
  const auto series = read_prices(std::cin);
  if (series.prices.empty())
    give_up("standard input holds no line of symbol,date,price");
  const auto node = connect_to(socket, "market", "market replayer");
  replay player{node, series};
  tell("prices", std::uint64_t{series.prices.size()});
  tell("symbols", std::uint64_t{series.symbols.size()});
  tell("skipped", std::uint64_t{series.skipped});

  std::uint64_t ticks = 0;
  std::uint64_t passes = 0;
  const auto start = monotonic_ns();
  auto next_at = std::chrono::steady_clock::now();
  for (; !stop_requested() && node.alive(); ++passes) {
    ++player.pass;
    for (auto& next : player.planned) {
      if (pace > 0) {
        next_at += std::chrono::nanoseconds{1'000'000'000 / pace};
        static_cast<void>(node.wait_for_hang_up(next_at));
        if (stop_requested())
          break;
      }
      player.store(next);
      if (++ticks == series.prices.size())
        tell("ready", "1"); // every symbol has a price
    }
  }
  const auto seconds = static_cast<double>(monotonic_ns() - start) * 1e-9;
  tell("ticks", ticks);
  tell("passes", passes);
  tell("ticks_per_second", static_cast<double>(ticks) / seconds);
  return node.alive() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
