// A region on disk: what was answered is there again, and nothing else.
#include "tests/store/failing_vfs.hpp"
#include "tests/store/region_on_disk.hpp"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_METHOD(region_on_disk, "what was committed is shown again",
                 "[store][region_store]") {
  {
    region_store store{chosen()};
    CHECK(load(store).code == errc::no_value);
    REQUIRE(
      store.commit(first({row(3, {10, 1}, ""), row(4, {8, 2}, "gone")}, 10)));
    auto next = batch({row(3, {10, 4}, "bid"), row(5, {9, 1}, "ask")}, 12);
    next.removed.push_back(4);
    next.removed.push_back(99); // never there
    REQUIRE(store.commit(next));
  }

  const auto found = loaded();

  CHECK(found.code == errc::ok);
  CHECK(found.held == 12);
  CHECK(found.values == two_values);
}

TEST_CASE_METHOD(region_on_disk, "a store that was loaded goes on",
                 "[store][region_store]") {
  {
    region_store store{chosen()};
    REQUIRE(store.commit(first({row(3, {10, 1}, "old")}, 10)));
  }
  {
    region_store store{chosen()};
    REQUIRE(load(store).code == errc::ok);
    REQUIRE(
      store.commit(batch({row(3, {10, 4}, "bid"), row(5, {9, 1}, "ask")}, 12)));
  }

  CHECK(loaded().values == two_values);
  CHECK(loaded().held == 12);
}

TEST_CASE_METHOD(region_on_disk, "what is made anew counts once it is complete",
                 "[store][region_store]") {
  region_store store{chosen()};
  REQUIRE(
    store.commit(first({row(3, {10, 4}, "bid"), row(5, {9, 1}, "ask")}, 12)));
  region_writes begun;
  begun.anew = true;
  begun.rows = {row(3, {20, 1}, "new")};
  const bool completed = GENERATE(false, true);

  REQUIRE(store.commit(begun));
  if (completed)
    REQUIRE(store.commit(batch({row(6, {20, 1}, "more")}, 20)));

  region_store after{chosen()};
  if (completed) {
    // The first holds the file's lock no more than a dead process does.
    store.remove();
    CHECK(files().empty());
  } else {
    // What was complete stays open to whoever comes: the other was closed.
    const auto found = load(after);
    CHECK(found.values == two_values);
    CHECK(found.held == 12);
  }
}

TEST_CASE_METHOD(region_on_disk, "one complete file is all that is left",
                 "[store][region_store]") {
  {
    region_store store{chosen()};
    for (std::uint64_t epoch = 1; epoch <= 5; ++epoch)
      REQUIRE(store.commit(first({row(3, {epoch, epoch}, "bid")}, epoch)));
  }

  const auto found = loaded();

  CHECK(found.values == shown_values{{3, {{5, 5}, "bid"}}});
  CHECK(files()
        == std::vector<std::string>{"0000000000001234-17-5.db",
                                    "0000000000001234-17-5.db-wal",
                                    "0000000000001234-17-5.mark"});
}

TEST_CASE_METHOD(region_on_disk, "regions and databases are kept apart",
                 "[store][region_store]") {
  {
    region_store store{chosen()};
    REQUIRE(store.commit(first({row(3, {1, 1}, "bid")}, 1)));
  }
  auto other = chosen();
  other.region.id = 18;
  region_store of_other{other};
  CHECK(load(of_other).code == errc::no_value);
  auto elsewhere = chosen();
  elsewhere.database = 1;
  region_store of_elsewhere{elsewhere};
  CHECK(load(of_elsewhere).code == errc::no_value);
  // Under its name, and yet of another region.
  for (const auto* ending : {"db", "mark"})
    std::filesystem::rename(
      newest(ending), file(std::string{"0000000000001234-18-1."} + ending));

  const auto found = load(of_other);

  CHECK(found.code == errc::refused);
  CHECK(found.detail.find("0000000000001234-18-1.db.corrupt-1")
        != std::string::npos);
  CHECK(load(of_other).code == errc::no_value);
}

TEST_CASE_METHOD(region_on_disk, "only the regions that are here keep files",
                 "[store][region_store]") {
  for (const std::uint64_t id : {17, 18, 19}) {
    auto which = chosen();
    which.region.id = id;
    region_store store{which};
    REQUIRE(store.commit(first({row(3, {1, 1}, "bid")}, 1)));
  }
  test::write_file(file("notes.db"), {1});

  runtime::region_stores{path().string(), 1}.keep_only({});
  CHECK(files().size() == 10);
  runtime::region_stores{path().string(), database}.keep_only({18});

  CHECK(files()
        == std::vector<std::string>{"0000000000001234-18-1.db",
                                    "0000000000001234-18-1.db-wal",
                                    "0000000000001234-18-1.mark", "notes.db"});
}

// -- what the system does -----------------------------------------------------

namespace {

/// Overwrites one value again and again, larger each time, until it fails.
std::uint64_t write_until_failure(region_store& store, std::uint64_t times) {
  for (std::uint64_t n = 2; n <= times; ++n)
    if (!store.commit(batch({row(3, {1, n}, std::string(n * 100, 'x')),
                             row(4, {1, n}, std::to_string(n))},
                            n)))
      return n - 1;
  return times;
}

} // namespace

TEST_CASE_METHOD(region_on_disk,
                 "after a write or sync that fails nothing is acknowledged, "
                 "and what was is there",
                 "[store][region_store][faults]") {
  const auto call = GENERATE(failing_call::write, failing_call::sync);
  for (std::uint64_t n = 1; n <= 40; n += 3) {
    INFO("call " << n);
    for (const auto& each : files())
      std::filesystem::remove(path() / each);
    const failing_vfs vfs;
    std::uint64_t reported = 0;
    {
      region_store store{chosen(failing_vfs::name())};
      REQUIRE(
        store.commit(first({row(3, {1, 1}, "x"), row(4, {1, 1}, "1")}, 1)));
      failing_vfs::fail_at(call, n);
      reported = write_until_failure(store, 200);
      REQUIRE(failing_vfs::has_failed());
      CHECK(code_of(store.commit(batch({}, 500))) == errc::unavailable);
      CHECK(failing_vfs::changes_after_failure() == 0);
    }

    const auto found = loaded();

    // The last one may have happened or not, as one.
    REQUIRE(found.code == errc::ok);
    CHECK((found.held == reported || found.held == reported + 1));
    CHECK(found.values.at(4).bytes == std::to_string(found.held));
    CHECK(found.values.at(3).stored.version == found.held);
  }
}

TEST_CASE_METHOD(region_on_disk, "a file that failed is replaced from memory",
                 "[store][region_store][faults]") {
  const failing_vfs vfs;
  region_store store{chosen(failing_vfs::name())};
  REQUIRE(store.commit(first({row(3, {1, 1}, "x")}, 1)));
  failing_vfs::fail_at(failing_call::sync, 1);
  REQUIRE_FALSE(store.commit(batch({row(3, {1, 2}, "y")}, 1)));
  failing_vfs::fail_at(failing_call::none, 0);

  REQUIRE(
    store.commit(first({row(3, {10, 4}, "bid"), row(5, {9, 1}, "ask")}, 12)));
  REQUIRE(store.commit(batch({}, 13)));

  store = region_store{chosen()};
  CHECK(load(store).values == two_values);
}

TEST_CASE_METHOD(region_on_disk, "a full disk takes more when it has room",
                 "[store][region_store][faults]") {
  const failing_vfs vfs;
  std::uint64_t reported = 0;
  {
    region_store store{chosen(failing_vfs::name())};
    REQUIRE(store.commit(first({row(3, {1, 1}, "x"), row(4, {1, 1}, "1")}, 1)));
    failing_vfs::fail_at(failing_call::full, 5);
    reported = write_until_failure(store, 50);
    REQUIRE(reported < 50);
    failing_vfs::fail_at(failing_call::none, 0);

    REQUIRE(
      store.commit(batch({row(3, {10, 4}, "bid"), row(5, {9, 1}, "ask")}, 12)));
  }

  const auto found = loaded();

  CHECK(found.code == errc::ok);
  CHECK(found.held == 12);
  CHECK(found.values.at(4).bytes == std::to_string(reported));
  CHECK(found.values.at(5) == two_values.at(5));
}
