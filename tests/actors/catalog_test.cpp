#include "actors/catalog.hpp"

#include "tests/actors/lone_node.hpp"

#include <algorithm>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct two_tenants : lone_node {
  two_tenants() {
    const rules::quota_limits quota{4 * mebibyte, 3, 64, 2};
    for (const auto* tenant : {"prod", "trial"})
      REQUIRE(run_command(catalog::create_tenant{tenant, quota}));
    put("prod", {"ops", 10, {}, {{"*", {rules::right::admin}}}});
    put("trial", {"staff", {}, 20, {}});
  }

  void put(const std::string& tenant, rules::principal who) {
    REQUIRE(run_command(catalog::put_principal{tenant, {std::move(who), {}}}));
  }

  answered<admission> admit(caf::scoped_actor& as, std::uint32_t uid,
                            std::uint32_t gid, std::string tenant = {}) {
    return ask_as<admission>(as, catalog,
                             admit_request{{uid, gid, 1}, tenant, "test"});
  }

  answered<nothing> create(const std::string& name,
                           std::uint64_t bytes = mebibyte) {
    catalog::create_region made;
    made.name = {"prod", name};
    made.options = {bytes, bytes, 16, 16};
    return run_command(made);
  }

  answered<nothing> remove(const std::string& name) {
    return run_command(catalog::remove_region{{"prod", name}});
  }

  answered<actors::tenant_region_actor> find(const std::string& name) {
    return lone_node::find("prod", name);
  }

  tenant_totals totals() {
    return *ask<tenant_totals>(catalog, totals_query{"prod"}).value;
  }
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
  const auto lines = [this] {
    return std::count(logged.begin(), logged.end(), "refused a client");
  };
  for (int i = 0; i < 100; ++i)
    admit(session, 11, 99);
  CHECK(lines() == 1);

  advance(1001ms);
  admit(session, 11, 99);

  CHECK(lines() == 2);
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
  CHECK(lone_node::find("trial", "quotes").error.code
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

TEST_CASE_METHOD(two_tenants, "what was agreed on and cannot be made is undone",
                 "[actors][catalog]") {
  catalog::create_region made;
  made.name = {"prod", "crowded"};
  made.options = {64 * 1024, 64 * 1024, 16, 16};
  made.variables
    = {{"large", shm::layout::variable_kind::bytes, "blob", 1 << 20}};

  const auto answer = run_command(made);

  CHECK(answer.error.code == shm::errc::full);
  CHECK(totals().regions == 0);
  CHECK(tables()->retired.empty());
  CHECK(create("crowded", 4 * mebibyte));
}

TEST_CASE_METHOD(two_tenants, "a command that is proposed twice happens once",
                 "[actors][catalog]") {
  const auto before = tables();
  catalog::entry entry;
  entry.origin = {catalog::origin_kind::node, 1, 1};
  entry.request_id = 1000;
  entry.command = catalog::create_region{
    {"prod", "quotes"}, {mebibyte, mebibyte, 16, 16}, {}, 1, {}};
  const auto octets = catalog::encode(entry).value();

  const auto first = ask<proposal_result>(elector, propose_request{octets});
  const auto again = ask<proposal_result>(elector, propose_request{octets});

  REQUIRE(first);
  REQUIRE(again);
  CHECK(again->index > first->index);
  CHECK(again->answer == first->answer);
  // And once more, that the region has settled.
  CHECK(tables()->audit.records().size() == before->audit.records().size() + 2);
  CHECK(find("quotes"));
}

TEST_CASE_METHOD(two_tenants, "who asked for what is in the audit trail",
                 "[actors][catalog]") {
  catalog::caller by{"prod", "ops", 7, 0, "uid 10"};
  REQUIRE(run_command(catalog::remove_principal{"trial", "staff"}, by));

  catalog::audit_query query;
  query.principal = "ops";
  const auto page = ask<catalog::audit_page>(catalog, query);

  REQUIRE(page->records.size() == 1);
  const auto& record = page->records.front();
  CHECK(record.command == "remove_principal");
  CHECK(record.by.node == 1);
  CHECK(record.by.address == "uid 10");
  CHECK(record.leader_ms == 1000);
}

TEST_CASE_METHOD(two_tenants, "who may enter changes while clients come and go",
                 "[actors][catalog]") {
  caf::scoped_actor early{system};
  REQUIRE(admit(early, 11, 99, "prod").error.code == shm::errc::refused);
  REQUIRE(admit(early, 10, 99, "prod"));

  put("prod", {"more", 11, {}, {}});
  REQUIRE(run_command(catalog::remove_principal{"prod", "ops"}));

  caf::scoped_actor late{system};
  CHECK(admit(late, 11, 99, "prod"));
  CHECK(admit(late, 10, 99, "prod").error.code == shm::errc::refused);
}

TEST_CASE_METHOD(two_tenants, "a principal that is gone is not admitted",
                 "[actors][catalog]") {
  caf::scoped_actor session{system};
  REQUIRE(run_command(catalog::remove_principal{"prod", "ops"}));

  CHECK(admit(session, 10, 99, "prod").error.code == shm::errc::refused);
}

TEST_CASE_METHOD(two_tenants, "nothing is promised when the disk is gone",
                 "[actors][catalog]") {
  disk->commits_until_failure = 0;
  catalog::create_region made;
  made.name = {"prod", "quotes"};
  made.options = {mebibyte, mebibyte, 16, 16};
  caf::scoped_actor asker{system};

  // It is proposed again after a while: somebody else might have kept it.
  const auto answer
    = ask_as<nothing>(asker, catalog, command_request{made, {}}, 1000ms);

  CHECK(answer.error.code == shm::errc::unknown);
  CHECK(create("orders").error.code == shm::errc::unavailable);
  CHECK(totals().regions == 0);
  CHECK(has_logged("the log of consensus cannot be written"));
}

TEST_CASE_METHOD(lone_node, "a start without a majority says what it waits for",
                 "[actors][catalog]") {
  kill();
  disk = std::make_shared<kept_log>();
  members.members.push_back({2, "away", consensus::member_role::voter});
  start_cast();
  caf::scoped_actor asker{system};

  [[maybe_unused]] const auto entered
    = asker->request(catalog, caf::infinite, entrance());
  run();
  advance(12000ms);

  CHECK_FALSE(asker->has_next_message());
  CHECK(has_logged("this node waits to be agreed on before it serves"));
  CHECK(run_command(catalog::create_tenant{"prod", {}}).error.code
        == shm::errc::unavailable);
}

TEST_CASE_METHOD(lone_node, "the machine lets in only what it can read",
                 "[actors][catalog]") {
  const auto answer
    = ask<proposal_result>(elector, propose_request{{1, 2, 3}, true});

  CHECK(answer.error.code == shm::errc::bad_argument);
  CHECK(run_command(catalog::create_tenant{"prod", {}}));
}
