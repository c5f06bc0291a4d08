// Files of the store that were changed behind its back. The answer may be that
// they are damaged, or what was stored: never anything else.
#include "runtime/store/consensus_store.hpp"
#include "tests/store/store_history.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sanitizers.hpp"

#include <sqlite3.h>

#include <map>

using namespace holdfast;
using holdfast::test::rounds;
using runtime::consensus_store;

namespace {

constexpr const char* database = "consensus.db";
constexpr const char* write_ahead = "consensus.db-wal";
constexpr const char* mark = "consensus.mark";

/// A store and what it must answer: 40 commits are in its database, those
/// after them in the write-ahead log.
struct written_store : test::scratch_directory {
  std::map<std::string, std::vector<std::uint8_t>> files;
  consensus::stored_log expected;
  bool settled;

  explicit written_store(int commits_after = 10) : settled{commits_after == 0} {
    test::store_history history{3};
    write(history, 40);
    write(history, commits_after);
    fill(history.log());
    for (const auto* name : {database, write_ahead, mark})
      files[name] = test::read_file(file(name));
    REQUIRE(expected.base);
    REQUIRE(expected.entries.size() > 5);
  }

  void write(test::store_history& history, int commits) const {
    auto opened = history.commits() == 0 ? consensus_store::create(options())
                                         : consensus_store::open(options());
    REQUIRE(opened);
    REQUIRE(opened.assume_value()->load());
    for (int i = 0; i < commits; ++i)
      REQUIRE(opened.assume_value()->commit(history.next()));
  }

  /// With entries, so that most bytes of the database mean something.
  void fill(const consensus::stored_log& log) {
    expected = log;
    auto opened = consensus_store::open(options());
    REQUIRE(opened);
    REQUIRE(opened.assume_value()->load());
    for (std::uint8_t i = 0; i < 25; ++i) {
      const consensus::entry entry{log.vote.term,
                                   consensus::entry_kind::command,
                                   consensus::octets(300, i)};
      consensus::write more;
      more.tail = consensus::append{expected.first + expected.entries.size(),
                                    {entry, entry, entry, entry}};
      tests::carry_out(expected, more);
      REQUIRE(opened.assume_value()->commit({more}));
    }
    opened.assume_value().reset();
    if (!settled)
      return;
    auto again = consensus_store::open(options());
    REQUIRE(again);
    REQUIRE(again.assume_value()->load());
  }

  void restore() const {
    std::filesystem::remove_all(path() / "store");
    std::filesystem::create_directory(path() / "store");
    std::filesystem::permissions(path() / "store",
                                 std::filesystem::perms::owner_all);
    for (const auto& [name, content] : files)
      put(name, content);
  }

  void put(const std::string& name,
           const std::vector<std::uint8_t>& content) const {
    test::write_file(file(name), content);
    std::filesystem::permissions(file(name),
                                 std::filesystem::perms::owner_read
                                   | std::filesystem::perms::owner_write);
  }

  shm::result<consensus::stored_log> load() const {
    auto opened = consensus_store::open(options());
    if (!opened)
      return std::move(opened).assume_error();
    return opened.assume_value()->load();
  }

  /// True if the damage was found, false if it did no harm.
  bool is_found(const std::string& name,
                const std::vector<std::uint8_t>& damaged) const {
    restore();
    put(name, damaged);
    const auto log = load();
    if (log) {
      REQUIRE(log.assume_value() == expected);
      return false;
    }
    REQUIRE(log.error().code == shm::errc::corrupt);
    for (const auto& [each, content] : files)
      REQUIRE(test::read_file(file(each))
              == (each == name ? damaged : content));
    return true;
  }

  /// One bit in `step` bytes.
  std::size_t flips_found(const std::string& name, std::size_t step) const {
    auto content = files.at(name);
    std::size_t found = 0;
    for (std::size_t at = step / 2; at < content.size(); at += step) {
      INFO(name << " at " << at);
      const auto bit = static_cast<std::uint8_t>(1U << (at / step % 8));
      content[at] ^= bit;
      found += is_found(name, content) ? 1 : 0;
      content[at] ^= bit;
    }
    return found;
  }
};

/// All of it is in the database.
struct settled_store : written_store {
  settled_store() : written_store{0} {
    REQUIRE(files[write_ahead].empty());
  }
};

} // namespace

TEST_CASE_METHOD(settled_store, "no flipped bit of the database is believed",
                 "[store][damage]") {
  const std::size_t step = rounds(101, 503);

  const auto found = flips_found(database, step);

  // The rest of it holds nothing: free pages, and room in the others.
  CHECK(found > files[database].size() / step / 3);
}

TEST_CASE_METHOD(settled_store,
                 "no flipped bit in the head of the database is believed",
                 "[store][damage]") {
  auto content = files[database];

  for (std::size_t at = 0; at < 108; ++at) {
    INFO("byte " << at);
    content[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    is_found(database, content);
    content[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
  }
}

TEST_CASE_METHOD(settled_store,
                 "no row that was changed, added or taken away is believed",
                 "[store][damage]") {
  const std::string change = GENERATE(
    "UPDATE ballot SET voted_for = voted_for + 1",
    "UPDATE ballot SET term = term - 1", "DELETE FROM ballot",
    "UPDATE entry SET term = term + 1 WHERE idx % 7 = 0",
    "UPDATE entry SET kind = 3 - kind WHERE kind < 3 AND idx % 7 = 0",
    "UPDATE entry SET data = x'00' WHERE idx % 7 = 0",
    "UPDATE entry SET checksum = zeroblob(32) WHERE idx % 7 = 0",
    "DELETE FROM entry WHERE idx = (SELECT max(idx) FROM entry)",
    "DELETE FROM entry WHERE idx = (SELECT min(idx) FROM entry)",
    "DELETE FROM entry", "UPDATE entry SET idx = idx + 1000",
    "INSERT INTO entry SELECT idx + 1000, term, kind, data, checksum FROM "
    "entry "
    "WHERE idx % 7 = 0",
    "UPDATE snapshot SET idx = idx - 1", "UPDATE snapshot SET term = term + 1",
    "UPDATE snapshot SET membership_idx = membership_idx + 1",
    "UPDATE snapshot SET membership = x''", "UPDATE snapshot SET state = x''",
    "DELETE FROM snapshot", "UPDATE seal SET snapshot = zeroblob(32)",
    "UPDATE seal SET sequence = sequence + 1",
    "UPDATE seal SET next = next - 1", "UPDATE seal SET first = first + 1",
    "DELETE FROM seal", "UPDATE meta SET node = 2",
    "UPDATE meta SET cluster = 'other'",
    "UPDATE meta SET incarnation = incarnation - 1",
    "UPDATE meta SET format = 2", "UPDATE meta SET history = zeroblob(16)",
    "DELETE FROM meta", "CREATE TABLE more (id INTEGER)",
    "CREATE TRIGGER later AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
    "DROP TABLE ballot", "PRAGMA application_id = 1");
  restore();
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(file(database).c_str(), &raw) == SQLITE_OK);
  INFO(change);
  REQUIRE(sqlite3_exec(raw, change.c_str(), nullptr, nullptr, nullptr)
          == SQLITE_OK);
  REQUIRE(sqlite3_close(raw) == SQLITE_OK);

  const auto log = load();

  REQUIRE_FALSE(log);
  CHECK(log.error().code == shm::errc::corrupt);
}

TEST_CASE_METHOD(written_store,
                 "no flipped bit of the write-ahead log is believed",
                 "[store][damage]") {
  const std::size_t step = rounds(307, 4001);

  const auto found = flips_found(write_ahead, step);

  // Each frame carries SQLite's own checksum, so each flip loses a commit.
  CHECK(found >= files[write_ahead].size() / step - 1);
}

TEST_CASE_METHOD(written_store, "no flipped bit of the mark is believed",
                 "[store][damage]") {
  const auto found = flips_found(mark, rounds(3, 17));

  // One of its two halves is enough.
  CHECK(found == 0);
}

TEST_CASE_METHOD(written_store, "a write-ahead log without its end is found",
                 "[store][damage]") {
  const auto& whole = files[write_ahead];

  // At the border of a frame, and in the middle of one.
  const std::size_t step = rounds(2060, 6180);

  for (std::size_t length = 0; length < whole.size(); length += step) {
    INFO("cut to " << length);
    CHECK(is_found(
      write_ahead,
      {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}));
  }
}

TEST_CASE_METHOD(settled_store, "a database without its end is found",
                 "[store][damage]") {
  const auto& whole = files[database];

  for (std::size_t length = 0; length < whole.size(); length += 2048) {
    INFO("cut to " << length);
    // A last page that is free may be missed by nobody.
    const bool found = is_found(
      database,
      {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
    CHECK((found || whole.size() - length <= 2 * 4096));
  }
}

TEST_CASE_METHOD(written_store, "each file that is missing is missed",
                 "[store][damage]") {
  for (const auto* name : {database, write_ahead, mark}) {
    INFO(name);
    restore();
    std::filesystem::remove(file(name));

    const auto log = load();

    REQUIRE_FALSE(log);
    CHECK(log.error().code == shm::errc::corrupt);
  }
}

TEST_CASE_METHOD(written_store,
                 "a store that was put back to an older state "
                 "is found",
                 "[store][damage]") {
  restore();
  REQUIRE(load());
  const auto newer_mark = test::read_file(file(mark));
  restore();
  put(mark, newer_mark);

  const auto log = load();

  REQUIRE_FALSE(log);
  CHECK(log.error().code == shm::errc::corrupt);
}

TEST_CASE_METHOD(written_store, "a store of another history is found",
                 "[store][damage]") {
  const written_store other;
  restore();
  put(mark, other.files.at(mark));

  const auto log = load();

  REQUIRE_FALSE(log);
  CHECK(log.error().code == shm::errc::corrupt);
}

TEST_CASE_METHOD(written_store, "a journal that is not ours is not played back",
                 "[store][damage]") {
  restore();
  put("consensus.db-journal", files[database]);

  const auto log = load();

  REQUIRE_FALSE(log);
  CHECK(log.error().code == shm::errc::corrupt);
  CHECK(test::read_file(file(database)) == files[database]);
}

TEST_CASE_METHOD(written_store,
                 "a corrupt store is moved aside whole, and "
                 "another can take its place",
                 "[store][damage]") {
  restore();
  put(database, {1, 2, 3});
  REQUIRE_FALSE(load());

  const auto moved = consensus_store::set_aside(options().directory);
  const auto fresh = consensus_store::create(options());

  REQUIRE(moved);
  CHECK(moved.assume_value() == file("consensus.db.corrupt-1"));
  CHECK(test::read_file(moved.assume_value())
        == std::vector<std::uint8_t>{1, 2, 3});
  CHECK(test::read_file(moved.assume_value() + "-wal") == files[write_ahead]);
  REQUIRE(fresh);
  const auto log = fresh.assume_value()->load();
  REQUIRE(log);
  CHECK(log.assume_value() == consensus::stored_log{});
}

TEST_CASE_METHOD(written_store, "the second corrupt store gets the second name",
                 "[store][damage]") {
  restore();
  REQUIRE(consensus_store::set_aside(options().directory));
  for (const auto& [name, content] : files)
    put(name, content);

  const auto moved = consensus_store::set_aside(options().directory);

  REQUIRE(moved);
  CHECK(moved.assume_value() == file("consensus.db.corrupt-2"));
  CHECK(test::read_file(file("consensus.db.corrupt-1")) == files[database]);
}

TEST_CASE_METHOD(written_store, "a store in use is not moved aside",
                 "[store][damage]") {
  restore();
  const auto opened = consensus_store::open(options());
  REQUIRE(opened);

  const auto moved = consensus_store::set_aside(options().directory);

  REQUIRE_FALSE(moved);
  CHECK(moved.error().code == shm::errc::exists);
}
