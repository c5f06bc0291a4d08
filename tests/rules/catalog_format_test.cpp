#include "actors/rules/catalog/format.hpp"
#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;

namespace {

catalog::octets written(const catalog::entry& of) {
  return catalog::encode(of).assume_value();
}

/// Tables that a seed led to.
catalog::tables grown(std::uint64_t seed) {
  entry_stream stream{seed};
  catalog::tables made;
  for (catalog::log_index index = 1; index <= 400; ++index)
    made.apply(index, stream.next(made.all()));
  return made;
}

} // namespace

TEST_CASE("an entry is written as documented", "[rules][catalog][format]") {
  const catalog::entry of{
    7, {catalog::origin_kind::node, 1, 2}, 3, {}, catalog::close_session{9}};

  const auto octets = written(of);

  const catalog::octets head{'C', 'E', 1, 0, 'H', 'F', 'P', '1', 1, 0,
                             1,   0,   3, 0, 0,   0,   0,   0,   0, 0};
  REQUIRE(octets.size() > head.size());
  CHECK(
    catalog::octets(octets.begin(),
                    octets.begin() + static_cast<std::ptrdiff_t>(head.size()))
    == head);
  CHECK(catalog::decode_entry(octets).assume_value() == of);
}

TEST_CASE("a newer format is refused with words that say so",
          "[rules][catalog][format]") {
  auto entry = written({});
  auto snapshot = catalog::encode_snapshot(catalog::tables{});
  entry[2] = 2;
  snapshot[2] = 2;

  const auto no = catalog::decode_entry(entry).assume_error();

  CHECK(no.code == errc::protocol);
  CHECK(no.detail
        == "an entry of format 2; this node knows formats up to 1 and has to "
           "be upgraded first");
  CHECK(catalog::decode_snapshot(snapshot).assume_error().code
        == errc::protocol);
}

TEST_CASE("a field more, fewer or elsewhere is refused",
          "[rules][catalog][format]") {
  const catalog::entry of{
    1, {catalog::origin_kind::node, 1, 1}, 1, {}, catalog::leave_member{3}};
  const auto octets = written(of);
  auto renamed = octets;
  // "node", the last field's name, before its type and eight bytes.
  renamed[renamed.size() - 10] = 'x';

  const auto no = catalog::decode_entry(renamed).assume_error();

  CHECK(no.code == errc::corrupt);
  CHECK(no.detail == "leave_member: field 'nodx' where 'node' is due");
}

TEST_CASE("text that is not UTF-8 never gets into the log",
          "[rules][catalog][format]") {
  const auto no
    = catalog::encode({1, {}, 1, {}, catalog::create_tenant{"\xff", {}}});

  CHECK(no.assume_error().code == errc::bad_argument);
}

TEST_CASE("a snapshot kept under other bounds is refused",
          "[rules][catalog][format]") {
  catalog::limits smaller;
  smaller.audit_records -= 1;

  const auto read = catalog::decode_snapshot(
    catalog::encode_snapshot(catalog::tables{}), smaller);

  CHECK(read.assume_error().code == errc::corrupt);
}

TEST_CASE("a changed byte of a snapshot is refused or makes another snapshot",
          "[rules][catalog][format]") {
  const auto seed = GENERATE(range(1, 6));
  CAPTURE(seed);
  const auto good
    = catalog::encode_snapshot(grown(static_cast<std::uint64_t>(seed)));
  std::mt19937_64 chance{static_cast<std::uint64_t>(seed)};
  REQUIRE(catalog::decode_snapshot(good));

  for (int i = 0; i < 60; ++i) {
    auto bad = good;
    bad[chance() % bad.size()] ^= static_cast<std::uint8_t>(1 + chance() % 255);
    if (chance() % 4 == 0)
      bad.resize(chance() % bad.size());
    auto read = catalog::decode_snapshot(bad);
    if (read)
      CHECK(catalog::encode_snapshot(read.assume_value()) == bad);
  }
}

TEST_CASE("tables restored from whatever was accepted can go on",
          "[rules][catalog][format]") {
  std::mt19937_64 chance{5};
  const auto good = catalog::encode_snapshot(grown(11));
  int accepted = 0;

  for (int i = 0; i < 300; ++i) {
    auto bad = good;
    bad[chance() % bad.size()] ^= static_cast<std::uint8_t>(1 + chance() % 255);
    auto read = catalog::decode_snapshot(bad);
    if (!read || read.assume_value().applied() > 1'000'000)
      continue;
    ++accepted;
    auto tables = std::move(read).assume_value();
    entry_stream stream{chance()};
    for (int more = 0; more < 30; ++more)
      tables.apply(tables.applied() + 1, stream.next(tables.all()));
  }

  CHECK(accepted > 0);
}
