#include "actors/catalog.hpp"

#include "actors/region_maker.hpp"
#include "actors/tenant_region.hpp"
#include "tests/support/stepped_system.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

struct two_tenants : stepped_system {
  two_tenants() {
    actors::catalog_options options;
    options.tenants = {
      {"prod",
       {4 * mebibyte, 3, 64, 2},
       {{"ops", 10, {}, {{"*", {rules::right::admin}}}}}},
      {"trial", {4 * mebibyte, 3, 64, 2}, {{"staff", {}, 20, {}}}},
    };
    options.maker = maker;
    options.start_region = [this](std::shared_ptr<shm::region> memory) {
      actors::tenant_region_options chosen;
      chosen.region = std::move(memory);
      chosen.maker = maker;
      chosen.lease_duration = 300ms;
      chosen.lease_renewal = 100ms;
      chosen.now = now();
      chosen.log = log();
      return start(actors::tenant_region, std::move(chosen));
    };
    options.now = now();
    options.log = log();
    catalog = start(actors::catalog, std::move(options));
  }

  answered<admission> admit(caf::scoped_actor& as, std::uint32_t uid,
                            std::uint32_t gid, std::string tenant = {}) {
    return ask_as<admission>(as, catalog,
                             admit_request{{uid, gid, 1}, tenant, "test"});
  }

  answered<nothing> create(const std::string& name,
                           std::uint64_t bytes = mebibyte) {
    create_region_request request;
    request.options.tenant = "prod";
    request.options.name = name;
    request.options.bytes = bytes;
    request.options.bytes_max = bytes;
    request.options.variables_max = 16;
    return ask<nothing>(catalog, request);
  }

  answered<nothing> remove(const std::string& name) {
    return ask<nothing>(catalog, remove_region_request{"prod", name});
  }

  answered<actors::tenant_region_actor> find(const std::string& name) {
    return ask<actors::tenant_region_actor>(catalog,
                                            region_query{"prod", name});
  }

  tenant_totals totals() {
    return *ask<tenant_totals>(catalog, totals_query{"prod"}).value;
  }

  actors::region_maker_actor maker = start(actors::region_maker);
  actors::catalog_actor catalog;
};

} // namespace

TEST_CASE_METHOD(two_tenants, "a client is the principal that the kernel says",
                 "[actors][catalog]") {
  caf::scoped_actor session{system};

  const auto ops = admit(session, 10, 99);

  REQUIRE(ops);
  CHECK(ops->tenant == "prod");
  CHECK(ops->principal == "ops");
  CHECK(rules::has_anywhere(ops->grants, rules::right::admin));
}

TEST_CASE_METHOD(two_tenants, "a stranger does not learn which tenants exist",
                 "[actors][catalog]") {
  caf::scoped_actor session{system};

  const auto known = admit(session, 11, 99, "prod").error;
  const auto unknown = admit(session, 11, 99, "nosuch").error;

  CHECK(known.code == shm::errc::refused);
  CHECK(unknown.code == shm::errc::refused);
  CHECK(known.detail == "tenant 'prod' has no principal for user 11, group 99");
  CHECK(unknown.detail
        == "tenant 'nosuch' has no principal for user 11, group 99");
  CHECK(admit(session, 11, 99).error.code == shm::errc::refused);
}

TEST_CASE_METHOD(two_tenants, "strangers do not fill the log",
                 "[actors][catalog]") {
  caf::scoped_actor session{system};
  for (int i = 0; i < 100; ++i)
    admit(session, 11, 99);
  CHECK(logged.size() == 1);

  advance(1001ms);
  admit(session, 11, 99);

  CHECK(logged.size() == 2);
}

TEST_CASE_METHOD(two_tenants, "a client of several tenants has to name one",
                 "[actors][catalog]") {
  caf::scoped_actor session{system};

  const auto asked = admit(session, 10, 20);

  CHECK(asked.error.code == shm::errc::bad_argument);
  CHECK(asked.error.detail.find("'prod', 'trial'") != std::string::npos);
  CHECK(admit(session, 10, 20, "trial")->principal == "staff");
}

TEST_CASE_METHOD(two_tenants, "sessions are counted until they end",
                 "[actors][catalog]") {
  caf::scoped_actor first{system};
  auto second = std::make_unique<caf::scoped_actor>(system);
  caf::scoped_actor third{system};
  REQUIRE(admit(first, 10, 99));
  REQUIRE(admit(*second, 10, 99));

  CHECK(admit(third, 10, 99).error.code == shm::errc::quota);

  second.reset();
  run();
  CHECK(totals().sessions == 1);
  CHECK(admit(third, 10, 99));
}

TEST_CASE_METHOD(two_tenants, "sessions are listed with what they hold",
                 "[actors][catalog]") {
  caf::scoped_actor session{system};
  const auto who = admit(session, 10, 99);
  advance(30ms);
  tell(catalog, session_holds{who->session, 3});

  const auto all = ask<session_listings>(catalog, sessions_query{"prod"});

  REQUIRE(all->sessions.size() == 1);
  const auto& listed = all->sessions.front();
  CHECK(listed.client == "test");
  CHECK(listed.regions == 3);
  CHECK(listed.age_ms == 30);
  CHECK(
    ask<session_listings>(catalog, sessions_query{"trial"})->sessions.empty());
}

TEST_CASE_METHOD(two_tenants, "a region is made once and found by its name",
                 "[actors][catalog]") {
  REQUIRE(create("quotes"));

  CHECK(create("quotes").error.code == shm::errc::exists);
  CHECK(create("No Name").error.code == shm::errc::bad_argument);
  CHECK(find("quotes"));
  CHECK(find("orders").error.code == shm::errc::no_such_region);
  CHECK(
    ask<actors::tenant_region_actor>(catalog, region_query{"trial", "quotes"})
      .error.code
    == shm::errc::no_such_region);
}

TEST_CASE_METHOD(two_tenants, "regions are made until the quota is reached",
                 "[actors][catalog]") {
  REQUIRE(create("a", 2 * mebibyte));

  CHECK(create("b", 3 * mebibyte).error.code == shm::errc::quota);
  CHECK(create("b", 2 * mebibyte));
  CHECK(totals().regions == 2);
}

TEST_CASE_METHOD(two_tenants, "a region that cannot be made costs nothing",
                 "[actors][catalog]") {
  REQUIRE(create("tiny", 1).error.code == shm::errc::bad_argument);

  CHECK(totals().regions == 0);
  CHECK(create("tiny", 4 * mebibyte));
}

TEST_CASE_METHOD(two_tenants,
                 "a removed region is charged until its last "
                 "client lets go",
                 "[actors][catalog]") {
  REQUIRE(create("quotes", 4 * mebibyte));
  auto client = std::make_unique<caf::scoped_actor>(system);
  REQUIRE(
    ask_as<attached_region>(*client, *find("quotes").value, attach_request{}));

  REQUIRE(remove("quotes"));

  CHECK(find("quotes").error.code == shm::errc::no_such_region);
  CHECK(create("quotes").error.code == shm::errc::quota);
  client.reset();
  run();
  CHECK(create("quotes"));
}

TEST_CASE_METHOD(two_tenants, "a region whose actor died is given up",
                 "[actors][catalog]") {
  REQUIRE(create("quotes", 4 * mebibyte));

  end(*find("quotes").value);

  CHECK(has_logged("a region's actor died"));
  CHECK(find("quotes").error.code == shm::errc::no_such_region);
  CHECK(create("quotes", 4 * mebibyte));
}

TEST_CASE_METHOD(two_tenants, "when the node stops every region ends",
                 "[actors][catalog]") {
  REQUIRE(create("quotes"));
  const auto quotes = *find("quotes").value;

  CHECK(ask<nothing>(catalog, fence_all_request{}));

  CHECK(ask<region_report>(quotes, region_status_query{}).error.code
        == shm::errc::unavailable);
  CHECK(find("quotes").error.code == shm::errc::unavailable);
}
