#include "actors/rules/placement.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>

using namespace holdfast::rules;

namespace {

std::vector<placement_node> nodes_to(placed_on last) {
  std::vector<placement_node> nodes;
  for (placed_on id = 1; id <= last; ++id)
    nodes.push_back({id});
  return nodes;
}

placement_node& node(placement_view& view, placed_on id) {
  return *std::find_if(
    view.nodes.begin(), view.nodes.end(),
    [id](const placement_node& each) { return each.id == id; });
}

placement_view many_regions(placed_on nodes, std::uint32_t copies,
                            int count = 600) {
  placement_view view{nodes_to(nodes), {}};
  for (int i = 0; i < count; ++i) {
    placement_region region;
    region.tenant = "prod";
    region.region = "r" + std::to_string(i);
    region.copies = copies;
    view.regions.push_back(region);
  }
  return view;
}

/// Carries the steps out as the tables would. Checks each as they would.
void carry_out(placement_view& view, const std::vector<placement_step>& steps,
               std::uint64_t epoch) {
  for (const auto& step : steps) {
    auto& region = *std::find_if(
      view.regions.begin(), view.regions.end(),
      [&](const placement_region& each) { return each.region == step.region; });
    REQUIRE(step.expected_epoch == region.epoch);
    REQUIRE_FALSE(step.replicas.contains(step.home));
    auto before = region.replicas;
    before.insert(region.home);
    auto after = step.replicas;
    after.insert(step.home);
    if (step.moves_home) {
      REQUIRE(before == after);
      REQUIRE((region.settled_holders.empty()
               || region.settled_holders.contains(step.home)));
      REQUIRE(node(view, step.home).healthy);
    } else if (step.why != placement_reason::first
               && step.why != placement_reason::lost) {
      REQUIRE(region.settled);
      REQUIRE(step.home == region.home);
      REQUIRE(std::max(before.size(), after.size())
              == std::min(before.size(), after.size()) + 1);
    }
    region.home = step.home;
    region.replicas = step.replicas;
    region.epoch = epoch;
    region.settled = false;
  }
}

void settle(placement_view& view) {
  for (auto& region : view.regions) {
    if (region.home == 0 || !node(view, region.home).healthy)
      continue;
    region.settled = true;
    region.settled_holders = region.replicas;
    region.settled_holders.insert(region.home);
  }
}

/// Plans and carries out until nothing is left to do. How many rounds.
int converge(placement_view& view) {
  const placement_options options{100000};
  static std::uint64_t epoch = 0;
  for (int round = 0; round < 20; ++round) {
    const auto steps = plan_placement(view, options);
    if (steps.empty())
      return round;
    carry_out(view, steps, ++epoch);
    settle(view);
  }
  return -1;
}

std::map<placed_on, int> homes(const placement_view& view) {
  std::map<placed_on, int> count;
  for (const auto& region : view.regions)
    ++count[region.home];
  return count;
}

int homes_moved(const placement_view& before, const placement_view& after) {
  int moved = 0;
  for (std::size_t i = 0; i < before.regions.size(); ++i)
    moved += before.regions[i].home != after.regions[i].home ? 1 : 0;
  return moved;
}

/// One region on node 1 with a replica on 2, of three nodes.
placement_view one_region() {
  auto view = many_regions(3, 2, 1);
  auto& region = view.regions.front();
  region.home = 1;
  region.replicas = {2};
  region.epoch = 7;
  region.settled = true;
  region.settled_holders = {1, 2};
  return view;
}

} // namespace

TEST_CASE("a new region begins at the first node that may take it",
          "[rules][placement]") {
  auto nodes = nodes_to(4);
  const auto order = rank_nodes("prod", "quotes", nodes);
  CHECK(first_home("prod", "quotes", nodes) == order[0]);

  nodes[order[0] - 1].draining = true;
  nodes[order[1] - 1].healthy = false;
  CHECK(first_home("prod", "quotes", nodes) == order[2]);

  for (auto& each : nodes)
    each.draining = true;
  CHECK(first_home("prod", "quotes", nodes) == 0);
}

TEST_CASE("regions spread over the nodes by their weight",
          "[rules][placement]") {
  auto view = many_regions(4, 3);
  node(view, 4).weight = 3;

  REQUIRE(converge(view) == 1);

  // 100, 100, 100 and 300, give or take chance.
  const auto count = homes(view);
  for (placed_on id = 1; id <= 3; ++id) {
    CHECK(count.at(id) > 70);
    CHECK(count.at(id) < 130);
  }
  CHECK(count.at(4) > 250);
  for (const auto& region : view.regions)
    REQUIRE(region.replicas.size() == 2);
}

TEST_CASE("a node more takes its share and nothing else moves",
          "[rules][placement]") {
  const placed_on before_count = GENERATE(2, 3, 5, 8);
  CAPTURE(before_count);
  auto view = many_regions(before_count, 2);
  REQUIRE(converge(view) >= 0);
  const auto before = view;

  view.nodes.push_back({before_count + 1});
  REQUIRE(converge(view) >= 0);

  const auto moved = homes_moved(before, view);
  const auto share = 600 / static_cast<int>(before_count + 1);
  CHECK(moved > share * 2 / 3);
  CHECK(moved < share * 4 / 3);
  CHECK(homes(view).at(before_count + 1) == moved);
}

TEST_CASE("a node less gives away what it had and nothing else moves",
          "[rules][placement]") {
  const placed_on count = GENERATE(3, 5, 8);
  CAPTURE(count);
  auto view = many_regions(count, 2);
  REQUIRE(converge(view) >= 0);
  const auto before = view;

  node(view, 2).healthy = false;
  REQUIRE(converge(view) >= 0);

  CHECK(homes_moved(before, view) == homes(before).at(2));
  CHECK(homes(view).count(2) == 0);

  node(view, 2).healthy = true;
  REQUIRE(converge(view) >= 0);
  CHECK(homes_moved(before, view) == 0);
}

TEST_CASE("the home of a dead node moves to a replica that has all values",
          "[rules][placement]") {
  auto view = one_region();
  node(view, 1).healthy = false;

  const auto steps = plan_placement(view);

  REQUIRE(steps.size() == 1);
  const placement_step expected{
    "prod", "r0", 7, 2, {1}, placement_reason::failed, true};
  CHECK(steps.front() == expected);
}

TEST_CASE("a home moves even before its epoch has settled",
          "[rules][placement]") {
  auto view = one_region();
  node(view, 1).healthy = false;
  auto& region = view.regions.front();
  region.settled = false;
  region.replicas = {2, 3};

  const auto steps = plan_placement(view);

  // Node 3 came after the last settled epoch.
  REQUIRE(steps.size() == 1);
  CHECK(steps.front().home == 2);
}

TEST_CASE("a region whose values nobody healthy has waits",
          "[rules][placement]") {
  auto view = one_region();
  node(view, 1).healthy = false;
  node(view, 2).healthy = false;

  for (const auto& step : plan_placement(view))
    CHECK_FALSE(step.moves_home);
}

TEST_CASE("a region that nobody holds any more is begun elsewhere",
          "[rules][placement]") {
  auto view = one_region();
  view.nodes = {{3}, {4}};

  const auto steps = plan_placement(view);

  REQUIRE(steps.size() == 1);
  CHECK(steps.front().why == placement_reason::lost);
  CHECK(steps.front().replicas.size() == 1);
}

TEST_CASE("a draining node is emptied of its homes, also of lone ones",
          "[rules][placement]") {
  const std::uint32_t copies = GENERATE(1, 2, 3);
  CAPTURE(copies);
  auto view = many_regions(5, copies);
  REQUIRE(converge(view) >= 0);

  node(view, 3).draining = true;
  REQUIRE(converge(view) >= 0);

  CHECK(homes(view).count(3) == 0);
  for (const auto& region : view.regions) {
    REQUIRE_FALSE(region.replicas.contains(3));
    REQUIRE(region.replicas.size() == copies - 1);
  }
}

TEST_CASE("a draining replica takes over only from a dead home",
          "[rules][placement]") {
  auto view = one_region();
  node(view, 2).draining = true;

  node(view, 1).draining = true;
  for (const auto& step : plan_placement(view))
    CHECK_FALSE(step.moves_home);

  node(view, 1).healthy = false;
  REQUIRE_FALSE(plan_placement(view).empty());
  CHECK(plan_placement(view).front().home == 2);
}

TEST_CASE("a dead replica that nobody can replace stays one",
          "[rules][placement]") {
  auto view = many_regions(3, 3, 20);
  REQUIRE(converge(view) >= 0);
  node(view, 3).healthy = false;

  REQUIRE(converge(view) >= 0);

  for (const auto& region : view.regions)
    CHECK(region.replicas.size() == 2);
}

TEST_CASE("a holder that left is let go of before another one comes",
          "[rules][placement]") {
  auto view = many_regions(3, 2, 1);
  REQUIRE(converge(view) >= 0);
  const auto home = view.regions.front().home;
  const auto left = *view.regions.front().replicas.begin();

  std::erase_if(view.nodes, [left](const auto& one) { return one.id == left; });

  const auto steps = plan_placement(view);
  REQUIRE(steps.size() == 1);
  CHECK(steps.front().home == home);
  CHECK(steps.front().replicas.empty());
}

TEST_CASE("a region whose values left with their holder begins empty",
          "[rules][placement]") {
  auto view = many_regions(2, 2, 1);
  auto& region = view.regions.front();
  region.home = 3;
  region.replicas = {2};
  region.epoch = 7;
  region.settled_holders = {3};

  const auto steps = plan_placement(view);

  REQUIRE(steps.size() == 1);
  CHECK(steps.front().why == placement_reason::lost);
  CHECK_FALSE(steps.front().moves_home);
}

TEST_CASE("a home is where an operator wants it, if that node can have it",
          "[rules][placement]") {
  auto view = many_regions(4, 2, 20);
  REQUIRE(converge(view) >= 0);
  for (auto& region : view.regions)
    region.preferred = 3;

  REQUIRE(converge(view) >= 0);
  for (const auto& region : view.regions) {
    CHECK(region.home == 3);
    CHECK(region.replicas.size() == 1);
  }
  node(view, 3).draining = true;
  REQUIRE(converge(view) >= 0);
  for (const auto& region : view.regions)
    CHECK(region.home != 3);
  node(view, 3).draining = false;
  REQUIRE(converge(view) >= 0);
  for (const auto& region : view.regions)
    CHECK(region.home == 3);
}

TEST_CASE("balancing is done a few regions at a time", "[rules][placement]") {
  auto view = many_regions(2, 1);
  REQUIRE(converge(view) >= 0);
  view.nodes.push_back({3});

  CHECK(plan_placement(view, {4}).size() == 4);
}

TEST_CASE("no step goes to a node that is not healthy, whatever happens",
          "[rules][placement]") {
  const auto seed = GENERATE(range(1, 21));
  CAPTURE(seed);
  std::mt19937_64 chance{static_cast<std::uint64_t>(seed)};
  auto view = many_regions(6, 3, 40);
  std::uint64_t epoch = 1'000'000;

  for (int round = 0; round < 120; ++round) {
    auto& hit = view.nodes[chance() % view.nodes.size()];
    hit.healthy = chance() % 4 != 0;
    hit.draining = chance() % 4 == 0;
    const auto steps = plan_placement(view);
    for (const auto& step : steps) {
      REQUIRE(
        (step.home == 0 || !step.moves_home || node(view, step.home).healthy));
      REQUIRE(step.replicas.size() <= 6);
    }
    carry_out(view, steps, ++epoch);
    if (chance() % 3 == 0)
      settle(view);
  }

  for (auto& each : view.nodes)
    each = {each.id};
  settle(view);
  CHECK(converge(view) >= 0);
}
