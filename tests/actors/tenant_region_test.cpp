#include "actors/tenant_region.hpp"

#include "actors/region_maker.hpp"
#include "tests/actors/tenant_region_options_of.hpp"
#include "tests/support/stepped_system.hpp"

#include <fcntl.h>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct one_region : stepped_system {
  one_region() {
    shm::region_options wanted;
    wanted.tenant = "prod";
    wanted.name = "quotes";
    wanted.bytes = 1 << 20;
    wanted.bytes_max = 2 << 20;
    wanted.variables_max = 16;
    wanted.clients_max = 2;
    memory = shm::region::create(wanted).value();
    REQUIRE(memory->add_variable(
      {"bid", shm::layout::variable_kind::value, "f64", 8}));
    auto options = tenant_region_options_of(*this, memory);
    options.variables = {{"bid", 101}};
    options.maker = maker;
    region = start(actors::tenant_region, options);
    catalog::placement alone;
    alone.home = 1;
    alone.epoch = alone.began_empty = 5;
    tell(region, placement_decided{alone, {}});
  }

  answered<attached_region> attach(caf::scoped_actor& as,
                                   shm::access access = shm::access::write) {
    return ask_as<attached_region>(as, region, attach_request{7, access});
  }

  shm::region_status status() {
    return ask<region_report>(region, region_status_query{})->status;
  }

  static shm::descriptor copy_of(const shm::shared_descriptor& of) {
    return shm::descriptor{::fcntl(of->get(), F_DUPFD_CLOEXEC, 0)};
  }

  /// The region as a client that attached sees it.
  shm::region_view view_of(answered<attached_region>& attached) {
    shm::attach_grant grant;
    grant.control = copy_of(attached->control);
    grant.data = copy_of(attached->data);
    grant.granted = shm::access::write;
    grant.owner = attached->owner;
    return shm::region_view::attach(std::move(grant)).value();
  }

  std::chrono::nanoseconds lease_end() {
    return std::chrono::nanoseconds{
      memory->view().attached()->control().lease_end.load()};
  }

  bool doorbell_armed() {
    return memory->view().attached()->control().doorbell.load() % 2 == 1;
  }

  std::shared_ptr<shm::region> memory;
  actors::region_maker_actor maker
    = start(actors::region_maker, actors::region_maker_options{});
  actors::tenant_region_actor region;
};

} // namespace

TEST_CASE_METHOD(one_region, "a client that attaches gets memory and a number",
                 "[actors][tenant_region]") {
  caf::scoped_actor session{system};

  auto attached = attach(session);

  REQUIRE(attached);
  CHECK(attached->owner != 0);
  CHECK(status().clients == 1);
  CHECK(view_of(attached).find<double>("bid"));
}

TEST_CASE_METHOD(one_region, "a session's end frees what its client held",
                 "[actors][tenant_region]") {
  auto session = std::make_unique<caf::scoped_actor>(system);
  auto attached = attach(*session);
  const auto view = view_of(attached);
  const auto& map = view.attached()->map;
  const auto bid = shm::find_variable(map, "bid").value();
  map.head(bid.slot)->lock.store(
    shm::layout::lock_word::held(bid.generation, attached->owner));

  session.reset();
  run();

  CHECK(status().clients == 0);
  CHECK(map.head(bid.slot)->lock.load()
        == shm::layout::lock_word::free(bid.generation));
  CHECK(has_logged("freed the locks of a client that is gone"));
}

TEST_CASE_METHOD(one_region, "detaching lets one client go",
                 "[actors][tenant_region]") {
  caf::scoped_actor session{system};
  const auto first = attach(session);
  const auto second = attach(session);

  CHECK(ask_as<nothing>(session, region, detach_request{first->owner}));

  CHECK(second->owner != first->owner);
  CHECK(status().clients == 1);
}

TEST_CASE_METHOD(one_region, "more clients than the region has room for wait",
                 "[actors][tenant_region]") {
  caf::scoped_actor session{system};
  attach(session);
  attach(session);

  CHECK(attach(session).error.code == shm::errc::full);
}

TEST_CASE_METHOD(one_region,
                 "a ring is drained at once and the doorbell "
                 "armed again when nothing more comes",
                 "[actors][tenant_region]") {
  advance(50ms);
  REQUIRE(doorbell_armed());
  const auto bid = memory->view().find<double>("bid").value();
  REQUIRE(bid.store(1.0));
  REQUIRE(bid.committed_version() == 0);

  tell(region, doorbell_rung{});

  CHECK(bid.committed_version() == 1);
  CHECK_FALSE(doorbell_armed());
  advance(50ms);
  CHECK(doorbell_armed());
}

TEST_CASE_METHOD(one_region,
                 "a store whose ring was lost is found at the next "
                 "renewal",
                 "[actors][tenant_region]") {
  advance(50ms);
  const auto bid = memory->view().find<double>("bid").value();
  REQUIRE(bid.store(1.0));

  advance(100ms);

  CHECK(bid.committed_version() == 1);
}

TEST_CASE_METHOD(one_region, "the lease is renewed before it runs out",
                 "[actors][tenant_region]") {
  for (int i = 0; i < 10; ++i) {
    CHECK(lease_end() > now()().time_since_epoch());
    CHECK(lease_end() <= now()().time_since_epoch() + 300ms);
    advance(70ms);
  }
}

TEST_CASE_METHOD(one_region, "watchers are counted until their client goes",
                 "[actors][tenant_region]") {
  auto session = std::make_unique<caf::scoped_actor>(system);
  const auto attached = attach(*session);
  const auto& watchers = memory->view().attached()->control().variable_watchers;
  const watch_request watch{attached->owner, shm::watch_scope::variable};

  CHECK(ask<nothing>(region, watch));
  CHECK(ask<nothing>(region, watch));
  CHECK(watchers.load() == 1);

  session.reset();
  run();

  CHECK(watchers.load() == 0);
  CHECK(ask<nothing>(region, watch).error.code == shm::errc::bad_argument);
}

TEST_CASE_METHOD(one_region, "variables are listed by name, a page at a time",
                 "[actors][tenant_region]") {
  region_replica::variable_key key = 101;
  for (const auto* name : {"ask", "size"})
    REQUIRE(ask<nothing>(
      region, add_variable_request{
                {name, shm::layout::variable_kind::value, "f64", 8}, ++key}));

  const auto all = ask<variables_page>(region, variables_query{});
  const auto rest = ask<variables_page>(region, variables_query{"bid"});

  REQUIRE(all->variables.size() == 3);
  CHECK(all->variables[0].name == "ask");
  CHECK_FALSE(all->more);
  REQUIRE(rest->variables.size() == 1);
  CHECK(rest->variables[0].name == "size");
}

TEST_CASE_METHOD(one_region, "a variable with a name of no sense is refused",
                 "[actors][tenant_region]") {
  const add_variable_request odd{
    {"a b", shm::layout::variable_kind::value, "f64", 8}, 102};

  CHECK(ask<nothing>(region, odd).error.code == shm::errc::bad_argument);
  CHECK(ask<nothing>(region, remove_variable_request{"a b"}).error.code
        == shm::errc::no_such_variable);
}

TEST_CASE_METHOD(one_region, "a region grows while it is used",
                 "[actors][tenant_region]") {
  CHECK(ask<nothing>(region, grow_request{2 << 20}));
  CHECK(status().bytes == 2 << 20);

  CHECK(ask<nothing>(region, grow_request{3 << 20}).error.code
        == shm::errc::bad_argument);
}

TEST_CASE_METHOD(one_region, "a removed region ends with its last client",
                 "[actors][tenant_region]") {
  auto session = std::make_unique<caf::scoped_actor>(system);
  auto attached = attach(*session);
  const auto view = view_of(attached);

  CHECK(ask<nothing>(region, retire_request{}));

  CHECK(view.freshness_now().kind == shm::freshness_kind::orphaned);
  CHECK(status().clients == 1);
  CHECK(attach(*session).error.code == shm::errc::no_such_region);
  session.reset();
  run();
  CHECK(ask<region_report>(region, region_status_query{}).error.code
        == shm::errc::unavailable);
}

TEST_CASE_METHOD(one_region, "a fenced region ends and says so in memory",
                 "[actors][tenant_region]") {
  caf::scoped_actor session{system};
  auto attached = attach(session);
  const auto view = view_of(attached);

  CHECK(ask<nothing>(region, fence_request{}));

  CHECK(view.attached()->state() == shm::layout::region_state::fenced);
  CHECK(ask<region_report>(region, region_status_query{}).error.code
        == shm::errc::unavailable);
}
