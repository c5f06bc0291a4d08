#include "tests/shm/races.hpp"

#include "shm/group.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/shm/beside.hpp"
#include "tests/shm/lap_races.hpp"
#include "tests/shm/pattern.hpp"

using namespace std::chrono_literals;
using holdfast::shm::errc;
using holdfast::shm::layout::variable_kind;

namespace holdfast::test {

namespace {

// Lets the others get anywhere between two steps of ours: up to some 20 us,
// of a different length each time.
void dawdle(std::uint64_t& seed) {
  seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
  for (auto i = (seed >> 33) % 512; i > 0; --i)
    shm::pause(0);
}

template <class Pattern>
race_outcome read_beside_writer(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<Pattern>("v");
  const auto in
    = region.attach(shm::access::read).find<Pattern>("v").assume_value();
  const auto out = region.attach().find<Pattern>("v").assume_value();
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  return beside(
    time,
    [&] {
      const auto read = in.read();
      if (!read)
        return read.assume_error() == errc::no_value;
      const auto& seen = read.assume_value();
      const bool right = seen.value.whole() && seen.version >= last
                         && seen.value.words[0] == seen.version;
      last = seen.version;
      return right;
    },
    [=]() mutable { (void)out.store(Pattern::of(++number)); });
}

race_outcome two_writers(std::chrono::milliseconds time) {
  attached_region region;
  region.add("n", variable_kind::counter, "i64", 8);
  const auto a = region.attach().find_counter("n").assume_value();
  const auto b = region.attach().find_counter("n").assume_value();
  std::atomic<std::int64_t> added_by_b{0};
  std::int64_t added_by_a = 0;
  auto outcome = beside(
    time,
    [&] {
      added_by_a += a.fetch_add(1) ? 1 : 0;
      return true;
    },
    [&added_by_b, b] { added_by_b += b.fetch_add(1) ? 1 : 0; });
  const auto sum = a.read().assume_value().value;
  outcome.breaches += sum == added_by_a + added_by_b.load() ? 0 : 1;
  return outcome;
}

race_outcome drain_beside_writer(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<std::uint64_t>("v");
  const auto out = region.attach().find<std::uint64_t>("v").assume_value();
  std::atomic<std::uint64_t> asked{0};
  std::atomic<std::uint64_t> stored{0};
  // The writer stores a few times when asked; then one drain must commit the
  // last of them.
  return beside(
    time,
    [&] {
      const auto turn = asked.load() + 1;
      asked.store(turn);
      while (stored.load() < turn)
        region.owner->drain();
      region.owner->drain();
      return out.committed_version() == out.version();
    },
    [&asked, &stored, out] {
      const auto turn = asked.load();
      if (stored.load() == turn)
        return;
      for (std::uint64_t i = 0; i <= turn % 4; ++i)
        (void)out.store(turn);
      stored.store(turn);
    });
}

// When there is nothing to flush, all that was stored before is with the node.
race_outcome flush_beside_writer(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<std::uint64_t>("v");
  const auto view = region.attach();
  const auto out = view.find<std::uint64_t>("v").assume_value();
  auto& marks = view.attached()->marks;
  std::atomic<std::uint64_t> stored{0};
  return beside(
    time,
    [&] {
      const auto before = stored.load();
      const bool nothing = marks.begin_flush() == 0;
      const bool right = !nothing || out.committed_version() >= before;
      region.owner->drain();
      marks.end_flush();
      return right;
    },
    [&stored, out, seed = std::uint64_t{1}]() mutable {
      stored.store(out.store(seed).assume_value());
      dawdle(seed);
    });
}

race_outcome snapshot_beside_groups(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<double>("a");
  region.add_value<double>("b");
  const auto writer = region.attach();
  const auto reader = region.attach(shm::access::read);
  const auto a = writer.find<double>("a").assume_value();
  const auto b = writer.find<double>("b").assume_value();
  const auto a_seen = reader.find<double>("a").assume_value();
  const auto b_seen = reader.find<double>("b").assume_value();
  double number = 0;
  return beside(
    time,
    [&] {
      const auto both = shm::snapshot(a_seen, b_seen);
      if (!both)
        return true;
      return std::get<0>(both.assume_value()).value
             == std::get<1>(both.assume_value()).value;
    },
    [=]() mutable {
      number += 1;
      (void)shm::group_store{}.put(a, number).put(b, number).commit();
    });
}

// The node removes and adds variables of changing shape in the same place,
// while a writer and a reader use handles that go stale under them.
race_outcome reuse_of_slots(std::chrono::milliseconds time) {
  attached_region region;
  const auto reader = region.attach(shm::access::read);
  const auto writer = region.attach();
  std::uint64_t round = 0;
  region.add("v", variable_kind::bytes, "bytes", 512);
  return beside(
    time,
    [&] {
      const std::uint32_t capacity = ++round % 2 == 0 ? 512 : 1000;
      const auto before = reader.find_bytes("v").assume_value();
      if (!region.owner->remove_variable("v"))
        return false;
      region.add("v", variable_kind::bytes, "bytes", capacity);
      for (int i = 0; i < 20; ++i) {
        const auto seen = reader.find_bytes("v").assume_value().read();
        if (!seen)
          continue;
        // Each writer stores its capacity as length and as every byte.
        const auto& value = seen.assume_value().value;
        const auto mark = static_cast<std::byte>(capacity / 4);
        if (value.size() != capacity)
          return false;
        for (const auto byte : value)
          if (byte != mark)
            return false;
      }
      return !before.read();
    },
    [writer, seed = std::uint64_t{1}]() mutable {
      const auto found = writer.find_bytes("v");
      if (!found)
        return;
      const auto& handle = found.assume_value();
      const std::vector<std::byte> value(
        handle.capacity(), static_cast<std::byte>(handle.capacity() / 4));
      for (int i = 0; i < 8 && handle.store(value); ++i)
        dawdle(seed);
    });
}

race_outcome wait_for_each(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<std::uint64_t>("v");
  const auto in
    = region.attach(shm::access::read).find<std::uint64_t>("v").assume_value();
  const auto out = region.attach().find<std::uint64_t>("v").assume_value();
  std::atomic<std::uint64_t> asked{0};
  return beside(
    time,
    [&] {
      const auto turn = asked.fetch_add(1);
      // A wait that lasts to its deadline slept through the store, even if
      // its last look finds the value.
      const auto until = std::chrono::steady_clock::now() + 5s;
      return in.wait_for_change(turn, until).has_value()
             && std::chrono::steady_clock::now() < until;
    },
    [&asked, out, seed = std::uint64_t{1}]() mutable {
      if (out.version() == asked.load())
        return;
      dawdle(seed);
      (void)out.store(out.version());
    });
}

// In even epochs a replica, in odd ones a home: no reader takes the home that
// has yet to take over for one that serves.
race_outcome role_beside_reader(std::chrono::milliseconds time) {
  using shm::layout::region_role;
  using shm::layout::region_state;
  attached_region region;
  const auto reader = region.attach(shm::access::read);
  const auto& seen = *reader.attached();
  auto& owner = *region.owner;
  return beside(
    time,
    [&] {
      const auto before = reader.epoch();
      const auto role = seen.control().role.load(std::memory_order_acquire);
      const bool serves = role == static_cast<std::uint32_t>(region_role::home)
                          && seen.state() == region_state::active;
      return !serves || before % 2 == 1 || reader.epoch() != before;
    },
    [&owner, epoch = std::uint64_t{2}, seed = std::uint64_t{1}]() mutable {
      owner.take_role(region_role::replica, 2, epoch, region_state::active);
      dawdle(seed);
      owner.take_role(region_role::home, 1, epoch, region_state::fenced);
      dawdle(seed);
      owner.take_role(region_role::home, 1, epoch + 1, region_state::active);
      dawdle(seed);
      owner.take_role(region_role::home, 1, epoch + 1, region_state::fenced);
      epoch += 2;
    });
}

} // namespace

const std::vector<race>& races() {
  static const std::vector<race> all{
    {"torn-short", "a read value is whole, its version does not go back",
     read_beside_writer<short_pattern>},
    {"torn-long", "a read value of three slots is whole",
     read_beside_writer<long_pattern>},
    {"lapped-four", "a copy that the writer lapped is not taken for a value",
     lapped_copy_of_four},
    {"lapped-three", "the same for a value of three slots",
     lapped_copy_of_three},
    {"during-store", "a read during a store finds the value before it",
     read_during_store},
    {"two-writers", "no addition of two writers is lost", two_writers},
    {"drain", "a store is committed by the drain after it",
     drain_beside_writer},
    {"flush", "whatever no flush has covered has its mark",
     flush_beside_writer},
    {"group", "a snapshot shows a group whole or not at all",
     snapshot_beside_groups},
    {"reuse", "a successor is never confused with what was removed",
     reuse_of_slots},
    {"role",
     "a home that has yet to take over is not taken for one that serves",
     role_beside_reader},
    {"wait", "a waiter is woken by the store it waits for", wait_for_each},
  };
  return all;
}

} // namespace holdfast::test
