// Stores of several processes at once, all on one variable or each on its own.

#include "tests/bench/floors.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/race.hpp"
#include "tests/bench/test_region.hpp"

namespace holdfast::bench {

namespace {

constexpr std::uint32_t writers_max = 4;

struct bare_variables {
  std::array<unrolled_seqlock<64>, writers_max> cells;
  alignas(64) shared_word dirty{0};
};

// One of the writers: what it does in either turn.
void write(race& turns, std::uint32_t index, std::uint32_t target,
           const shm::region_view& view, bare_variables& bare) {
  const auto variable
    = need(view.find<block<64>>(test_region::name_of(target)));
  block<64> value{};
  turns.run(
    index,
    [&] {
      ++value[0];
      if (!variable.store(value))
        give_up("a store failed");
    },
    [&] {
      ++value[0];
      bare.cells[target].store(value);
      bare.dirty.fetch_or(1ULL << target, std::memory_order_seq_cst);
    });
}

figures store_together(benchmark::State& state, std::uint32_t writers,
                       bool on_one) {
  test_region region{writers, 64};
  shared<bare_variables> bare;
  shared<race> turns;
  std::vector<child> processes;
  for (std::uint32_t i = 0; i < writers; ++i) {
    const auto owner = region.admit();
    processes.emplace_back(i % 2 == 0 ? first_cpu : second_cpu, [&, i] {
      write(*turns, i, on_one ? 0 : i, region.attach(shm::access::write, owner),
            *bare);
    });
  }
  return compare_medians(
    state, 1, [&] { return turns->time_each(turn::ours, writers); },
    [&] { return turns->time_each(turn::bare, writers); });
}

} // namespace

void add_writers_rows() {
  const char* bare = "CAS seqlock and dirty mark";
  add_row({"writers/2_on_one", "ns", bare},
          [](auto& state) { return store_together(state, 2, true); });
  add_row({"writers/4_on_one", "ns", bare},
          [](auto& state) { return store_together(state, 4, true); });
  add_row({"writers/2_apart", "ns", bare},
          [](auto& state) { return store_together(state, 2, false); });
}

} // namespace holdfast::bench
