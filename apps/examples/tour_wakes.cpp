#include "apps/examples/tour_wakes.hpp"

#include "apps/examples/program.hpp"
#include "apps/examples/tour_process.hpp"
#include "shm/futex.hpp"
#include "shm/layout.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

/// Not a multiple of the replayer's pace, so that the two do not move in step.
constexpr auto between_wakes = 2137us;

void stay_on(std::optional<int> cpu) {
  if (!cpu)
    return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(*cpu, &set);
  static_cast<void>(::sched_setaffinity(0, sizeof set, &set));
}

template <class Body>
pid_t fork_for(std::optional<int> cpu, Body body) {
  const auto parent = ::getpid();
  const auto id = ::fork();
  if (id < 0)
    throw tour_failure{"cannot fork"};
  if (id > 0)
    return id;
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent)
    ::_exit(1);
  stay_on(cpu);
  body();
  ::_exit(0);
}

void reap(pid_t& id) {
  if (id < 0)
    return;
  while (::waitpid(id, nullptr, WNOHANG) == 0)
    rest(1ms);
  id = -1;
}

} // namespace

/// The page that both processes see.
struct bare_wakes::board {
  alignas(64) shm::layout::half_word bell{0};
  shm::layout::word stored_ns{0};
  alignas(64) shm::layout::word count{0};
  std::array<std::int64_t, 16384> took;
};

bare_wakes::bare_wakes(std::optional<int> waker_cpu,
                       std::optional<int> sleeper_cpu,
                       std::chrono::nanoseconds duration) {
  void* at = ::mmap(nullptr, sizeof(board), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    throw tour_failure{"cannot map a page"};
  board_ = new (at) board;
  const auto end_ns = monotonic_ns() + duration.count();
  sleeper_ = fork_for(sleeper_cpu, [&] {
    std::uint32_t known = 0;
    for (std::size_t i = 0; i < board_->took.size();) {
      const auto until = std::chrono::steady_clock::now() + 100ms;
      while (board_->bell.load(std::memory_order_acquire) == known)
        if (shm::futex::wait({&board_->bell, known}, until)
            == shm::futex::outcome::timeout)
          break;
      const auto now = board_->bell.load(std::memory_order_acquire);
      if (now != known)
        board_->took[i++] = monotonic_ns()
                            - static_cast<std::int64_t>(board_->stored_ns.load(
                              std::memory_order_relaxed));
      known = now;
      board_->count.store(i, std::memory_order_release);
      if (monotonic_ns() > end_ns)
        return;
    }
  });
  waker_ = fork_for(waker_cpu, [&] {
    while (monotonic_ns() < end_ns) {
      constexpr timespec pause{0,
                               std::chrono::nanoseconds{between_wakes}.count()};
      ::nanosleep(&pause, nullptr);
      board_->stored_ns.store(static_cast<std::uint64_t>(monotonic_ns()),
                              std::memory_order_relaxed);
      board_->bell.fetch_add(1, std::memory_order_release);
      shm::futex::wake(&board_->bell);
    }
  });
}

bare_wakes::~bare_wakes() {
  for (const auto id : {waker_, sleeper_})
    if (id >= 0) {
      ::kill(id, SIGKILL);
      ::waitpid(id, nullptr, 0);
    }
  ::munmap(board_, sizeof(board));
}

std::optional<double> bare_wakes::median_ns() {
  reap(waker_);
  reap(sleeper_);
  auto& took = board_->took;
  const auto count = std::min<std::size_t>(
    board_->count.load(std::memory_order_acquire), took.size());
  if (count == 0)
    return std::nullopt;
  const auto middle = took.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(took.begin(), middle,
                   took.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<double>(*middle);
}

} // namespace holdfast::examples
