#include "actors/rules/region_replica/store_ledger.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace holdfast;
using region_replica::noted_store;
using region_replica::session_id;
using region_replica::store_ledger;

namespace {

session_id session(std::uint64_t number) {
  return {1, {5, 6}, number};
}

noted_store store_of(std::uint64_t number, std::uint64_t serial) {
  return {session(number), serial, {10, serial}};
}

std::uint64_t serial_of(const store_ledger& in, std::uint64_t key,
                        std::uint64_t number) {
  const auto* last = in.last_of(key, session(number));
  return last == nullptr ? 0 : last->serial;
}

std::vector<char> whole(const store_ledger& of, std::uint64_t key,
                        const std::string& value) {
  std::vector<char> bytes{value.begin(), value.end()};
  of.append(key, bytes);
  return bytes;
}

std::string text(std::span<const char> of) {
  return {of.begin(), of.end()};
}

} // namespace

TEST_CASE("a session's last store in a variable is known, and no earlier one",
          "[rules][store_ledger]") {
  store_ledger ledger;

  ledger.note(300, store_of(7, 1));
  ledger.note(300, store_of(7, 2));

  REQUIRE(ledger.last_of(300, session(7)) != nullptr);
  CHECK(*ledger.last_of(300, session(7)) == store_of(7, 2));
  CHECK(ledger.last_of(301, session(7)) == nullptr);
  CHECK(ledger.last_of(300, session(8)) == nullptr);
  CHECK(ledger.last_of(300, {2, {5, 6}, 7}) == nullptr);
  CHECK(ledger.last_of(300, {1, {5, 7}, 7}) == nullptr);
}

TEST_CASE("of more sessions than there is room for the least recent goes",
          "[rules][store_ledger]") {
  store_ledger ledger;
  for (std::uint64_t i = 1; i <= store_ledger::sessions_max; ++i)
    ledger.note(300, store_of(i, 1));
  ledger.note(300, store_of(1, 2));

  ledger.note(300, store_of(100, 1));

  CHECK(serial_of(ledger, 300, 1) == 2);
  CHECK(serial_of(ledger, 300, 2) == 0);
  CHECK(serial_of(ledger, 300, 3) == 1);
  CHECK(serial_of(ledger, 300, 100) == 1);
}

TEST_CASE("what a value contains travels with it", "[rules][store_ledger]") {
  store_ledger at_home, elsewhere;
  at_home.note(300, store_of(7, 4));
  at_home.note(300, store_of(8, 1));
  elsewhere.note(300, store_of(9, 1)); // of a value that is replaced

  const auto bytes = whole(at_home, 300, "abc");
  const auto value = elsewhere.take(300, bytes);

  REQUIRE(value);
  CHECK(text(*value) == "abc");
  CHECK(*elsewhere.last_of(300, session(7)) == store_of(7, 4));
  CHECK(serial_of(elsewhere, 300, 8) == 1);
  CHECK(serial_of(elsewhere, 300, 9) == 0);
  CHECK(whole(elsewhere, 300, "abc") == whole(at_home, 300, "abc"));
}

TEST_CASE("a value without stores of sessions has a short tail",
          "[rules][store_ledger]") {
  store_ledger at_home, elsewhere;
  elsewhere.note(300, store_of(9, 1));
  const auto bytes = whole(at_home, 300, "abc");

  CHECK(bytes.size() == 3 + store_ledger::tail_bytes);
  REQUIRE(elsewhere.take(300, bytes));
  CHECK(serial_of(elsewhere, 300, 9) == 0);
}

TEST_CASE("bytes that end in no tail are no value", "[rules][store_ledger]") {
  store_ledger ledger;
  ledger.note(300, store_of(7, 1));
  auto bytes = whole(ledger, 300, {});

  CHECK_FALSE(store_ledger::without_tail({}));
  for (std::size_t cut = 1; cut < bytes.size(); ++cut)
    CHECK_FALSE(ledger.take(300, std::span{bytes}.subspan(cut)));
  for (const char count : {'\x02', 'd', '\x7f'}) {
    bytes[store_ledger::entry_bytes] = count;
    CHECK_FALSE(ledger.take(300, bytes));
  }
  CHECK(serial_of(ledger, 300, 7) == 1);
}
