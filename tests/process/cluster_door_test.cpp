// Who is let into a cluster, and what both sides say when somebody is not.
#include "tests/process/node_cluster.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <sstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// That node's log has a line with all of these words.
bool says(node_cluster& cluster, std::uint64_t id,
          const std::vector<std::string>& words) {
  return eventually(
    [&] {
      std::istringstream lines{cluster.at(id).log()};
      for (std::string line; std::getline(lines, line);)
        if (std::all_of(words.begin(), words.end(), [&](const auto& word) {
              return line.find(word) != std::string::npos;
            }))
          return true;
      return false;
    },
    20s);
}

} // namespace

TEST_CASE("three nodes with certificates of one authority form a cluster",
          "[process][cluster][tls]") {
  const issued_files issued;
  node_cluster cluster{3};
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.describe(id, cluster.list_for(id, over_tls(issued, id)));

  cluster.start_all();

  INFO(cluster.logs());
  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
  const auto told = cluster.call(1, "cluster_status");
  REQUIRE(told);
  const auto* key = wire::find_text(told.assume_value(), "key");
  REQUIRE(key != nullptr);
  CHECK(key->size() == 64);
}

TEST_CASE("a node with a certificate of another authority stays outside, and "
          "both sides say so",
          "[process][cluster][tls]") {
  const issued_files issued;
  const issued_files foreign;
  const auto stranger = GENERATE(std::uint64_t{1}, std::uint64_t{3});
  node_cluster cluster{3};
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.describe(
      id,
      cluster.list_for(id, over_tls(id == stranger ? foreign : issued, id)));

  cluster.start_all();

  INFO(cluster.logs());
  const auto other = stranger == 1 ? std::uint64_t{3} : std::uint64_t{1};
  const auto dialler = std::min(stranger, other);
  const auto dialled = std::max(stranger, other);
  CHECK(cluster.await_leader({2, other}) != 0);
  CHECK(says(cluster, dialler,
             {"was not reached", std::to_string(dialled), "certificate"}));
  CHECK(
    says(cluster, dialled, {"has not been heard of", std::to_string(dialler)}));
  CHECK(cluster.await_no_leader(stranger));
}

TEST_CASE("a node of another cluster is refused, and both sides say why",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.describe(3, cluster.list_for(3, {.name = "other"}));

  cluster.start_all();

  INFO(cluster.logs());
  CHECK(cluster.await_leader({1, 2}) != 0);
  CHECK(says(cluster, 1, {"hello failed", "'test'", "'other'"}));
  CHECK(says(cluster, 3, {"hello failed", "'test'", "'other'"}));
  CHECK(cluster.await_no_leader(3));
}

TEST_CASE("a second node with one id is refused while the first one lives",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  node_cluster twins{3};
  // The same list, and a door of its own.
  auto text = cluster.list_for(1, {});
  const auto own = "127.0.0.1:" + std::to_string(cluster.port(1));
  text.replace(text.find(own), own.size(),
               "127.0.0.1:" + std::to_string(twins.port(1)));
  twins.describe(1, text);

  twins.start(1);

  INFO(cluster.logs() << twins.logs());
  CHECK(says(twins, 1, {"hello failed", "refused there"}));
  CHECK(says(cluster, 2, {"hello failed"}));
  CHECK(cluster.status(2).leader == 1);
  CHECK(cluster.status(2).healthy == 3);
}
