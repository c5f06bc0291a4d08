// A region on disk: what was answered is there again, and nothing else.
#include "runtime/store/region_store.hpp"

#include "tests/store/failing_vfs.hpp"
#include "tests/store/store_history.hpp"
#include "tests/support/catch.hpp"

#include <sodium.h>

#include <algorithm>
#include <map>

using namespace holdfast;
using region_replica::stamp;
using region_replica::variable_key;
using runtime::region_store;
using shm::errc;
using test::failing_call;
using test::failing_vfs;

namespace {

struct shown_value {
  stamp stored;
  std::string bytes;
  bool operator==(const shown_value&) const = default;
};

using shown_values = std::map<variable_key, shown_value>;

/// What a store answered to a load.
struct loaded_region {
  errc code = errc::ok;
  region_replica::epoch_number held = 0;
  shown_values values;
  std::string detail;
};

struct region_on_disk : test::scratch_directory {
  static constexpr std::uint64_t database = 0x1234;

  region_on_disk() {
    REQUIRE(sodium_init() >= 0);
  }

  runtime::region_store_options chosen(std::string vfs = {}) const {
    return {path().string(), {17, "acme", "quotes"}, database, std::move(vfs)};
  }

  loaded_region load(region_store& from) const {
    loaded_region made;
    auto held = from.load(
      [&](variable_key key, const stamp& stored, std::span<const char> bytes) {
        made.values[key] = {stored, {bytes.begin(), bytes.end()}};
        return shm::result<void>{boost::outcome_v2::success()};
      });
    if (held)
      made.held = held.assume_value();
    else
      made.code = held.assume_error().code,
      made.detail = held.assume_error().detail;
    return made;
  }

  loaded_region loaded() const {
    region_store store{chosen()};
    return load(store);
  }

  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& each : std::filesystem::directory_iterator{path()})
      all.push_back(each.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }

  /// In the directory itself, where regions lie.
  std::string file(const std::string& name) const {
    return (path() / name).string();
  }

  std::string newest(const std::string& ending) const {
    std::string found;
    for (const auto& each : files())
      if (each.ends_with("." + ending))
        found = std::max(found, (path() / each).string());
    return found;
  }
};

kept_row row(variable_key key, const stamp& stored, const std::string& bytes) {
  return {key, stored, {bytes.begin(), bytes.end()}};
}

region_writes batch(std::vector<kept_row> rows, std::uint64_t held) {
  region_writes made;
  made.rows = std::move(rows);
  made.held = held;
  return made;
}

region_writes first(std::vector<kept_row> rows, std::uint64_t held) {
  auto made = batch(std::move(rows), held);
  made.anew = true;
  return made;
}

errc code_of(const shm::result<void>& done) {
  return done ? errc::ok : done.assume_error().code;
}

const shown_values two_values{{3, {{10, 4}, "bid"}}, {5, {{9, 1}, "ask"}}};

} // namespace

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

// -- what happens to files ----------------------------------------------------

namespace {

/// Files of a region with 60 values; the last commits are in the log.
struct written_region : region_on_disk {
  std::map<std::string, std::vector<std::uint8_t>> whole;
  loaded_region expected;
  std::size_t found_out = 0;

  written_region() {
    {
      region_store store{chosen()};
      std::vector<kept_row> rows;
      for (variable_key key = 1; key <= 60; ++key)
        rows.push_back(row(key, {1, key}, std::string(200, 'a')));
      REQUIRE(store.commit(first(std::move(rows), 1)));
      for (std::uint64_t n = 2; n <= 9; ++n)
        REQUIRE(store.commit(batch({row(7, {1, 100 + n}, std::string(n, 'b')),
                                    row(9, {1, 100 + n}, std::string(n, 'c'))},
                                   n)));
    }
    for (const auto& each : files())
      whole[each] = test::read_file((path() / each).string());
    expected = loaded();
    REQUIRE(expected.values.size() == 60);
  }

  /// As the store makes it: for our eyes only.
  void write(const std::string& name,
             const std::vector<std::uint8_t>& content) const {
    using std::filesystem::perms;
    test::write_file(file(name), content);
    std::filesystem::permissions(file(name),
                                 perms::owner_read | perms::owner_write);
  }

  /// With this one changed.
  void check_beside(const std::string& name,
                    const std::vector<std::uint8_t>& changed) {
    for (const auto& each : files())
      std::filesystem::remove(path() / each);
    for (const auto& [other, content] : whole)
      write(other, content);
    write(name, changed);

    const auto found = loaded();

    INFO(found.detail);
    if (found.code == errc::ok) {
      CHECK(found.values == expected.values);
      CHECK(found.held == expected.held);
      return;
    }
    ++found_out;
    CHECK(found.code == errc::corrupt);
    CHECK(found.detail.find("it is now") != std::string::npos);
    CHECK(loaded().code == errc::no_value); // it is out of the way
  }
};

} // namespace

TEST_CASE_METHOD(written_region,
                 "a changed file is shown as it was written, or moved aside",
                 "[store][region_store][damage]") {
  for (const auto& [name, content] : whole)
    for (std::size_t at = 0; at < content.size(); at += 977) {
      INFO(name << " at " << at);
      auto changed = content;
      changed[at] ^= 0x41;
      check_beside(name, changed);
    }

  CHECK(found_out > 20);
}

TEST_CASE_METHOD(written_region, "a file that was cut off is found out",
                 "[store][region_store][damage]") {
  for (const auto& [name, content] : whole)
    for (std::size_t size = 0; size < content.size(); size += 3000) {
      INFO(name << " cut at " << size);
      auto changed = content;
      changed.resize(size);
      check_beside(name, changed);
    }

  CHECK(found_out > 10);
}
