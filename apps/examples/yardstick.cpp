// Times one operation on a 64-byte variable against a bare seqlock.
//
//   yardstick <socket> read|store <batches>
//
// Both run in this process, in turn, in batches; the fastest batch of each
// counts, because whatever disturbs a batch only makes it longer.
#include "apps/examples/market.hpp"
#include "apps/examples/program.hpp"
#include "apps/examples/raw_floor.hpp"

#include <algorithm>

namespace holdfast::examples {

namespace {

constexpr int calls_per_batch = 20'000;

template <class Operation>
[[gnu::noinline]] double time_batch(Operation& operation) {
  const auto start = monotonic_ns();
  for (int i = 0; i < calls_per_batch; ++i)
    operation();
  return static_cast<double>(monotonic_ns() - start) / calls_per_batch;
}

template <class Ours, class Bare>
void compare(int batches, Ours ours, Bare bare) {
  double our_least = 1e300;
  double bare_least = 1e300;
  for (int i = 0; i < batches; ++i) {
    our_least = std::min(our_least, time_batch(ours));
    bare_least = std::min(bare_least, time_batch(bare));
  }
  tell("ours_ns", our_least);
  tell("bare_ns", bare_least);
}

// The value is consumed where it was made, as a caller would.
void compare_reads(const shm::region_view& region, int batches) {
  const auto price
    = need(region.find<tick>(first_variable(region, price_prefix)));
  bare_seqlock cell;
  cell.store({1, 2, 3, 4, 5, 6, 7, 8});
  compare(
    batches,
    [&] {
      const auto now = price.read();
      if (!now)
        give_up("a read failed");
      keep(now.assume_value().value);
    },
    [&] {
      bare_seqlock::block into;
      cell.read(into);
      keep(into);
    });
}

void compare_stores(const shm::region_view& region, int batches) {
  const auto scratch = need(region.find<tick>("scratch"));
  bare_seqlock cell;
  tick value{};
  bare_seqlock::block block{};
  compare(
    batches,
    [&] {
      ++value.sequence;
      if (!scratch.store(value))
        give_up("a store failed");
    },
    [&] {
      ++block[5];
      cell.store(block);
    });
  keep(cell);
}

int run(int count, char** arguments) {
  constexpr auto usage = "yardstick <socket> read|store <batches>";
  const auto socket = argument(count, arguments, 1, usage);
  const auto what = argument(count, arguments, 2, usage);
  const auto batches = std::atoi(argument(count, arguments, 3, usage).c_str());
  const auto node = connect_to(socket, "market", "yardstick");
  const bool reads = what == "read";
  const auto region = need(
    node.attach("prices", reads ? shm::access::read : shm::access::write));
  if (reads)
    compare_reads(region, batches);
  else
    compare_stores(region, batches);
  return EXIT_SUCCESS;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
