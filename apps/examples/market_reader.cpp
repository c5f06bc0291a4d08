// Reads what the market replayer stores, until told to stop.
//
//   market-reader <socket> scan    reads as fast as it can and checks all it
//                                  sees: checksums, order, whole groups
//   market-reader <socket> wait    sleeps until the tape changes and measures
//                                  how long ago that was
#include "apps/examples/market.hpp"
#include "apps/examples/program.hpp"
#include "shm/group.hpp"

#include <string.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

constexpr int reads_per_turn = 10'000;
constexpr int snapshots_per_turn = 500;
constexpr std::size_t samples_max = 1'000'000;

struct market {
  explicit market(const client::connection& node)
    : region{need(node.attach("prices", shm::access::read))},
      tape{need(region.find<tick>(tape_variable))},
      name{first_variable(region, price_prefix)},
      symbol{name.substr(price_prefix.size())},
      price{need(region.find<tick>(name))} {
    // nop
  }

  shm::region_view region;
  shm::variable<tick> tape;
  std::string name;
  std::string symbol;
  shm::variable<tick> price; // of that symbol
};

struct findings {
  std::uint64_t reads = 0;
  std::uint64_t reading_ns = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t contended = 0; // snapshots that found no quiet instant
  std::uint64_t torn = 0;      // values whose checksum is wrong
  std::uint64_t half = 0;      // snapshots of half a group store
  std::uint64_t backwards = 0; // reads older than the one before
  std::uint64_t latest = 0;
};

void read_prices_of(const market& from, findings& found) {
  const auto start = monotonic_ns();
  for (int i = 0; i < reads_per_turn; ++i) {
    const auto now = need(from.price.read());
    found.torn += is_whole(now.value) ? 0 : 1;
    found.backwards += now.value.sequence < found.latest ? 1 : 0;
    found.latest = now.value.sequence;
  }
  found.reads += reads_per_turn;
  found.reading_ns += static_cast<std::uint64_t>(monotonic_ns() - start);
}

/// The tape is never older than a symbol, and the same where it is the same.
bool fit_together(const market& from, const tick& tape,
                  const tick& price) noexcept {
  const std::string_view on_tape{tape.symbol,
                                 ::strnlen(tape.symbol, sizeof tape.symbol)};
  return on_tape == from.symbol ? tape.sequence == price.sequence
                                : tape.sequence > price.sequence;
}

void take_snapshots(const market& from, findings& found) {
  for (int i = 0; i < snapshots_per_turn; ++i) {
    const auto both = shm::snapshot(from.tape, from.price);
    if (!both && both.assume_error() == shm::errc::contended) {
      ++found.contended;
      continue;
    }
    const auto [tape, price] = need(both);
    ++found.snapshots;
    found.torn += is_whole(tape.value) && is_whole(price.value) ? 0 : 1;
    found.half += fit_together(from, tape.value, price.value) ? 0 : 1;
  }
}

void scan(const market& from) {
  findings found;
  while (!stop_requested()) {
    read_prices_of(from, found);
    take_snapshots(from, found);
  }
  tell("reads", found.reads);
  tell("reads_per_second", static_cast<double>(found.reads) * 1e9
                             / static_cast<double>(found.reading_ns));
  tell("snapshots", found.snapshots);
  tell("contended", found.contended);
  tell("torn", found.torn);
  tell("half", found.half);
  tell("backwards", found.backwards);
}

void wait(const market& from) {
  std::vector<std::int64_t> took;
  std::uint64_t torn = 0;
  auto known = from.tape.version();
  while (!stop_requested() && took.size() < samples_max) {
    const auto changed = from.tape.wait_for_change(
      known, std::chrono::steady_clock::now() + 100ms);
    if (!changed && changed.assume_error() == shm::errc::timeout)
      continue; // nothing was stored; look whether to stop
    need(changed);
    const auto now = need(from.tape.read());
    took.push_back(monotonic_ns() - now.value.stored_ns);
    torn += is_whole(now.value) ? 0 : 1;
    known = now.version;
  }
  tell("wakes", std::uint64_t{took.size()});
  tell("torn", torn);
  if (took.empty())
    return;
  std::sort(took.begin(), took.end());
  const auto share = [&](std::size_t percent) {
    return static_cast<double>(took[(took.size() - 1) * percent / 100]);
  };
  tell("p50_ns", share(50));
  tell("p99_ns", share(99));
  tell("max_ns", share(100));
}

int run(int count, char** arguments) {
  constexpr auto usage = "market-reader <socket> scan|wait";
  const auto socket = argument(count, arguments, 1, usage);
  const auto mode = argument(count, arguments, 2, usage);
  stop_when_told();
  const auto node = connect_to(socket, "market", "market reader");
  const market from{node};
  tell("ready", "1");
  if (mode == "scan")
    scan(from);
  else if (mode == "wait")
    wait(from);
  else
    give_up(std::string{"usage: "} + usage);
  return node.alive() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
