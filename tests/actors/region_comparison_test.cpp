#include "actors/region_comparison.hpp"

#include "config/region_bounds.hpp"
#include "shm/variable.hpp"
#include "tests/actors/region_holders.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using actors::comparison;

namespace {

constexpr auto a_round = config::region_compare_interval + 1000ms;

struct compared_holders : region_holders {
  /// As a bit that flips, or a process of the node's user that writes there.
  void damage(std::uint64_t node) {
    const auto handle = title(node);
    auto& slot = handle.at().slot_of(handle.version());
    shm::variable_place::payload(slot)->fetch_xor(1);
  }

  std::uint64_t mended_on(std::uint64_t node) {
    return ask<region_report>(on(node).region, region_status_query{})->mended;
  }
};

comparison of(comparison::step what, std::size_t bytes) {
  comparison made{what, 12, {{1, {7, 3}, 99, 2}, {5, {8, 1}, 98, 1}}, {}};
  made.payload.resize(bytes, 'x');
  return made;
}

} // namespace

TEST_CASE("what holders compare arrives as it was said",
          "[actors][region_comparison]") {
  const auto what = GENERATE(of(comparison::step::digests, 0),
                             of(comparison::step::wanted, 0),
                             of(comparison::step::values, 3));

  const auto heard = actors::unpack_comparison(actors::pack(what));

  REQUIRE(heard);
  CHECK(*heard == what);
}

TEST_CASE("what is no comparison is not taken for one",
          "[actors][region_comparison]") {
  const auto whole = actors::pack(of(comparison::step::values, 3));
  for (std::size_t left = 0; left < whole.size(); ++left)
    CHECK_FALSE(actors::unpack_comparison(
      {whole.begin(), whole.begin() + static_cast<long>(left)}));

  CHECK_FALSE(
    actors::unpack_comparison(actors::pack(of(comparison::step::values, 2))));
  CHECK_FALSE(
    actors::unpack_comparison(actors::pack(of(comparison::step::wanted, 3))));
  CHECK_FALSE(actors::unpack_comparison(
    actors::pack(of(static_cast<comparison::step>(4), 0))));
}

TEST_CASE_METHOD(compared_holders, "a value that changed in memory is mended",
                 "[actors][region_comparison]") {
  store(1, "as it was stored");
  advance(100ms);
  damage(2);
  REQUIRE(read(2) != "as it was stored");

  advance(a_round);

  CHECK(read(2) == "as it was stored");
  CHECK(title(2).version() == 1);
  CHECK(mended_on(2) == 1);
  CHECK(mended_on(3) == 0);
  CHECK(has_logged(
    "values of a region had changed in this node's memory, and were mended"));

  advance(a_round);
  CHECK(mended_on(2) == 1);
}

TEST_CASE_METHOD(compared_holders,
                 "what is being changed is not called damaged",
                 "[actors][region_comparison]") {
  store(1, "first");
  advance(100ms);
  cut(2);
  store(1, "second");
  mend(2);

  advance(a_round);

  CHECK(read(2) == "second");
  CHECK(mended_on(2) == 0);
}

TEST_CASE_METHOD(compared_holders, "only the home says what a value is",
                 "[actors][region_comparison]") {
  store(1, "as it was stored");
  advance(100ms);
  damage(1);

  advance(a_round);

  // A client of the home may write there what it likes: it is a store to all.
  CHECK(mended_on(1) == 0);
  CHECK(read(2) == read(1));
  CHECK(mended_on(2) == 1);
}
