// Writers that end, or stand still, between two steps of a store; and hostile
// ones that keep a reader busy. The steps are taken here one by one.
#include "shm/group.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <future>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

namespace {

using clock_type = std::chrono::steady_clock;

struct two_numbers : attached_region {
  two_numbers() {
    add_value<std::uint64_t>("a");
    add_value<std::uint64_t>("b");
    a = find(attach(), "a");
    b = find(attach(), "b");
  }

  static shm::variable<std::uint64_t> find(const shm::region_view& in,
                                           const char* name) {
    return in.find<std::uint64_t>(name).assume_value();
  }

  // A store up to its last visible step, as of a writer that gets no further.
  static void store_silently(const shm::variable<std::uint64_t>& to) {
    const auto& at = to.at();
    const auto next = to.version() + 1;
    shm::fill_slot(at, next, [](shm::layout::word* payload) {
      payload->store(1, std::memory_order_relaxed);
      return std::uint64_t{8};
    });
    shm::publish(at, next);
  }

  // The first half of dirty_set::mark.
  static void mark_word_only(const shm::variable<std::uint64_t>& of) {
    const auto slot = of.at().slot;
    of.in().map.dirty_words()[slot / 64].fetch_or(1ULL << slot % 64);
  }

  shm::variable<std::uint64_t> a{{}, {}};
  shm::variable<std::uint64_t> b{{}, {}};
};

// Does something over and over beside the test.
class beside {
public:
  template <class Step>
  explicit beside(Step step)
    : thread_{[step = std::move(step)](const std::stop_token& stop) mutable {
        while (!stop.stop_requested())
          step();
      }} {
    // nop
  }

private:
  std::jthread thread_;
};

} // namespace

TEST_CASE_METHOD(two_numbers, "a writer halted within its mark hides no other",
                 "[shm][unit]") {
  store_silently(a);
  mark_word_only(a);

  REQUIRE(b.store(1));
  owner->drain();

  CHECK(b.committed_version() == 1);
  CHECK(a.committed_version() == 1);
}

TEST_CASE_METHOD(two_numbers,
                 "what a writer killed within its mark stored is "
                 "committed",
                 "[shm][unit]") {
  store_silently(a);
  mark_word_only(a);

  owner->release_client(a.in().owner);
  owner->drain();

  CHECK(a.committed_version() == 1);
}

TEST_CASE_METHOD(two_numbers,
                 "a writer killed before its wake-up leaves "
                 "nobody asleep",
                 "[shm][unit]") {
  const auto reader = find(attach(shm::access::read), "a");
  const auto path = GENERATE(shm::wait_path::best, shm::wait_path::change_word);
  auto woken = std::async(std::launch::async, [&] {
    const auto began = clock_type::now();
    const auto waited = reader.wait_for_change(0, began + 10s, path);
    return waited && clock_type::now() - began < 5s;
  });
  const auto& control = reader.in().control();
  while (control.variable_watchers.load() + control.region_watchers.load() == 0)
    std::this_thread::yield();
  std::this_thread::sleep_for(20ms); // until it sleeps, most likely

  store_silently(a);
  mark_word_only(a);
  a.in().map.dirty_summary()[0].fetch_or(1);
  owner->drain();
  owner->release_client(a.in().owner);

  CHECK(woken.get());
}

TEST_CASE("a wait ends at its deadline beside a flood of changes",
          "[shm][unit]") {
  attached_region region;
  const auto seen = region.attach(shm::access::read);
  std::vector<shm::variable<std::uint64_t>> handles;
  for (int i = 0; i < 200; ++i) {
    const auto name = "v" + std::to_string(i);
    region.add_value<std::uint64_t>(name);
    handles.push_back(seen.find<std::uint64_t>(name).assume_value());
  }
  std::vector<shm::watched> all;
  for (const auto& handle : handles)
    all.push_back(handle.watch_since(0));
  const auto writer = region.attach();
  auto& change = writer.attached()->map.data->change;
  const auto began = clock_type::now();
  const beside flood{[&change, began] {
    if (clock_type::now() < began + 3s)
      change.fetch_add(1);
  }};

  const auto waited = shm::wait_for_any(all, began + 50ms);

  CHECK(waited.assume_error() == errc::timeout);
  CHECK(clock_type::now() - began < 20s); // a hang, not a delay
}

TEST_CASE("reads of a large value that never holds still end", "[shm][unit]") {
  attached_region region{small_region(64U << 20)};
  region.add("v", shm::layout::variable_kind::bytes, "bytes", 16U << 20);
  const auto writer = region.attach().find_bytes("v").assume_value();
  const std::vector<std::byte> value(16U << 20);
  REQUIRE(writer.store(value));
  const auto reader
    = region.attach(shm::access::read).find_bytes("v").assume_value();
  std::vector<std::byte> into(16U << 20);
  const beside hurrying{
    [at = writer.at(), version = std::uint64_t{1}]() mutable {
      ++version;
      at.slot_of(version).content.store(16U << 20, std::memory_order_relaxed);
      at.slot_of(version).sequence.store(2 * version);
      at.head->latest.store(version);
    }};
  while (reader.version() < 100)
    std::this_thread::yield();
  const auto began = clock_type::now();

  SECTION("alone") {
    (void)reader.read_into(into);
  }
  SECTION("as a group") {
    shm::group_slot slot{&reader, into};
    (void)shm::read_group({&slot, 1});
  }

  CHECK(clock_type::now() - began < 20s); // a hang, not a delay
}

TEST_CASE_METHOD(two_numbers,
                 "no owner that a hostile writer forges keeps a "
                 "lock beyond its end",
                 "[shm][unit]") {
  const auto forged = GENERATE(0x7fff'ffffU, 0x7fff'fffeU, 4096U);
  a.at().head->lock.store(
    shm::layout::lock_word::held(a.at().generation, forged));

  owner->release_client(b.in().owner);

  CHECK(a.store(1));
}

TEST_CASE_METHOD(two_numbers,
                 "a hostile writer does not keep others from "
                 "attaching",
                 "[shm][unit]") {
  a.in().map.data->magic = 0;
  a.in().map.data->region_id = 0;

  CHECK(find(attach(), "a").store(1));
}
