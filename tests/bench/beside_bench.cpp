// A reader beside a writer process that stores without a pause.

#include "tests/bench/floors.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/race.hpp"
#include "tests/bench/test_region.hpp"

#include <memory>
#include <vector>

// The library pauses once per try that did not succeed. The program is linked
// with --wrap for this function, so tries are counted exactly and through the
// public interface.
namespace holdfast::shm {

void library_pause(int attempt) noexcept asm("__real__ZN8holdfast3shm5pauseEi");
void counting_pause(int attempt) noexcept
  asm("__wrap__ZN8holdfast3shm5pauseEi");

} // namespace holdfast::shm

namespace {

std::uint64_t tries_in_vain = 0;

} // namespace

void holdfast::shm::counting_pause(int attempt) noexcept {
  ++tries_in_vain;
  library_pause(attempt);
}

namespace holdfast::bench {

namespace {

struct tally {
  std::uint64_t reads = 0;
  std::uint64_t tries = 0;
  std::uint64_t failed = 0;
};

// The writer process and a reader here, of `Bytes` and, in its turn, of a bare
// cell of as many.
template <std::size_t Bytes>
class pair_beside {
public:
  pair_beside()
    : owner_{region_.admit()},
      view_{region_.attach(shm::access::read)},
      into_(Bytes),
      writer_{second_cpu, [this] { write(); }} {
    turns_->start(turn::ours, 1);
    turns_->stop();
  }

  tally read_for(double nanoseconds) {
    const auto variable = need(view_.find_any("v0"));
    const auto vain_before = tries_in_vain;
    tally sum;
    turns_->start(turn::ours, 1);
    const auto end = nanoseconds_now() + nanoseconds;
    do {
      const auto got = variable.read_into(into_);
      ++sum.reads;
      sum.failed += got ? 0 : 1;
      benchmark::ClobberMemory();
    } while (nanoseconds_now() < end);
    turns_->stop();
    sum.tries = sum.reads - sum.failed + tries_in_vain - vain_before;
    return sum;
  }

  double time_bare_read(double nanoseconds) {
    bare_reading<Bytes>& got = *got_;
    std::uint64_t reads = 0;
    turns_->start(turn::bare, 1);
    const auto start = nanoseconds_now();
    do {
      cell_->read(got);
      ++reads;
      benchmark::DoNotOptimize(got.value.data());
      benchmark::ClobberMemory();
    } while (nanoseconds_now() < start + nanoseconds);
    const auto took = nanoseconds_now() - start;
    turns_->stop();
    return took / static_cast<double>(reads);
  }

private:
  [[noreturn]] void write() {
    const auto view = region_.attach(shm::access::write, owner_);
    const auto variable = need(view.find_any("v0"));
    const auto value = std::make_unique<block<Bytes>>();
    turns_->run(
      0,
      [&] {
        ++(*value)[0];
        if (!variable.store(std::as_bytes(std::span{*value})))
          give_up("a store failed");
      },
      [&] {
        ++(*value)[0];
        cell_->store(*value);
      });
  }

  test_region region_{1, Bytes};
  shared<four_slot_cell<Bytes>> cell_;
  shared<race> turns_;
  std::uint32_t owner_;
  shm::region_view view_;
  std::vector<std::byte> into_;
  std::unique_ptr<bare_reading<Bytes>> got_
    = std::make_unique<bare_reading<Bytes>>();
  child writer_;
};

template <std::size_t Bytes>
tally count_tries(benchmark::State& state) {
  pair_beside<Bytes> pair;
  tally sum;
  for (auto _ : state) {
    const auto batch = pair.read_for(race::turn_nanoseconds());
    sum.reads += batch.reads;
    sum.tries += batch.tries;
    sum.failed += batch.failed;
    state.SetIterationTime(race::turn_nanoseconds() * 1e-9);
  }
  return sum;
}

template <std::size_t Bytes>
figures tries_per_read(benchmark::State& state) {
  const auto sum = count_tries<Bytes>(state);
  return {static_cast<double>(sum.tries) / static_cast<double>(sum.reads), 1};
}

template <std::size_t Bytes>
figures failed_reads(benchmark::State& state) {
  const auto sum = count_tries<Bytes>(state);
  return {static_cast<double>(sum.failed), static_cast<double>(sum.reads)};
}

template <std::size_t Bytes>
figures time_beside(benchmark::State& state) {
  pair_beside<Bytes> pair;
  const auto turn = race::turn_nanoseconds();
  return compare_medians(
    state, 1,
    [&] { return turn / static_cast<double>(pair.read_for(turn).reads); },
    [&] { return pair.time_bare_read(turn); });
}

template <std::size_t Bytes>
void add_rows_of(const std::string& size) {
  add_row({"beside/" + size + "_tries", "tries", "one try",
           goal{direction::at_most, 1.1}},
          tries_per_read<Bytes>);
  add_row({"beside/" + size + "_failed", "reads", "all reads",
           goal{direction::at_most, 0}},
          failed_reads<Bytes>);
  add_row({"beside/" + size, "ns", "bare four-slot cell"}, time_beside<Bytes>);
}

} // namespace

void add_beside_rows() {
  add_rows_of<64>("64B");
  add_rows_of<1U << 10>("1KiB");
  add_rows_of<64U << 10>("64KiB");
  add_rows_of<1U << 20>("1MiB");
  add_rows_of<16U << 20>("16MiB");
}

} // namespace holdfast::bench
