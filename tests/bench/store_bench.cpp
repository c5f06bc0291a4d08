// Stores of one writer, with the dirty mark that makes them replicate.

#include "tests/bench/floors.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/test_region.hpp"

#include <cstring>
#include <vector>

namespace holdfast::bench {

namespace {

// A store that any of many writers could make, and a mark for whoever
// collects changes. The mark stays set, as it does in ours.
template <std::size_t Bytes>
struct marked_cell {
  unrolled_seqlock<Bytes> value;
  alignas(64) shared_word dirty{0};

  void store(const block<Bytes>& next) noexcept {
    value.store(next);
    dirty.fetch_or(1, std::memory_order_seq_cst);
  }
};

template <std::size_t Bytes>
figures store_block(benchmark::State& state) {
  test_region region{1, Bytes};
  const auto writer
    = need(region.attach(shm::access::write).template find<block<Bytes>>("v0"));
  shared<marked_cell<Bytes>> cell;
  block<Bytes> value{};
  const auto ours = [&] {
    ++value[0];
    benchmark::DoNotOptimize(value);
    if (!writer.store(value))
      give_up("a store failed");
  };
  const auto bare = [&] {
    ++value[0];
    benchmark::DoNotOptimize(value);
    cell->store(value);
  };
  return compare(state, ours, bare);
}

figures store_bytes(benchmark::State& state, std::uint32_t bytes) {
  test_region region{1, bytes};
  const auto writer = need(region.attach(shm::access::write).find_any("v0"));
  const std::vector<std::byte> from(bytes, std::byte{1});
  shared_bytes target{bytes};
  const auto ours = [&] {
    if (!writer.store(from))
      give_up("a store failed");
  };
  const auto bare = [&] {
    std::memcpy(target.get(), from.data(), bytes);
    benchmark::ClobberMemory();
  };
  return compare(state, ours, bare);
}

} // namespace

void add_store_rows() {
  const char* marked = "CAS seqlock and dirty mark";
  add_row({"store/8B", "ns", marked}, store_block<8>);
  add_row({"store/64B", "ns", marked, goal{direction::at_most, 1.5}},
          store_block<64>);
  add_row({"store/1KiB", "ns", "memcpy"},
          [](auto& state) { return store_bytes(state, 1U << 10); });
  add_row({"store/64KiB", "ns", "memcpy"},
          [](auto& state) { return store_bytes(state, 64U << 10); });
  add_row({"store/1MiB", "ns", "memcpy"},
          [](auto& state) { return store_bytes(state, 1U << 20); });
}

} // namespace holdfast::bench
