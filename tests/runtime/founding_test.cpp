#include "runtime/founding.hpp"

#include "actors/consensus/membership.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace holdfast::runtime;

namespace {

config::node_config listed() {
  config::node_config made;
  made.node.id = 2;
  auto& cluster = made.cluster.emplace();
  cluster.name = "prod";
  cluster.bind = cluster.advertise = *config::parse_address("10.0.0.2:7400");
  cluster.peers = {{3, *config::parse_address("10.0.0.3:7400"), {}},
                   {1, *config::parse_address("10.0.0.1:7400"), {}}};
  return made;
}

founding found(const config::node_config& config) {
  auto made = configured_founding(config);
  REQUIRE(made);
  return made.assume_value();
}

} // namespace

TEST_CASE("all nodes of a list begin with the same members, by id",
          "[runtime][founding]") {
  auto other = listed();
  other.node.id = 1;
  other.cluster->advertise = *config::parse_address("10.0.0.1:7400");
  other.cluster->peers[1] = {2, *config::parse_address("10.0.0.2:7400"), {}};

  const auto here = found(listed());

  CHECK(here == found(other));
  REQUIRE(here.members.members.size() == 3);
  CHECK(here.members.members[0].id == 1);
  CHECK(here.digest == digest_of(here.members));
}

TEST_CASE("what was decided stays, whatever the configuration says later",
          "[runtime][founding]") {
  const temporary_directory place;
  const auto path = place.path() + "/founding";
  const auto before = settled_founding(path, listed());
  REQUIRE(before);
  auto changed = listed();
  changed.cluster->peers.pop_back();

  const auto after = settled_founding(path, changed);

  REQUIRE(after);
  CHECK(after.assume_value() == before.assume_value());
}

TEST_CASE("a node that began alone is in no cluster, and the other way round",
          "[runtime][founding]") {
  const temporary_directory place;
  const auto path = place.path() + "/founding";
  config::node_config alone;
  alone.node.id = 2;
  const bool first_alone = GENERATE(true, false);
  REQUIRE(settled_founding(path, first_alone ? alone : listed()));

  const auto after = settled_founding(path, first_alone ? listed() : alone);

  REQUIRE_FALSE(after);
  CHECK(after.assume_error().code == shm::errc::bad_argument);
}

TEST_CASE("of those who found at one place the first decides for all",
          "[runtime][founding]") {
  const temporary_directory place;
  const auto path = place.path() + "/founding";
  auto second = listed();
  second.cluster->peers.pop_back();

  const auto one = first_founding(path, path + ".1", found(listed()));
  const auto two = first_founding(path, path + ".2", found(second));

  REQUIRE(one);
  REQUIRE(two);
  CHECK(one.assume_value() == found(listed()));
  CHECK(two.assume_value() == one.assume_value());
}

TEST_CASE("the id of the cluster is kept beside how it began",
          "[runtime][founding]") {
  const temporary_directory place;
  const auto path = place.path() + "/founding";
  const rules::wide_id cluster{~std::uint64_t{0}, 1};
  REQUIRE(settled_founding(path, listed()));

  REQUIRE(name_founding(path, cluster));

  auto expected = found(listed());
  expected.cluster = cluster;
  CHECK(settled_founding(path, listed()).assume_value() == expected);
}

TEST_CASE("a founding that cannot be believed is an error",
          "[runtime][founding]") {
  const temporary_directory place;
  const auto path = place.path() + "/founding";
  REQUIRE(write_founding(path, found(listed())));
  std::string text;
  {
    std::ifstream in{path};
    text.assign(std::istreambuf_iterator<char>{in}, {});
  }

  SECTION("a member more") {
    text += "member 9 10.0.0.9:7400 voter\n";
  }
  SECTION("another heading") {
    text.replace(0, 8, "somebody");
  }
  SECTION("cut off in a line") {
    text.resize(text.size() - 12);
  }
  std::ofstream{path, std::ios::trunc} << text;

  const auto read = read_founding(path);
  REQUIRE_FALSE(read);
  CHECK(read.assume_error().code == shm::errc::corrupt);
}
