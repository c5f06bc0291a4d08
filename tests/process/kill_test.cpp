// Writers are killed at any instruction: nothing is torn, nobody is blocked,
// nothing is forgotten.
#include "tests/process/child.hpp"
#include "tests/process/kill_scene.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"
#include "tests/support/skipped.hpp"

#include <sys/ptrace.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

constexpr int kills_default = 2500;

/// Time that this process has run. A virtual machine may stand still for
/// seconds, and that is nobody's patience.
std::chrono::nanoseconds time_run() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec}
         + std::chrono::nanoseconds{now.tv_nsec};
}

int kills_wanted() {
  const char* asked = std::getenv("HOLDFAST_KILLS");
  return asked != nullptr ? std::max(60, std::atoi(asked)) : kills_default;
}

struct progress {
  std::atomic<std::uint64_t> stores{0};
  std::atomic<std::int64_t> counted{0}; // additions that came back
  std::atomic<bool> done{false};
};

// A node, a process that reads, one that sleeps for changes, and the writer
// that comes after each killed one: the test itself.
class kill_stage {
public:
  kill_stage() {
    for (std::size_t kind = 0; kind < store_kinds; ++kind)
      store_next(static_cast<store_kind>(kind));
    woke_to_->store(next_.small_.version());
    reader_.emplace([this] {
      const kill_scene scene{node_.socket(), shm::access::read};
      read_for_ever(scene, *seen_);
    });
    waiter_.emplace([this] {
      const kill_scene scene{node_.socket(), shm::access::read};
      wait_for_ever(scene, *woke_to_);
    });
    const auto begun = [this] {
      return seen_->reads.load() > 0
             && next_.attached().control().variable_watchers.load() > 0;
    };
    REQUIRE(eventually(begun));
  }

  std::uint64_t new_number() {
    return ++numbers_ << 24;
  }

  /// The store after a kill; how long it took to succeed. None: not in time.
  std::optional<clock_type::duration> store_next(store_kind kind,
                                                 clock_type::time_point since
                                                 = clock_type::now()) {
    next_.prepare(kind, new_number());
    const auto began = time_run();
    while (next_.store_prepared(kind) != shm::errc::ok)
      if (time_run() > began + 1s)
        return std::nullopt;
    counted_ += kind == store_kind::count;
    return clock_type::now() - since;
  }

  /// After a kill, before the next store: who sleeps is woken by what the
  /// dead writer published.
  bool sleeper_is_up_to_date() const {
    const auto awake
      = [this] { return woke_to_->load() == next_.small_.version(); };
    return eventually(awake, 1s);
  }

  bool is_committed(store_kind kind) const {
    const auto& last = next_.handle(kind);
    const auto committed
      = [&] { return last.committed_version() == last.version(); };
    return eventually(committed, 1s);
  }

  /// Of the additions, each that came back counts, and at most one more for
  /// each killed writer.
  bool counts_right(std::int64_t came_back, std::int64_t killed) const {
    const auto count = next_.count_.read();
    const auto least = counted_ + came_back;
    return count && count.assume_value().value >= least
           && count.assume_value().value <= least + killed;
  }

  std::uint64_t locks_freed() const {
    return next_.attached().control().repairs.load();
  }

  std::string socket() const {
    return node_.socket();
  }

  /// True if a read came back since the last time this was asked.
  bool reader_goes_on() {
    const auto before = seen_->reads.load();
    return eventually([&] { return seen_->reads.load() > before; }, 1s);
  }

  void report_and_check() {
    const auto& s = *seen_;
    std::printf("  reader: %llu reads, %llu snapshots; torn %llu, backward "
                "%llu, gave up %llu, half a group %llu, unsettled %llu; "
                "longest read %.3f ms, longest snapshot %.3f ms\n",
                static_cast<unsigned long long>(s.reads.load()),
                static_cast<unsigned long long>(s.snapshots.load()),
                static_cast<unsigned long long>(s.torn.load()),
                static_cast<unsigned long long>(s.backward.load()),
                static_cast<unsigned long long>(s.refused.load()),
                static_cast<unsigned long long>(s.broken.load()),
                static_cast<unsigned long long>(s.unsettled.load()),
                static_cast<double>(s.longest_read.load()) / 1e6,
                static_cast<double>(s.longest_snapshot.load()) / 1e6);
    CHECK(reader_goes_on());
    CHECK(s.torn.load() == 0);
    CHECK(s.backward.load() == 0);
    CHECK(s.refused.load() == 0);
    CHECK(s.broken.load() == 0);
    CHECK(s.longest_read.load() < 1'000'000'000);
    CHECK(s.longest_snapshot.load() < 1'000'000'000);
  }

private:
  real_node node_{kill_scene_config()};
  kill_scene next_{node_.socket(), shm::access::write};
  shared<observations> seen_;
  shared<std::atomic<std::uint64_t>> woke_to_;
  std::optional<child> reader_;
  std::optional<child> waiter_;
  std::uint64_t numbers_ = 0;
  std::int64_t counted_ = 0;
};

class repair_times {
public:
  void add(clock_type::duration time) {
    all_.push_back(std::chrono::duration<double, std::milli>(time).count());
  }

  void print(const char* what) {
    if (all_.empty())
      return;
    std::sort(all_.begin(), all_.end());
    std::printf("  %s: %zu; next store after: median %.3f ms, 99 %% %.3f ms, "
                "max %.3f ms\n",
                what, all_.size(), all_[all_.size() / 2],
                all_[all_.size() * 99 / 100], all_.back());
  }

private:
  std::vector<double> all_;
};

// Kills a writer that stores as fast as it can, after at most 300 us of that.
class random_kills {
public:
  void round(int index) {
    const auto kind
      = static_cast<store_kind>(static_cast<std::size_t>(index) % store_kinds);
    const auto freed_before = stage.locks_freed();
    progress_->stores = 0;
    first_ = stage.new_number();
    child writer{[this, kind] { store_for_ever(kind); }};
    if (!eventually_spinning([this] { return progress_->stores > 0; }))
      FAIL("the writer does not get into its loop");
    const auto until
      = clock_type::now() + std::chrono::microseconds{delay_(dice_)};
    eventually_spinning([until] { return clock_type::now() > until; });
    const auto killed_at = clock_type::now();
    writer.signal_kill();
    const auto took = stage.store_next(kind, killed_at);
    writer.kill();
    if (!took)
      FAIL("kill " << index << ": the next store of " << name_of(kind)
                   << " does not succeed");
    const bool held = stage.locks_freed() > freed_before;
    (held ? held_ : free_).add(*took);
    if (index % 100 == 99 && !stage.is_committed(kind))
      FAIL("kill " << index << ": " << name_of(kind) << " is not committed");
  }

  void report() {
    free_.print("killed outside of a store");
    held_.print("killed within a store");
  }

  kill_stage stage;

  std::int64_t counted() const {
    return progress_->counted.load();
  }

private:
  // Sleeping would be over long after a store is.
  template <class Condition>
  static bool eventually_spinning(Condition holds) {
    const auto until = clock_type::now() + 10s;
    for (int i = 0; !holds(); ++i) {
      if (clock_type::now() > until)
        return false;
      shm::pause(i);
    }
    return true;
  }

  void store_for_ever(store_kind kind) const {
    kill_scene scene{stage.socket(), shm::access::write};
    for (auto number = first_;; ++number) {
      scene.prepare(kind, number);
      if (scene.store_prepared(kind) != shm::errc::ok)
        continue;
      progress_->counted += kind == store_kind::count;
      ++progress_->stores;
    }
  }

  shared<progress> progress_;
  std::mt19937 dice_{20261123};
  std::uniform_int_distribution<int> delay_{0, 300};
  std::uint64_t first_ = 0;
  repair_times held_, free_;
};

// Kills a writer after so many instructions of one store.
class stepped_kills {
public:
  stepped_kills() {
    child probe{[] {
      if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
        ::_exit(1);
    }};
    allowed = probe.wait() == 0;
  }

  /// Steps through one whole store; how many instructions it has.
  int count_steps(store_kind kind) {
    auto writer = stopped_before_store(kind);
    int steps = 0;
    while (!progress_->done && step(writer))
      ++steps;
    writer.kill();
    stage.store_next(kind);
    return steps;
  }

  void round(store_kind kind, int steps) {
    const auto freed_before = stage.locks_freed();
    auto writer = stopped_before_store(kind);
    for (int i = 0; i < steps && !progress_->done; ++i)
      step(writer);
    const auto killed_at = clock_type::now();
    writer.kill();
    INFO(name_of(kind) << " killed after " << steps << " instructions");
    if (!stage.sleeper_is_up_to_date())
      FAIL("somebody sleeps over a published value");
    const auto took = stage.store_next(kind, killed_at);
    if (!took)
      FAIL("the next store does not succeed");
    if (stage.locks_freed() > freed_before)
      held_.add(*took);
    if (!stage.is_committed(kind))
      FAIL("what was stored is not committed");
  }

  void report() {
    held_.print("stepped into a store and killed with its lock");
  }

  kill_stage stage;
  bool allowed = false;

private:
  child stopped_before_store(store_kind kind) {
    progress_->done = false;
    const auto number = stage.new_number();
    child writer{[this, kind, number] {
      kill_scene scene{stage.socket(), shm::access::write};
      scene.prepare(kind, number);
      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      ::raise(SIGSTOP);
      (void)scene.store_prepared(kind);
      progress_->done = true;
      ::pause();
    }};
    int status = 0;
    ::waitpid(writer.pid(), &status, 0);
    if (!WIFSTOPPED(status))
      throw std::runtime_error{"the writer ended before its store"};
    return writer;
  }

  static bool step(const child& writer) {
    int status = 0;
    return ::ptrace(PTRACE_SINGLESTEP, writer.pid(), nullptr, nullptr) == 0
           && ::waitpid(writer.pid(), &status, 0) == writer.pid()
           && WIFSTOPPED(status);
  }

  shared<progress> progress_;
  repair_times held_;
};

} // namespace

TEST_CASE("writers killed at any time tear nothing and block nobody",
          "[process][kill]") {
  random_kills kills;
  const int wanted = kills_wanted();
  const auto began = clock_type::now();

  for (int i = 0; i < wanted; ++i)
    kills.round(i);

  const std::chrono::duration<double> took = clock_type::now() - began;
  std::printf("%d random kills in %.1f s, %llu locks freed\n", wanted,
              took.count(),
              static_cast<unsigned long long>(kills.stage.locks_freed()));
  kills.report();
  kills.stage.report_and_check();
  CHECK(kills.stage.counts_right(kills.counted(), wanted));
}

TEST_CASE("a writer killed at any instruction of a store is mended",
          "[process][kill]") {
  stepped_kills kills;
  if (!kills.allowed)
    return skip_test("processes may not be traced here");
  const int each = std::max(5, kills_wanted() / 50);
  std::mt19937 dice{20261123};
  int killed = 0;

  for (std::size_t k = 0; k < store_kinds; ++k) {
    const auto kind = static_cast<store_kind>(k);
    const int whole = kills.count_steps(kind);
    // Of the long copy a few are enough.
    const int count
      = std::min(whole, kind == store_kind::large ? each / 4 : each);
    std::uniform_int_distribution<int> within{0,
                                              std::max(0, whole / count - 1)};
    for (int i = 0; i < count; ++i, ++killed)
      kills.round(kind, static_cast<int>(std::int64_t{whole} * i / count)
                          + within(dice));
    std::printf("%s: a store has %d instructions, killed at %d of them\n",
                name_of(kind).data(), whole, count);
  }

  std::printf("%d stepped kills\n", killed);
  kills.report();
  kills.stage.report_and_check();
}
