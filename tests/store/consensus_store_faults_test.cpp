// What the system does to the store: death, a full disk, writes and syncs that
// fail. What was reported is there afterwards, and nothing is tried again.
#include "runtime/store/consensus_store.hpp"
#include "tests/store/failing_vfs.hpp"
#include "tests/store/store_history.hpp"
#include "tests/support/catch.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

using namespace holdfast;
using runtime::consensus_store;
using test::failing_call;
using test::failing_vfs;

namespace {

struct fallible_store : test::scratch_directory {
  std::uint64_t seed = 1;

  std::unique_ptr<consensus_store> create(const std::string& vfs = {}) const {
    auto made = consensus_store::create(options(vfs));
    REQUIRE(made);
    REQUIRE(made.assume_value()->load());
    return std::move(made).assume_value();
  }

  test::store_history history_after(std::uint64_t commits) const {
    test::store_history made{seed};
    while (made.commits() < commits)
      made.next();
    return made;
  }

  /// Commits until one fails; tells how many did not.
  std::uint64_t commit_until_failure(consensus_store& store,
                                     std::uint64_t commits_max) const {
    test::store_history history{seed};
    while (history.commits() < commits_max)
      if (auto done = store.commit(history.next()); !done)
        return history.commits() - 1;
    return history.commits();
  }

  /// The commit that failed may have happened or not, as one.
  void check_holds(const consensus::stored_log& log,
                   std::uint64_t reported) const {
    CHECK((log == history_after(reported).log()
           || log == history_after(reported + 1).log()));
  }

  consensus::stored_log loaded() const {
    auto opened = consensus_store::open(options());
    REQUIRE(opened);
    auto log = opened.assume_value()->load();
    REQUIRE(log);
    return std::move(log).assume_value();
  }

  /// Runs it in a process of its own, which ends with what it returns.
  static pid_t in_child(const std::function<int()>& body) {
    const auto child = ::fork();
    if (child == 0)
      ::_exit(body());
    return child;
  }
};

} // namespace

TEST_CASE_METHOD(fallible_store,
                 "what was reported survives a kill in the middle of commits",
                 "[store][faults]") {
  create();
  std::uint64_t reported = 0;

  for (unsigned round = 1; round <= 60; ++round) {
    int line[2];
    REQUIRE(::pipe(line) == 0);
    const auto child = in_child([&] {
      auto opened = consensus_store::open(options());
      if (!opened || !opened.assume_value()->load())
        return 1;
      auto history = history_after(reported);
      for (;;) {
        if (!opened.assume_value()->commit(history.next()))
          return 2;
        const auto done = history.commits();
        if (::write(line[1], &done, sizeof(done)) != sizeof(done))
          return 3;
      }
    });
    ::close(line[1]);
    const auto before_kill = 1 + round * 7 % 23;
    for (unsigned i = 0; i < before_kill; ++i)
      REQUIRE(::read(line[0], &reported, sizeof(reported)) == sizeof(reported));
    // Into the next commits, each round a little further.
    for (unsigned i = 0; i < round * 20; ++i)
      ::sched_yield();
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(line[0], &reported, sizeof(reported)) > 0)
      continue;
    ::close(line[0]);

    const auto log = loaded();
    INFO("round " << round << ", reported " << reported);
    check_holds(log, reported);
    if (log != history_after(reported).log())
      ++reported;
  }
}

TEST_CASE_METHOD(fallible_store, "a sync that fails is the last that is tried",
                 "[store][faults]") {
  for (std::uint64_t n = 1; n <= 24; ++n) {
    INFO("sync " << n);
    const failing_vfs vfs;
    std::filesystem::remove_all(path() / "store");
    auto store = create(failing_vfs::name());
    failing_vfs::fail_at(failing_call::sync, n);

    const auto reported = commit_until_failure(*store, 100);
    const auto again = store->commit({});
    store.reset();

    REQUIRE(failing_vfs::has_failed());
    // Each commit that was reported had been synced.
    CHECK(reported < n);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == shm::errc::unavailable);
    CHECK(failing_vfs::changes_after_failure() == 0);
    check_holds(loaded(), reported);
  }
}

TEST_CASE_METHOD(fallible_store, "a write that fails is the last that is tried",
                 "[store][faults]") {
  const auto call = GENERATE(failing_call::write, failing_call::full);
  for (std::uint64_t n = 1; n <= 60; n += 3) {
    INFO("write " << n);
    const failing_vfs vfs;
    std::filesystem::remove_all(path() / "store");
    auto store = create(failing_vfs::name());
    failing_vfs::fail_at(call, n);

    const auto reported = commit_until_failure(*store, 100);
    const auto again = store->commit({});
    store.reset();

    REQUIRE(failing_vfs::has_failed());
    REQUIRE_FALSE(again);
    CHECK(failing_vfs::changes_after_failure() == 0);
    check_holds(loaded(), reported);
  }
}

TEST_CASE_METHOD(fallible_store,
                 "a load that cannot write answers so and loses nothing",
                 "[store][faults]") {
  const auto call = GENERATE(failing_call::write, failing_call::sync);
  const failing_vfs vfs;
  {
    auto store = create();
    REQUIRE(commit_until_failure(*store, 30) == 30);
  }

  std::uint64_t failures = 0;
  for (std::uint64_t n = 1; n <= 6; ++n) {
    failing_vfs::fail_at(call, n);
    auto opened = consensus_store::open(options(failing_vfs::name()));
    REQUIRE(opened);
    auto log = opened.assume_value()->load();
    if (failing_vfs::has_failed()) {
      ++failures;
      REQUIRE_FALSE(log);
      CHECK(log.error().code == shm::errc::system);
      CHECK_FALSE(opened.assume_value()->commit({}));
    }
  }

  CHECK(failures >= 3);
  CHECK(loaded() == history_after(30).log());
}

TEST_CASE_METHOD(fallible_store, "a file that may not grow stops the store",
                 "[store][faults]") {
  create().reset();
  int line[2];
  REQUIRE(::pipe(line) == 0);
  const auto child = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100000, 100000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto opened = consensus_store::open(options());
    if (!opened || !opened.assume_value()->load())
      return 1;
    const auto reported = commit_until_failure(*opened.assume_value(), 1000);
    if (opened.assume_value()->commit({}))
      return 2;
    return ::write(line[1], &reported, sizeof(reported)) == sizeof(reported)
             ? 0
             : 3;
  });
  ::close(line[1]);

  std::uint64_t reported = 0;
  REQUIRE(::read(line[0], &reported, sizeof(reported)) == sizeof(reported));
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(line[0]);

  CHECK(status == 0);
  CHECK(reported > 0);
  CHECK(reported < 1000);
  check_holds(loaded(), reported);
}

TEST_CASE_METHOD(fallible_store, "a full disk stops the store",
                 "[store][faults]") {
  const auto disk = (path() / "store").string();
  REQUIRE(std::filesystem::create_directory(disk));
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k,mode=0700") != 0) {
    WARN("mounting a small disk is not allowed here: not tried");
    return;
  }
  auto store = create();

  const auto reported = commit_until_failure(*store, 1000);
  const auto again = store->commit({});
  store.reset();
  ::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=8m,mode=0700");
  const auto log = loaded();
  ::umount2(disk.c_str(), MNT_DETACH);

  CHECK(reported > 0);
  CHECK(reported < 1000);
  CHECK_FALSE(again);
  check_holds(log, reported);
}
