#include "actors/region_keeper.hpp"

#include "tests/actors/lone_node.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct kept_region : lone_node {
  kept_region() {
    make_tenant("prod");
    REQUIRE(create());
  }

  answered<nothing> create() {
    catalog::create_region made;
    made.name = quotes;
    made.options = {mebibyte, 2 * mebibyte, 16, 16};
    made.variables = {{"bid", shm::layout::variable_kind::value, "f64", 8}};
    return run_command(made);
  }

  answered<actors::tenant_region_actor> find_quotes() {
    return find("prod", "quotes");
  }

  catalog::region row() {
    return tables()->regions.at(quotes);
  }

  std::vector<std::string> names() {
    return memories.at("quotes")->names_after({}, 16);
  }

  const catalog::region_name quotes{"prod", "quotes"};
};

} // namespace

TEST_CASE_METHOD(kept_region, "a region is made in the epoch of its placement",
                 "[actors][keeper]") {
  const auto report
    = ask<region_report>(*find_quotes().value, region_status_query{});

  CHECK(report->status.epoch == row().placement.epoch);
  CHECK(report->status.home == 1);
  CHECK(report->status.variables == 1);
}

TEST_CASE_METHOD(kept_region,
                 "what is agreed on is in memory when it is answered",
                 "[actors][keeper]") {
  REQUIRE(run_command(catalog::add_variables{
    quotes, {{"ask", shm::layout::variable_kind::value, "f64", 8}}}));
  CHECK(names() == std::vector<std::string>{"ask", "bid"});

  REQUIRE(run_command(catalog::remove_variables{quotes, {"bid"}}));
  CHECK(names() == std::vector<std::string>{"ask"});

  REQUIRE(run_command(catalog::grow_region{quotes, 2 * mebibyte}));
  CHECK(memories.at("quotes")->status().bytes == 2 * mebibyte);
  CHECK(row().options.bytes == 2 * mebibyte);
}

TEST_CASE_METHOD(kept_region, "growth that cannot be reserved is not proposed",
                 "[actors][keeper]") {
  const auto answer = run_command(catalog::grow_region{quotes, 3 * mebibyte});

  CHECK(answer.error.code == shm::errc::bad_argument);
  CHECK(row().options.bytes == mebibyte);
}

TEST_CASE_METHOD(kept_region, "a variable that does not fit is taken back",
                 "[actors][keeper]") {
  const auto answer = run_command(catalog::add_variables{
    quotes, {{"huge", shm::layout::variable_kind::bytes, "blob", 4 << 20}}});

  CHECK(answer.error.code == shm::errc::full);
  CHECK(row().variables.size() == 1);
  CHECK(names() == std::vector<std::string>{"bid"});
  CHECK(find_quotes());
}

TEST_CASE_METHOD(kept_region, "a region made by command survives a restart",
                 "[actors][keeper]") {
  const auto id = row().id;
  const auto epoch = row().placement.epoch;

  kill();
  begin();

  REQUIRE(find_quotes());
  CHECK(row().id == id);
  CHECK(row().placement.epoch > epoch);
  CHECK(row().placement.began_empty == row().placement.epoch);
  CHECK(memories.at("quotes")->status().epoch == row().placement.epoch);
  CHECK(names() == std::vector<std::string>{"bid"});
}

TEST_CASE_METHOD(kept_region, "a region of this node alone settles once made",
                 "[actors][keeper]") {
  CHECK(row().placement.settled_epoch == row().placement.epoch);
  CHECK(row().placement.settled_holders == std::set<catalog::node_id>{1});

  kill();
  begin();

  CHECK(row().placement.settled_epoch == row().placement.epoch);
}

TEST_CASE_METHOD(kept_region,
                 "a region does not settle before a majority has it",
                 "[actors][keeper]") {
  join(2);
  REQUIRE(
    run_command(catalog::set_placement{quotes, row().placement.epoch, 1, {2}}));

  advance(1000ms);

  CHECK(row().placement.settled_epoch < row().placement.epoch);
}

TEST_CASE_METHOD(kept_region, "many regions settle, a few at a time",
                 "[actors][keeper]") {
  for (const auto* name : {"a", "b", "c"}) {
    catalog::create_region made;
    made.name = {"prod", name};
    made.options = {mebibyte, mebibyte, 16, 16};
    REQUIRE(run_command(made));
  }
  kill();

  begin();

  const auto now = tables();
  for (const auto& [name, each] : now->regions)
    CHECK(each.placement.settled_epoch == each.placement.epoch);
}

TEST_CASE_METHOD(kept_region,
                 "a node that is being emptied has a region made elsewhere, or "
                 "not at all",
                 "[actors][keeper]") {
  catalog::change_member drain;
  drain.node = 1;
  drain.draining = true;
  REQUIRE(run_command(drain));
  catalog::create_region made;
  made.name = {"prod", "orders"};
  made.options = {mebibyte, mebibyte, 16, 16};

  CHECK(run_command(made).error.code == shm::errc::unavailable);
  CHECK_FALSE(tables()->regions.contains(made.name));

  join(2);
  run_command(made); // nobody is there to make it
  CHECK(tables()->regions.at(made.name).placement.home == 2);
}

TEST_CASE_METHOD(kept_region, "a region that was removed stays removed",
                 "[actors][keeper]") {
  auto client = std::make_unique<caf::scoped_actor>(system);
  REQUIRE(
    ask_as<attached_region>(*client, *find_quotes().value, attach_request{}));
  REQUIRE(run_command(catalog::remove_region{quotes}));
  REQUIRE(tables()->retired.size() == 1);

  kill();
  begin();

  CHECK(find_quotes().error.code == shm::errc::no_such_region);
  CHECK(tables()->retired.empty());
  CHECK(create());
}

TEST_CASE_METHOD(kept_region, "a removal is answered when its clients see it",
                 "[actors][keeper]") {
  caf::scoped_actor client{system};
  REQUIRE(
    ask_as<attached_region>(client, *find_quotes().value, attach_request{}));

  ask_in_haste(catalog, command_request{catalog::remove_region{quotes}, {}});

  CHECK(memories.at("quotes")->status().state
        == shm::layout::region_state::revoked);
}

TEST_CASE_METHOD(kept_region, "a region elsewhere is named with its home",
                 "[actors][keeper]") {
  join(2);
  catalog::create_region made;
  made.name = {"prod", "orders"};
  made.options = {mebibyte, mebibyte, 16, 16};
  made.home = 2;
  REQUIRE(run_command(made).error.code == shm::errc::unknown);

  const auto found = find("prod", "orders");

  CHECK(found.error.code == shm::errc::unavailable);
  CHECK(found.error.detail == "region 'orders' is on node 2");
}

TEST_CASE_METHOD(kept_region, "a region whose actor died waits to be removed",
                 "[actors][keeper]") {
  end(*find_quotes().value);

  CHECK(has_logged("a region's actor died"));
  CHECK(find_quotes().error.code == shm::errc::unavailable);
  CHECK(create().error.code == shm::errc::exists);
  REQUIRE(run_command(catalog::remove_region{quotes}));
  CHECK(create());
  CHECK(find_quotes());
}

TEST_CASE_METHOD(kept_region, "when the node stops every region ends",
                 "[actors][keeper]") {
  const auto region = *find_quotes().value;

  CHECK(ask<nothing>(keeper, fence_all_request{}));

  CHECK(ask<region_report>(region, region_status_query{}).error.code
        == shm::errc::unavailable);
  CHECK(find_quotes().error.code == shm::errc::unavailable);
}
