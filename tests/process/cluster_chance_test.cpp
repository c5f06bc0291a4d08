// Rounds of chance: nodes are killed, frozen and cut off while clients at every
// node have regions created.
//
// HOLDFAST_TROUBLE_ROUNDS is how many rounds there are: 6, which is every kind
// of trouble once, or 2 with the address sanitizer; more than a hundred are
// more regions than a tenant may have. HOLDFAST_TROUBLE_SEED draws others: 1.
#include "tests/process/cluster_regions.hpp"
#include "tests/process/cluster_troubles.hpp"
#include "tests/process/leader_watch.hpp"
#include "tests/process/region_history.hpp"
#include "tests/process/split_cluster.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/skipped.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// Wanted by each client as a trouble begins, and in the midst of it.
constexpr std::size_t wanted_each = 3;

constexpr std::uint64_t rounds_default = 6;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* wanted = std::getenv(variable);
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : otherwise;
}

/// Those of the names that this node knows of.
std::set<std::string> known_of(const node_cluster& cluster, std::uint64_t id,
                               const std::set<std::string>& names) {
  const auto known = regions_at(cluster, id).value_or(names);
  std::set<std::string> both;
  std::set_intersection(known.begin(), known.end(), names.begin(), names.end(),
                        std::inserter(both, both.end()));
  return both;
}

} // namespace

TEST_CASE("no decision that was acknowledged is lost, and no term has two "
          "leaders, whatever befalls a minority",
          "[process][cluster][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  const auto seed = number_of("HOLDFAST_TROUBLE_SEED", 1);
  const auto rounds = number_of("HOLDFAST_TROUBLE_ROUNDS", rounds_default);
  INFO("HOLDFAST_TROUBLE_SEED=" << seed);
  split_cluster scene{5};
  auto& cluster = scene.nodes;
  cluster.start_all();
  REQUIRE(cluster.await_leader(cluster.all()) != 0);
  const leader_watch watch{cluster};
  region_history history{cluster};
  cluster_troubles troubles{cluster, scene.network, seed};

  for (std::uint64_t round = 1; round <= rounds; ++round) {
    const auto leader = cluster.await_leader(cluster.all(), 60s);
    REQUIRE(leader != 0);
    history.want(wanted_each);
    troubles.begin(leader);
    const auto told = troubles.told();
    const auto spared = troubles.spared();
    const bool is_felt = troubles.is_felt(60s);
    history.want(wanted_each);
    const auto enough = spared.size() * 2 * wanted_each * round;
    const bool goes_on = eventually(
      [&] { return history.acknowledged_at(spared) >= enough; }, 60s);
    INFO("round " << round << ", leader " << leader << ": " << told << "; "
                  << history.summary() << "\n"
                  << cluster.logs());
    REQUIRE(is_felt);
    REQUIRE(goes_on);
    troubles.end();
  }
  history.end();

  const bool agree = cluster.await_leader(cluster.all(), 60s) != 0;
  const auto acknowledged = history.answered(shm::errc::ok);
  const bool all_there = all_know(cluster, cluster.all(), acknowledged, 60s);
  INFO(history.summary() << "\n" << cluster.logs());
  CHECK(agree);
  CHECK(all_there);
  // What was refused for want of a leader was not done behind one's back.
  const auto refused = history.answered(shm::errc::no_leader);
  for (const auto id : cluster.all())
    CHECK(known_of(cluster, id, refused) == std::set<std::string>{});
  // Every name was asked for once.
  CHECK(history.answered(shm::errc::exists) == std::set<std::string>{});
  CHECK(watch.contradictions() == "");
}
