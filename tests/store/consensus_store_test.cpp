#include "runtime/store/consensus_store.hpp"

#include "tests/store/store_history.hpp"
#include "tests/support/catch.hpp"

#include <sys/stat.h>

#include <algorithm>

using namespace holdfast;
using runtime::consensus_store;

namespace {

constexpr auto voter = consensus::member_role::voter;
constexpr auto learner = consensus::member_role::learner;

consensus::entry command(std::string_view text, std::uint64_t term = 1) {
  return {term, consensus::entry_kind::command, {text.begin(), text.end()}};
}

consensus::write append(consensus::log_index first,
                        std::vector<consensus::entry> entries) {
  consensus::write made;
  made.tail = consensus::append{first, std::move(entries)};
  return made;
}

struct store_in_directory : test::scratch_directory {
  std::unique_ptr<consensus_store> store = create();

  std::unique_ptr<consensus_store> create() {
    auto made = consensus_store::create(options());
    REQUIRE(made);
    REQUIRE(made.assume_value()->load());
    return std::move(made).assume_value();
  }

  void commit(const std::vector<consensus::write>& writes) {
    const auto done = store->commit(writes);
    REQUIRE(done);
  }

  shm::result<consensus::stored_log> load_again() {
    store.reset();
    auto opened = consensus_store::open(options());
    if (!opened)
      return std::move(opened).assume_error();
    store = std::move(opened).assume_value();
    return store->load();
  }

  consensus::stored_log loaded_again() {
    auto log = load_again();
    REQUIRE(log);
    return std::move(log).assume_value();
  }
};

} // namespace

TEST_CASE_METHOD(store_in_directory, "a store that was just made is empty",
                 "[store]") {
  const auto log = loaded_again();

  CHECK(log == consensus::stored_log{});
}

TEST_CASE_METHOD(store_in_directory, "what was committed is loaded again",
                 "[store]") {
  consensus::write vote;
  vote.vote = consensus::ballot{7, 3};
  const std::vector entries{command("a", 6), command("", 7),
                            command(std::string(20000, 'x'), 7)};

  commit({vote, append(1, entries)});
  const auto log = loaded_again();

  CHECK(log.vote == consensus::ballot{7, 3});
  CHECK(log.first == 1);
  CHECK(log.entries == entries);
  CHECK_FALSE(log.base);
}

TEST_CASE_METHOD(store_in_directory,
                 "entries that others took the place of are gone", "[store]") {
  commit({append(1, {command("a"), command("b"), command("c")})});

  commit({append(2, {command("B", 2)})});
  const auto log = loaded_again();

  CHECK(log.entries == std::vector{command("a"), command("B", 2)});
}

TEST_CASE_METHOD(store_in_directory,
                 "a snapshot lets go of the entries before the ones kept",
                 "[store]") {
  commit({append(1, {command("a"), command("b"), command("c"), command("d")})});
  consensus::write base;
  base.base = consensus::install{
    {3, 1, 1, {{{1, "h:1", voter}, {2, "h:2", learner}}}, {9}}, 3, false};

  commit({base, append(5, {command("e")})});
  const auto log = loaded_again();

  CHECK(log.base == base.base->base);
  CHECK(log.first == 3);
  CHECK(log.entries == std::vector{command("c"), command("d"), command("e")});
}

TEST_CASE_METHOD(store_in_directory,
                 "a snapshot whose members have no voter is refused",
                 "[store]") {
  commit({append(1, {command("a")})});
  consensus::write base;
  base.base
    = consensus::install{{1, 1, 1, {{{1, "h:1", learner}}}, {9}}, 1, false};

  const auto refused = store->commit({base});
  const auto log = loaded_again();

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == shm::errc::bad_argument);
  CHECK_FALSE(log.base.has_value());
}

TEST_CASE_METHOD(store_in_directory, "a snapshot may replace the whole log",
                 "[store]") {
  commit({append(1, {command("a"), command("b")})});
  consensus::write base;
  base.base
    = consensus::install{{100, 4, 90, {{{1, "h:1", voter}}}, {1, 2}}, 0, true};

  commit({base});
  commit({append(101, {command("z", 4)})});
  const auto log = loaded_again();

  CHECK(log.base == base.base->base);
  CHECK(log.first == 101);
  CHECK(log.entries == std::vector{command("z", 4)});
}

TEST_CASE_METHOD(store_in_directory,
                 "any history is loaded as the contract says", "[store]") {
  const auto seed = GENERATE(range(1, 9));
  test::store_history history{static_cast<std::uint64_t>(seed)};

  for (int i = 0; i < 60; ++i) {
    commit(history.next());
    if (i % 20 == 7)
      REQUIRE(loaded_again() == history.log());
  }

  CHECK(loaded_again() == history.log());
}

TEST_CASE_METHOD(store_in_directory,
                 "entries that leave a gap are refused, and all after them",
                 "[store]") {
  commit({append(1, {command("a")})});

  const auto gap = store->commit({append(3, {command("c")})});
  const auto next = store->commit({append(2, {command("b")})});
  const auto log = loaded_again();

  REQUIRE_FALSE(gap);
  CHECK(gap.error().code == shm::errc::bad_argument);
  REQUIRE_FALSE(next);
  CHECK(next.error().code == shm::errc::unavailable);
  CHECK(log.entries == std::vector{command("a")});
}

TEST_CASE_METHOD(store_in_directory,
                 "the incarnation grows with each load, the history stays",
                 "[store]") {
  const auto first = store->identity();

  loaded_again();
  const auto second = store->identity();

  CHECK(first.incarnation == 1);
  CHECK(second.incarnation == 2);
  CHECK(first.history == second.history);
  CHECK(first.history != runtime::digest_key{});
}

TEST_CASE_METHOD(store_in_directory, "a second opener is refused", "[store]") {
  const auto second = consensus_store::open(options());
  const auto another = consensus_store::create(options());

  REQUIRE_FALSE(second);
  CHECK(second.error().code == shm::errc::exists);
  REQUIRE_FALSE(another);
  CHECK(another.error().code == shm::errc::exists);
}

TEST_CASE_METHOD(store_in_directory,
                 "a store is not made where there is one already", "[store]") {
  commit({append(1, {command("a")})});
  store.reset();

  const auto again = consensus_store::create(options());
  const auto log = loaded_again();

  REQUIRE_FALSE(again);
  CHECK(again.error().code == shm::errc::exists);
  CHECK(log.entries == std::vector{command("a")});
}

TEST_CASE_METHOD(store_in_directory,
                 "the store of another node or cluster is refused", "[store]") {
  store.reset();
  auto other_node = options();
  other_node.node = 2;
  auto other_cluster = options();
  other_cluster.cluster = "production";

  for (const auto& wrong : {other_node, other_cluster}) {
    auto opened = consensus_store::open(wrong);
    REQUIRE(opened);
    const auto log = opened.assume_value()->load();
    REQUIRE_FALSE(log);
    CHECK(log.error().code == shm::errc::refused);
  }
}

TEST_CASE_METHOD(store_in_directory, "only its user can read the files",
                 "[store]") {
  commit({append(1, {command("secret")})});

  for (const auto* name :
       {"consensus.db", "consensus.db-wal", "consensus.mark"}) {
    struct stat found {};
    REQUIRE(::stat(file(name).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777U) == 0600U);
  }
  struct stat directory {};
  REQUIRE(::stat(file("").c_str(), &directory) == 0);
  CHECK((directory.st_mode & 0777U) == 0700U);
}

TEST_CASE_METHOD(store_in_directory, "files that others may read are refused",
                 "[store]") {
  store.reset();
  REQUIRE(::chmod(file("consensus.db").c_str(), 0644) == 0);

  const auto opened = consensus_store::open(options());

  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == shm::errc::refused);
}

TEST_CASE("opening where there is no store says so", "[store]") {
  const test::scratch_directory nowhere;

  const auto opened = consensus_store::open(nowhere.options());

  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == shm::errc::no_value);
}

TEST_CASE_METHOD(store_in_directory,
                 "the write-ahead log does not grow without end", "[store]") {
  std::uintmax_t largest = 0;
  for (consensus::log_index i = 1; i <= 400; ++i) {
    commit({append(i, {command(std::string(30000, 'x'))})});
    largest
      = std::max(largest, std::filesystem::file_size(file("consensus.db-wal")));
  }

  CHECK(largest < 6 * 1024 * 1024);
  CHECK(loaded_again().entries.size() == 400);
}
