#include "actors/rules/region_replica/made_stores.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using region_replica::made_store;
using region_replica::made_stores;
using region_replica::session_id;

namespace {

session_id session(std::uint64_t number) {
  return {1, {5, 6}, number};
}

made_store store_of(std::uint64_t number, std::uint64_t serial,
                    std::uint64_t version = 1, std::uint64_t epoch = 10) {
  return {session(number), serial, 300, {epoch, version}};
}

std::uint64_t serial_of(const made_stores& in, std::uint64_t number) {
  const auto* last = in.last_of(session(number));
  return last == nullptr ? 0 : last->serial;
}

/// All rows of one, shown to another.
void copy(const made_stores& from, made_stores& into, std::size_t rows) {
  for (std::size_t key = 0; key < rows; ++key) {
    std::vector<char> bytes;
    if (const auto version = from.append(key, bytes); version != 0)
      REQUIRE(into.show(key, version, bytes));
  }
}

bool no_value_pulled(region_replica::variable_key) {
  return false;
}

} // namespace

TEST_CASE("a session's last store is known, and no earlier one",
          "[rules][made_stores]") {
  made_stores stores{4};

  const auto first = stores.note(store_of(7, 1));
  const auto second = stores.note(store_of(7, 2));

  CHECK(first.key == second.key);
  CHECK(second.version > first.version);
  CHECK(*stores.last_of(session(7)) == store_of(7, 2));
  CHECK(stores.last_of(session(8)) == nullptr);
  CHECK(stores.last_of({2, {5, 6}, 7}) == nullptr);
  CHECK(stores.last_of({1, {5, 7}, 7}) == nullptr);
}

TEST_CASE("of more sessions than there is room for the least recent goes",
          "[rules][made_stores]") {
  made_stores stores{2};
  stores.note(store_of(1, 1));
  stores.note(store_of(2, 1));
  stores.note(store_of(1, 2));

  stores.note(store_of(3, 1));

  CHECK(serial_of(stores, 1) == 2);
  CHECK(serial_of(stores, 2) == 0);
  CHECK(serial_of(stores, 3) == 1);
}

TEST_CASE("another holder knows what it was shown", "[rules][made_stores]") {
  made_stores stores{3};
  stores.note(store_of(1, 5, 77, 12));
  stores.note(store_of(2, 9));
  made_stores other{3};

  copy(stores, other, 3);

  CHECK(*other.last_of(session(1)) == store_of(1, 5, 77, 12));
  CHECK(serial_of(other, 2) == 9);
  // It goes on behind the versions that it was shown.
  std::vector<char> bytes;
  const auto again = other.note(store_of(1, 6));
  CHECK(again.version > stores.append(again.key, bytes));
}

TEST_CASE("a row of another length is none", "[rules][made_stores]") {
  made_stores stores{1};
  const std::vector<char> bytes(made_stores::row_bytes - 1);

  CHECK_FALSE(stores.show(0, 1, bytes));
  CHECK(stores.has(0));
  CHECK_FALSE(stores.has(1));
}

TEST_CASE("a new home knows which stores are lost", "[rules][made_stores]") {
  made_stores stores{4};
  stores.note(store_of(1, 1, 4));
  stores.note(store_of(2, 1, 5));
  const auto lost = stores.note(store_of(3, 1, 6));

  const auto changes = stores.judge(
    20,
    [](auto key) {
      CHECK(key == 300);
      return region_replica::stamp{10, 5};
    },
    no_value_pulled);

  REQUIRE(changes.size() == 1);
  CHECK(changes[0].key == lost.key);
  CHECK(changes[0].version > lost.version);
  CHECK(serial_of(stores, 1) == 1);
  CHECK(serial_of(stores, 2) == 1);
  CHECK(serial_of(stores, 3) == 0);
}

TEST_CASE("a later home may have what one before it had lost",
          "[rules][made_stores]") {
  made_stores stores{4};
  stores.note(store_of(1, 1, 6));
  const auto judged_with = [&](std::uint64_t epoch, region_replica::stamp has) {
    made_stores at_home{4};
    copy(stores, at_home, 4);
    at_home.judge(
      epoch, [has](auto) { return has; }, no_value_pulled);
    copy(at_home, stores, 4);
    return serial_of(stores, 1);
  };

  REQUIRE(judged_with(20, {10, 5}) == 0);
  // What was stored since is no proof of it.
  CHECK(judged_with(30, {20, 9}) == 0);
  CHECK(judged_with(40, {10, 5}) == 0);
  CHECK(judged_with(50, {10, 7}) == 1);
  CHECK(judged_with(60, {50, 8}) == 1);
}

TEST_CASE("a home whose row was replaced judges by the value that it kept",
          "[rules][made_stores]") {
  const bool value_came_too = GENERATE(false, true);
  const std::uint64_t judged_in = GENERATE(20U, 30U);
  made_stores elsewhere{1};
  elsewhere.note(store_of(1, 35, 4));
  std::vector<char> bytes;
  const auto version = elsewhere.append(0, bytes);
  made_stores stores{1};
  stores.note(store_of(1, 36, 5));

  REQUIRE(stores.pull(20, 0, version + 10, bytes));
  stores.judge(
    judged_in,
    [](auto) {
      return region_replica::stamp{10, 5};
    },
    [=](auto) { return value_came_too; });

  // Of an earlier epoch, or with the other holder's value, it says nothing.
  const bool kept = !value_came_too && judged_in == 20;
  CHECK(serial_of(stores, 1) == (kept ? 36 : 35));
}

TEST_CASE("a row that nobody judged counts as none", "[rules][made_stores]") {
  made_stores stores{2};
  const auto kept = stores.note(store_of(1, 1));

  CHECK_FALSE(stores.show_first(kept.key, 50));
  const auto shown = stores.show_first(1 - kept.key, 50);

  REQUIRE(shown);
  CHECK(shown->version > 50);
  CHECK(serial_of(stores, 1) == 1);
}

TEST_CASE("a row is said again above a version", "[rules][made_stores]") {
  made_stores stores{1};
  stores.note(store_of(1, 1));

  const auto above = stores.outnumber(0, 40);

  REQUIRE(above);
  CHECK(above->version > 40);
  CHECK(serial_of(stores, 1) == 1);
  CHECK_FALSE(stores.outnumber(0, 40));
}
