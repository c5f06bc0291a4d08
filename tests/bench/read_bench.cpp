// Reads that nobody disturbs, against the bare recipes.

#include "tests/bench/floors.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/test_region.hpp"

#include <cstring>
#include <random>
#include <vector>

namespace holdfast::bench {

namespace {

// The value is consumed as the caller would: from memory.
template <std::size_t Bytes>
auto reader_of(const shm::variable<block<Bytes>>& variable) {
  return [&variable] {
    auto got = variable.read();
    if (!got)
      give_up("a read failed");
    benchmark::DoNotOptimize(got.assume_value());
  };
}

template <class Cell, std::size_t Bytes>
auto bare_reader_of(const Cell& cell) {
  return [&cell] {
    bare_reading<Bytes> got;
    cell.read(got);
    benchmark::DoNotOptimize(got);
  };
}

template <std::size_t Bytes, template <std::size_t> class Cell>
figures read_block(benchmark::State& state) {
  test_region region{1, Bytes};
  const auto writer
    = need(region.attach(shm::access::write).template find<block<Bytes>>("v0"));
  need(writer.store({1}));
  const auto reader
    = need(region.attach(shm::access::read).template find<block<Bytes>>("v0"));
  shared<Cell<Bytes>> cell;
  cell->store({1});
  return compare(state, reader_of<Bytes>(reader),
                 bare_reader_of<Cell<Bytes>, Bytes>(*cell));
}

figures read_bytes(benchmark::State& state, std::uint32_t bytes) {
  test_region region{1, bytes};
  const auto view = region.attach(shm::access::read);
  const std::vector<std::byte> written(bytes, std::byte{1});
  need(need(region.attach(shm::access::write).find_any("v0")).store(written));
  const auto reader = need(view.find_any("v0"));
  std::vector<std::byte> into(bytes);
  shared_bytes source{bytes};
  std::memset(source.get(), 1, bytes);
  const auto ours = [&] {
    auto got = reader.read_into(into);
    if (!got || got.assume_value().first != bytes)
      give_up("a read failed");
    benchmark::DoNotOptimize(into.data());
    benchmark::ClobberMemory();
  };
  const auto bare = [&] {
    std::memcpy(into.data(), source.get(), bytes);
    benchmark::DoNotOptimize(into.data());
    benchmark::ClobberMemory();
  };
  return compare(state, ours, bare);
}

using random_cells = shared_array<four_slot_cell<64>>;

// The bare cells as somebody has them who knows their places.
struct cell_in_place {
  cell_in_place(random_cells& of, std::uint32_t) : cells{of} {
    // nop
  }

  const four_slot_cell<64>& operator[](std::uint32_t index) const {
    return cells[index];
  }

  random_cells& cells;
};

// The same behind handles as large as ours: whoever looks a value up by name
// once has to keep something for each.
struct cell_behind_handle {
  cell_behind_handle(random_cells& cells, std::uint32_t count)
    : handles(count) {
    for (std::uint32_t i = 0; i < count; ++i)
      handles[i].cell = &cells[i];
  }

  const four_slot_cell<64>& operator[](std::uint32_t index) const {
    return *handles[index].cell;
  }

  struct alignas(sizeof(shm::variable_handle)) handle {
    const four_slot_cell<64>* cell = nullptr;
  };

  std::vector<handle> handles;
};

// Every read is of another variable, in an order that no prefetcher guesses.
template <class Cells>
figures read_random(benchmark::State& state) {
  const std::uint32_t count = quick ? 256 : shm::limits::variables_max;
  test_region region{count, 64};
  const auto writing = region.attach(shm::access::write);
  const auto reading = region.attach(shm::access::read);
  std::vector<shm::variable<block<64>>> variables;
  random_cells cells{count};
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto name = test_region::name_of(i);
    need(need(writing.find<block<64>>(name)).store({i}));
    cells[i].store({i});
    variables.push_back(need(reading.find<block<64>>(name)));
  }
  const Cells found{cells, count};
  std::vector<std::uint32_t> order(count);
  std::minstd_rand random{1};
  for (auto& index : order)
    index = static_cast<std::uint32_t>(random()) % count;
  const auto next_of = [&order](std::size_t& at) {
    at = at + 1 == order.size() ? 0 : at + 1;
    return order[at];
  };
  std::size_t ours_at = 0;
  std::size_t bare_at = 0;
  const auto ours = [&] { reader_of<64>(variables[next_of(ours_at)])(); };
  const auto bare = [&] {
    bare_reader_of<four_slot_cell<64>, 64>(found[next_of(bare_at)])();
  };
  // A batch is less than all of them: without this the last batches would
  // still meet pages for the first time.
  time_each(count, ours);
  time_each(count, bare);
  return compare(state, ours, bare);
}

} // namespace

void add_read_rows() {
  const auto at_most = [](double bound) {
    return goal{direction::at_most, bound};
  };
  add_row({"read/8B", "ns", "word seqlock"}, read_block<8, word_seqlock>);
  add_row({"read/64B", "ns", "word seqlock", at_most(1.3)},
          read_block<64, word_seqlock>);
  add_row({"read/64B_unrolled", "ns", "word seqlock unrolled by hand"},
          read_block<64, unrolled_seqlock>);
  add_row({"read/64B_cell", "ns", "bare four-slot cell"},
          read_block<64, four_slot_cell>);
  add_row({"read/64B_random", "ns", "bare four-slot cells behind handles"},
          read_random<cell_behind_handle>);
  add_row({"read/64B_random_bare", "ns", "bare four-slot cells"},
          read_random<cell_in_place>);
  add_row({"read/1KiB", "ns", "memcpy", at_most(1.5)},
          [](auto& state) { return read_bytes(state, 1U << 10); });
  add_row({"read/64KiB", "ns", "memcpy", at_most(1.2)},
          [](auto& state) { return read_bytes(state, 64U << 10); });
  add_row({"read/1MiB", "ns", "memcpy", at_most(1.2)},
          [](auto& state) { return read_bytes(state, 1U << 20); });
}

} // namespace holdfast::bench
