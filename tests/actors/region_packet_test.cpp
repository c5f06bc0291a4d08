#include "actors/region_packet.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace std::chrono_literals;
using actors::carried_message;

namespace {

using namespace region_replica;

constexpr auto later = boot_time{12345};

carried_message said(words what, std::string payload = {}) {
  return {{7, 8, 9, std::move(what)}, {payload.begin(), payload.end()}};
}

const std::vector<row> rows{
  {1, {7, 3}, 3, 11, 2}, {4, {6, 9}, 0, 12, 9}, {5, {7, 1}, 2, 13, 1}};

std::vector<region_packet> cut(std::size_t bytes, std::size_t bytes_max) {
  region_packet envelope;
  envelope.number = 40;
  return actors::in_parts(envelope, std::vector<char>(bytes, 'x'), bytes_max);
}

} // namespace

TEST_CASE("each word of a holder arrives as it was said",
          "[actors][region_packet]") {
  const auto what = GENERATE(
    said(ask{3, true, 17}), said(ask{3, false, {}}), said(pull{4, {1, 2}}),
    said(delta{1, 2, 3, 4, true, 5, rows, {2, true}}, "abcde"),
    said(beat{1, later, 5}),
    said(report{3,
                memory::restored,
                6,
                {2, 40, 5ms},
                17,
                true,
                {{1, {7, 3}, 3, 0, 0}},
                {1}}),
    said(report{3, memory::whole, 6, {}, {}, false, {}, {}}),
    said(region_replica::values{4, rows, 1}, "abcde"),
    said(delta_ack{1, 2, 3, 4}), said(beat_ack{later, {1, 2, 3, 4}}),
    said(refusal{12}));

  const auto heard = actors::unpack(actors::pack(what));

  REQUIRE(heard);
  CHECK(*heard == what);
}

TEST_CASE("the bytes of a row are found among those of the others",
          "[actors][region_packet]") {
  const auto slices
    = actors::slices_of(said(delta{1, 2, 3, 4, true, 5, rows, {}}, "abcde"));

  REQUIRE(slices.size() == 3);
  CHECK(slices[0].size() == 3);
  CHECK(slices[1].empty());
  CHECK(slices[2].size() == 2);
}

TEST_CASE("a part that was damaged on its way costs its message",
          "[actors][region_packet]") {
  actors::part_collector parts{1 << 20};
  auto all = cut(25, 10);
  REQUIRE(all.size() == 3);
  all[1].content[3] ^= 1;

  for (auto& part : all)
    CHECK_FALSE(parts.add(std::move(part)));

  std::optional<std::vector<char>> whole;
  for (auto& part : cut(25, 10))
    whole = parts.add(std::move(part));
  CHECK(whole);
}

TEST_CASE("what is no message of a holder is not taken for one",
          "[actors][region_packet]") {
  const auto whole
    = actors::pack(said(delta{1, 2, 3, 4, true, 5, rows, {}}, "abcde"));

  SECTION("cut anywhere") {
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
      CHECK_FALSE(actors::unpack({whole.begin(), whole.begin() + bytes}));
  }
  SECTION("with something behind it") {
    auto longer = whole;
    longer.push_back('x');
    CHECK_FALSE(actors::unpack(longer));
  }
  SECTION("with more or fewer bytes than its rows have") {
    CHECK_FALSE(actors::unpack(
      actors::pack(said(region_replica::values{4, rows, 0}, "abcd"))));
    CHECK_FALSE(actors::unpack(
      actors::pack(said(region_replica::values{4, rows, 0}, "abcdef"))));
    CHECK_FALSE(actors::unpack(actors::pack(said(refusal{1}, "a"))));
  }
  SECTION("with rows whose lengths overflow together") {
    auto odd = rows;
    odd[0].bytes = ~std::uint64_t{0};
    odd[1].bytes = 6;
    CHECK_FALSE(actors::unpack(
      actors::pack(said(region_replica::values{4, odd, 0}, "abcde"))));
  }
  SECTION("with more rows together than there are") {
    CHECK_FALSE(actors::unpack(
      actors::pack(said(region_replica::values{4, rows, 4}, "abcde"))));
    CHECK_FALSE(actors::unpack(actors::pack(
      said(delta{1, 2, 3, 4, true, 5, rows, {4, false}}, "abcde"))));
  }
  SECTION("with memory of no kind") {
    CHECK_FALSE(actors::unpack(
      actors::pack(said(report{3, memory{4}, 6, {}, {}, false, {}, {}}))));
  }
}

TEST_CASE("a message that was cut is put together again",
          "[actors][region_packet]") {
  const auto bytes = GENERATE(0U, 1U, 10U, 11U, 95U);
  actors::part_collector parts{100};
  auto all = cut(bytes, 10);
  REQUIRE(all.size() == std::max<std::size_t>(1, (bytes + 9) / 10));

  std::optional<std::vector<char>> whole;
  for (auto& part : all) {
    CHECK_FALSE(whole);
    CHECK(part.content.size() <= 10);
    whole = parts.add(std::move(part));
  }

  REQUIRE(whole);
  CHECK(whole->size() == bytes);
}

TEST_CASE("a message that lacks a part, or is too long, is dropped alone",
          "[actors][region_packet]") {
  actors::part_collector parts{100};
  auto broken = cut(50, 10);

  SECTION("a part is missing") {
    broken.erase(broken.begin() + 2);
  }
  SECTION("a part comes twice") {
    broken.insert(broken.begin() + 2, broken[2]);
  }
  SECTION("the first part is missing") {
    broken.erase(broken.begin());
  }
  SECTION("a part is of another message") {
    broken[2].number = 41;
  }
  SECTION("it is longer than may be") {
    broken = cut(101, 10);
  }

  for (auto& part : broken)
    CHECK_FALSE(parts.add(std::move(part)));
  CHECK(parts.add(std::move(cut(5, 10).front())));
}
