// The log that a node goes on with: its own, a new one, or none.
#include "runtime/own_log.hpp"

#include "actors/consensus/membership.hpp"
#include "runtime/founding.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <filesystem>
#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace holdfast::runtime;

namespace {

struct data_of_a_node {
  data_of_a_node() {
    config.node.id = 2;
    config.node.data_directory = place.path();
    auto& cluster = config.cluster.emplace();
    cluster.name = "prod";
    cluster.advertise = *config::parse_address("10.0.0.2:7400");
    cluster.peers = {{1, *config::parse_address("10.0.0.1:7400"), {}}};
  }

  shm::result<opened_log> open() {
    return open_own_log(
      config, [this](actors::log_level, std::string_view what,
                     const actors::log_fields&) { said.emplace_back(what); });
  }

  /// As the first start does it; closed again.
  std::uint64_t begin() {
    const auto opened = open();
    REQUIRE(opened);
    REQUIRE(settled_founding(founding_file(), config));
    REQUIRE(name_founding(founding_file(), {7, 8}));
    return opened.assume_value().who.database;
  }

  void damage() const {
    std::filesystem::resize_file(consensus() + "/consensus.db", 5000);
  }

  void lose() const {
    std::filesystem::remove_all(consensus());
  }

  std::string consensus() const {
    return place.path() + "/consensus";
  }

  std::string founding_file() const {
    return place.path() + "/founding";
  }

  const temporary_directory place;
  config::node_config config;
  std::vector<std::string> said;
};

} // namespace

TEST_CASE_METHOD(data_of_a_node, "a node goes on with its log",
                 "[runtime][own_log]") {
  const auto database = begin();

  const auto opened = open();

  REQUIRE(opened);
  CHECK(opened.assume_value().who.database == database);
  CHECK(said.empty());
}

TEST_CASE_METHOD(data_of_a_node,
                 "a first start that was cut off begins as it was to",
                 "[runtime][own_log]") {
  REQUIRE(open()); // and killed before it was settled how it begins

  begin();

  const auto founded = read_founding(founding_file());
  REQUIRE(founded);
  CHECK(founded.assume_value().members.members.size() == 2);
  CHECK(said.empty());
}

TEST_CASE_METHOD(data_of_a_node,
                 "a node of a cluster that lost its log begins as a stranger",
                 "[runtime][own_log]") {
  const auto database = begin();
  const auto founders = read_founding(founding_file()).assume_value().digest;
  bool is_kept = false;
  SECTION("it is damaged") {
    damage();
    is_kept = true;
  }
  SECTION("it is gone") {
    lose();
  }

  std::uint64_t anew = 0;
  {
    const auto opened = open();
    REQUIRE(opened);
    anew = opened.assume_value().who.database;
    CHECK(opened.assume_value().storage->load().assume_value().is_empty());
  }

  CHECK(anew != database);
  CHECK(said.size() == 1);
  CHECK(std::filesystem::exists(consensus() + "/consensus.db.corrupt-1")
        == is_kept);
  // It votes for nobody, and knows whose cluster it was.
  const founding joins{{}, founders, {7, 8}};
  CHECK(read_founding(founding_file()).assume_value() == joins);
  CHECK(settled_founding(founding_file(), config).assume_value() == joins);
}

TEST_CASE_METHOD(data_of_a_node,
                 "a new beginning that was cut off begins once more",
                 "[runtime][own_log]") {
  const auto database = begin();
  const auto founders = read_founding(founding_file()).assume_value().digest;
  REQUIRE(write_founding(founding_file(), {{}, founders}));
  SECTION("before the old log was put aside") {
    damage();
  }
  SECTION("after that") {
    REQUIRE(consensus_store::set_aside(consensus()));
  }

  const auto opened = open();

  REQUIRE(opened);
  CHECK(opened.assume_value().who.database != database);
  CHECK(read_founding(founding_file()).assume_value().members.members.empty());
}

TEST_CASE_METHOD(data_of_a_node,
                 "a node that knows no other does not go on without its log",
                 "[runtime][own_log]") {
  SECTION("alone") {
    config.cluster.reset();
  }
  SECTION("in a cluster without others") {
    config.cluster->peers.clear();
  }
  begin();
  damage();

  const auto opened = open();

  REQUIRE_FALSE(opened);
  CHECK(opened.assume_error().code == shm::errc::corrupt);
  CHECK(opened.assume_error().detail.find("put a copy of")
        != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(consensus() + "/consensus.db.corrupt-1"));
}
