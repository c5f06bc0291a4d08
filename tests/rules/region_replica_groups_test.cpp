// Variables that are stored in groups: what is said of them belongs together.
#include "tests/rules/region_replica_stage.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast::region_replica;
using namespace std::chrono_literals;

namespace {

struct grouped_stage : serving_stage {
  using serving_stage::serving_stage;

  /// As one drain of the home finds them.
  void store_group(std::vector<variable_key> keys, std::uint64_t version,
                   bool apart = false, std::uint64_t bytes = 8) {
    std::vector<change> changes;
    for (const auto key : keys)
      changes.push_back({key, version, bytes, true});
    carry(1, nodes.at(1).on_drained(now, changes, apart));
  }

  /// Since it was asked last.
  std::vector<apply> shown_at(node_id id) {
    const auto all = stage::all<apply>(id);
    const auto from = std::exchange(seen_[id], all.size());
    return {all.begin() + static_cast<std::ptrdiff_t>(from), all.end()};
  }

  /// All are shown a group that is apart; then the home has it whole, and that
  /// is on its way.
  void store_apart_then_whole() {
    store_group({4, 5}, 1, true);
    run();
    REQUIRE(shown_at(2).back().groups == grouping{2, true});
    carry(1, nodes.at(1).on_drained(now, {}, false));
  }

private:
  std::map<node_id, std::size_t> seen_;
};

options with_room_for(std::size_t rows) {
  options how;
  how.together_bytes_max = rows * (8 + row_bytes);
  return how;
}

} // namespace

TEST_CASE("what is stored in groups goes first, and together",
          "[rules][region_replica]") {
  options how;
  how.message_bytes_max = 2 * (8 + row_bytes);
  grouped_stage s{how};
  s.shown_at(2);

  s.carry(1, s.nodes.at(1).on_drained(s.now, {{1, 1, 8},
                                              {2, 1, 8},
                                              {3, 1, 8},
                                              {7, 1, 8, true},
                                              {8, 1, 8, true},
                                              {9, 1, 8, true}}));
  s.run();

  const auto shown = s.shown_at(2);
  REQUIRE(shown.size() >= 2);
  CHECK(shown[0].rows.size() == 3);
  CHECK(shown[0].rows[0].key == 7);
  CHECK(shown[0].groups == grouping{3, false});
  CHECK(shown[1].groups == grouping{0, false});
}

TEST_CASE("one of a group that waits alone takes the rest along when it waits",
          "[rules][region_replica]") {
  grouped_stage s;
  s.store_group({7, 8}, 1);
  s.run();
  s.cut = {3};
  s.store_group({7, 8}, 2);
  s.run();
  s.store(1, 8, 3); // alone, and it is of groups all the same
  s.run();
  s.shown_at(3);

  s.cut.clear();
  s.pass(1500ms);

  std::vector<apply> with_rows;
  for (auto& each : s.shown_at(3))
    if (!each.rows.empty())
      with_rows.push_back(each);
  REQUIRE(with_rows.size() == 1);
  CHECK(with_rows[0].groups == grouping{2, false});
  CHECK(s.at(3, 8) == stamp{10, 3});
}

TEST_CASE("more than fits into a message is shown as groups at its end",
          "[rules][region_replica]") {
  grouped_stage s{with_room_for(2)};
  s.shown_at(2);

  s.store_group({4, 5, 6, 7, 8}, 1);
  s.run();

  const auto shown = s.shown_at(2);
  REQUIRE(shown.size() == 3);
  CHECK(shown[0].groups == grouping{2, true});
  CHECK(shown[1].groups == grouping{2, true});
  CHECK(shown[2].groups == grouping{1, false});
}

TEST_CASE("what could not be drained as one is apart until it could",
          "[rules][region_replica]") {
  grouped_stage s;
  s.store_apart_then_whole();
  s.run();

  REQUIRE_FALSE(s.stage::all<apply>(2).empty());
  const auto shown = s.shown_at(2);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].rows.empty());
  CHECK(shown[0].groups == grouping{0, false});
}

TEST_CASE("that nothing is apart any more is said again when it is lost",
          "[rules][region_replica]") {
  grouped_stage s;
  s.store_apart_then_whole();
  s.network.clear();
  s.pass(1500ms);

  const auto shown = s.shown_at(2);
  REQUIRE_FALSE(shown.empty());
  CHECK_FALSE(shown.back().groups.apart);
}

TEST_CASE("the next home knows what is stored in groups",
          "[rules][region_replica]") {
  grouped_stage s;
  s.store_group({4, 5}, 1);
  s.run();
  s.cut = {3};
  s.store_group({4, 5}, 2);
  s.run();

  s.shown_at(3);
  s.fail_over(1, 2);
  s.pass(1500ms);

  CHECK(s.at(3, 5) == stamp{10, 2});
  bool together = false;
  for (const auto& each : s.shown_at(3))
    together = together || each.groups == grouping{2, false};
  CHECK(together);
}

TEST_CASE("a home that takes groups over in parts shows none before the last",
          "[rules][region_replica]") {
  options how;
  how.message_rows_max = how.together_rows_max = 1;
  grouped_stage s{how};
  s.cut = {2};
  s.carry(1, s.nodes.at(1).on_drained(
               s.now, {{4, 1, 8, true}, {5, 1, 8, true}, {6, 1, 8}}));
  s.run();

  s.shown_at(2);
  s.fail_over(1, 2);
  s.pass(1500ms);

  REQUIRE(s.at(2, 6) == stamp{10, 1});
  const auto shown = s.shown_at(2);
  REQUIRE(shown.size() == 3);
  CHECK(shown[0].groups == grouping{1, true});
  CHECK(shown[1].groups == grouping{1, true});
  CHECK(shown[2].groups == grouping{0, false});
}

TEST_CASE("a delta that could not be made is made with the next tick",
          "[rules][region_replica]") {
  grouped_stage s;
  s.store(1, 5, 1);
  s.network.clear();

  s.nodes.at(1).on_unsent(2);
  s.pass(100ms);

  CHECK(s.at(2, 5) == stamp{10, 1});
  CHECK(s.at(3, 5) == stamp{}); // that one waits for an answer
}
