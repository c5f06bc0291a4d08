#include "tests/shm/lap_races.hpp"

#include "shm/handles.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/shm/beside.hpp"
#include "tests/shm/pattern.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

using namespace std::chrono_literals;
using holdfast::shm::errc;

namespace holdfast::test {

namespace {

// Where reader and writer of one round are.
enum class step : std::uint32_t {
  idle,
  half_copied, // the reader has half of a value and waits
  overwritten, // the writer is in the reader's slot and waits
  read,        // the reader has its answer, or tries again
};

// Sleeps rather than spins: on a busy machine, whoever gives the processor away
// gets it back a slice later, and whoever is woken gets it at once.
class script {
public:
  void enter(step next) {
    const std::lock_guard hold{mutex_};
    now_ = next;
    changed_.notify_all();
  }

  // Waits for the other. False if it does not come, which would be a breach:
  // reader and writer never wait for each other.
  bool await(step wanted, std::chrono::milliseconds patience = 20s) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, patience, [&] { return now_ == wanted; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  step now_ = step::idle;
};

template <class Pattern>
void write_words(shm::layout::word* to, std::uint64_t number) {
  const auto value = Pattern::of(number);
  shm::store_payload(to, reinterpret_cast<const std::byte*>(&value),
                     sizeof value);
}

// Stores until the reader's slot is the next one, and stays in that store
// until the reader is through with its copy.
template <class Pattern>
void lap(const shm::variable<Pattern>& out, script& round) {
  const auto slots = shm::layout::slots_of(out.capacity());
  for (std::uint32_t i = 1; i < slots; ++i)
    (void)out.store(Pattern::of(out.version() + 1));
  (void)shm::store_next(out.in(), out.at(), shm::any_version,
                        [&round](shm::layout::word* to, std::uint64_t latest) {
                          write_words<Pattern>(to, latest + 1);
                          round.enter(step::overwritten);
                          (void)round.await(step::read);
                          return sizeof(Pattern);
                        });
  round.enter(step::idle);
}

// One read whose first copy is lapped half-way; whether it came out right.
template <class Pattern>
bool read_lapped(const shm::variable<Pattern>& in, script& round) {
  constexpr auto half = sizeof(Pattern) / 2;
  Pattern seen{};
  auto* const to = reinterpret_cast<std::byte*>(&seen);
  bool lapped = false;
  bool first = true;
  bool told = false;
  std::uint64_t version = 0;
  // Once: the writer may be through with its lap when the read returns.
  const auto let_go = [&] {
    if (!std::exchange(told, true))
      round.enter(step::read);
  };
  const auto copy = [&](const shm::layout::word* from, std::uint64_t) {
    shm::load_payload(to, from, half);
    if (std::exchange(first, false)) {
      round.enter(step::half_copied);
      lapped = round.await(step::overwritten);
    } else {
      let_go();
    }
    shm::load_payload(to + half, from + half / sizeof *from, half);
  };
  const auto code = shm::read_latest(in.at(), version, copy);
  let_go();
  return lapped && code == errc::ok && seen.whole() && seen.words[0] == version;
}

template <class Pattern>
race_outcome lapped_copy(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<Pattern>("v");
  const auto in
    = region.attach(shm::access::read).find<Pattern>("v").assume_value();
  const auto out = region.attach().find<Pattern>("v").assume_value();
  (void)out.store(Pattern::of(1));
  script round;
  return beside(
    time, [&] { return read_lapped(in, round) && round.await(step::idle); },
    [&round, out] {
      // Short, so that the end of the race is seen.
      if (round.await(step::half_copied, 10ms))
        lap(out, round);
    });
}

// Whether a read finds the value of this version; 0: none.
bool finds(const shm::variable<short_pattern>& in, std::uint64_t version) {
  const auto read = in.read();
  if (!read)
    return version == 0 && read.assume_error() == errc::no_value;
  const auto& seen = read.assume_value();
  return seen.version == version && seen.value.whole()
         && seen.value.words[0] == version;
}

} // namespace

race_outcome lapped_copy_of_four(std::chrono::milliseconds time) {
  return lapped_copy<short_pattern>(time);
}

race_outcome lapped_copy_of_three(std::chrono::milliseconds time) {
  return lapped_copy<long_pattern>(time);
}

race_outcome read_during_store(std::chrono::milliseconds time) {
  attached_region region;
  region.add_value<short_pattern>("v");
  const auto in
    = region.attach(shm::access::read).find<short_pattern>("v").assume_value();
  const auto out = region.attach().find<short_pattern>("v").assume_value();
  return beside(time, [&] {
    bool right = true;
    const auto stored
      = shm::store_next(out.in(), out.at(), shm::any_version,
                        [&](shm::layout::word* to, std::uint64_t latest) {
                          right = finds(in, latest);
                          write_words<short_pattern>(to, latest + 1);
                          right = right && finds(in, latest);
                          return sizeof(short_pattern);
                        });
    return right && stored && finds(in, stored.assume_value());
  });
}

} // namespace holdfast::test
