#include "actors/session.hpp"

#include "actors/commands.hpp"
#include "tests/actors/one_client.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(one_client, "hello tells who is who", "[actors][session]") {
  const auto& reply
    = call("hello", {{"protocol", std::uint64_t{1}}, {"client", text("test")}})
        .frame;

  REQUIRE(reply.kind == wire::frame_kind::reply);
  CHECK(*wire::find_text(reply.fields, "tenant") == "prod");
  CHECK(*wire::find_text(reply.fields, "principal") == "ops");
  CHECK(wire::number_or(reply.fields, "lease_ms", 0) == 300);
  CHECK(line->admissions == 1);
  CHECK(line->turns == 1);
}

TEST_CASE_METHOD(one_client, "a session that begins with anything else ends",
                 "[actors][session]") {
  SECTION("another command") {
    send("status");
  }
  SECTION("hello of another protocol") {
    send("hello", {{"protocol", std::uint64_t{2}}});
  }
  SECTION("hello with a wrong argument") {
    send("hello", {{"protocol", text("1")}});
  }
  SECTION("noise") {
    tell(session, line_packet{std::vector<std::byte>(40)});
  }
  SECTION("a reply") {
    wire::frame frame;
    frame.kind = wire::frame_kind::reply;
    tell(session, line_packet{wire::encode(frame).value()});
  }

  REQUIRE(line->sent.size() == 2);
  CHECK(line->sent[0].frame.kind == wire::frame_kind::failure);
  CHECK(line->sent[1].frame.kind == wire::frame_kind::notice);
  CHECK(line->closed);
  CHECK(line->admissions == 0);
}

TEST_CASE_METHOD(one_client, "a stranger is refused and logged",
                 "[actors][session]") {
  session = connect(11);

  send("hello", {{"protocol", std::uint64_t{1}}});

  REQUIRE(line->sent.size() == 2);
  CHECK(wire::error_of(line->sent[0].frame).code == shm::errc::refused);
  CHECK(line->closed);
  CHECK(has_logged("refused a client"));
}

TEST_CASE_METHOD(one_client, "a second hello ends the session",
                 "[actors][session]") {
  say_hello();

  send("hello", {{"protocol", std::uint64_t{1}}});

  CHECK(line->closed);
}

TEST_CASE_METHOD(one_client, "a mistake is answered and the session goes on",
                 "[actors][session]") {
  say_hello();

  CHECK(refusal("statsu") == shm::errc::no_such_command);
  CHECK(refusal("attach") == shm::errc::bad_argument);
  CHECK(refusal("region", {{"region", text("quotes")}, {"more", true}})
        == shm::errc::bad_argument);
  CHECK(refusal("status") == shm::errc::ok);
  CHECK(line->turns == 5);
  CHECK_FALSE(line->closed);
}

TEST_CASE_METHOD(one_client, "attaching hands out two descriptors, once",
                 "[actors][session]") {
  say_hello();

  const auto& attached = call("attach", attach_quotes());

  CHECK(attached.frame.kind == wire::frame_kind::reply);
  CHECK(attached.descriptors == 2);
  CHECK(attached.frame.descriptors == 2);
  CHECK(refusal("attach", attach_quotes()) == shm::errc::exists);
  CHECK(refusal("detach", {{"region", text("quotes")}}) == shm::errc::ok);
  CHECK(refusal("detach", {{"region", text("quotes")}})
        == shm::errc::no_such_region);
  CHECK(refusal("attach", attach_quotes("read")) == shm::errc::ok);
}

TEST_CASE_METHOD(one_client, "what is not granted is refused",
                 "[actors][session]") {
  say_hello();
  const wire::fields secret{{"region", text("secret")}};
  const wire::fields absent{{"region", text("absent")}};

  CHECK(refusal("region", secret) == shm::errc::no_right);
  // The same answer whether it is there or not.
  CHECK(refusal("region", absent) == shm::errc::no_right);
  CHECK(
    refusal("attach", {{"region", text("own-a")}, {"access", text("write")}})
    == shm::errc::no_right);
  CHECK(refusal("remove_region", {{"region", text("quotes")}})
        == shm::errc::no_right);
  CHECK(refusal("create_region",
                {{"region", text("other")}, {"bytes", std::uint64_t{1 << 20}}})
        == shm::errc::no_right);
}

TEST_CASE_METHOD(one_client, "only regions with a right are listed",
                 "[actors][session]") {
  say_hello();

  const auto& reply = call("regions").frame;

  const auto& rows = std::get<wire::rows>(*wire::find(reply.fields, "rows"));
  REQUIRE(rows.size() == 1);
  CHECK(*wire::find_text(rows[0], "region") == "quotes");
  CHECK(*wire::find_text(rows[0], "rights") == "read write");
}

TEST_CASE_METHOD(one_client, "an administrator makes, fills, grows and removes",
                 "[actors][session]") {
  say_hello();
  const wire::fields own{{"region", text("own-a")}};

  CHECK(refusal("create_region", {{"region", text("own-a")},
                                  {"bytes", std::uint64_t{1 << 20}},
                                  {"bytes_max", std::uint64_t{2 << 20}},
                                  {"variables_max", std::uint64_t{16}}})
        == shm::errc::ok);
  CHECK(refusal("add_variable", {{"region", text("own-a")},
                                 {"name", text("n")},
                                 {"kind", text("counter")},
                                 {"type", text("i64")},
                                 {"capacity", std::uint64_t{8}}})
        == shm::errc::ok);
  const auto& listed = call("variables", own).frame;
  const auto& rows = std::get<wire::rows>(*wire::find(listed.fields, "rows"));
  REQUIRE(rows.size() == 1);
  CHECK(*wire::find_text(rows[0], "kind") == "counter");
  CHECK(refusal("grow_region",
                {{"region", text("own-a")}, {"bytes", std::uint64_t{2 << 20}}})
        == shm::errc::ok);
  CHECK(wire::number_or(call("region", own).frame.fields, "bytes", 0)
        == 2 << 20);
  CHECK(
    refusal("remove_variable", {{"region", text("own-a")}, {"name", text("n")}})
    == shm::errc::ok);
  CHECK(refusal("remove_region", own) == shm::errc::ok);
  CHECK(refusal("region", own) == shm::errc::no_such_region);
}

TEST_CASE_METHOD(one_client, "every command of the registry is answered",
                 "[actors][session]") {
  say_hello();

  for (const auto& command : actors::all_commands()) {
    if (command.name == "hello")
      continue;
    wire::fields given;
    for (const auto& each : command.arguments) {
      const auto word = each.words.substr(0, each.words.find('|'));
      if (each.type == actors::argument_type::number)
        given.push_back({std::string{each.name}, std::uint64_t{1}});
      else if (each.type == actors::argument_type::truth)
        given.push_back({std::string{each.name}, true});
      else if (each.type == actors::argument_type::bytes)
        given.push_back({std::string{each.name}, wire::bytes(8)});
      else if (each.name == "region")
        given.push_back({"region", text("own-x")});
      else
        given.push_back({std::string{each.name}, std::string{word}});
    }
    const auto before = line->sent.size();
    call(std::string{command.name}, given);
    CHECK(line->sent.size() == before + 1);
  }
  CHECK_FALSE(line->closed);
}

TEST_CASE_METHOD(one_client,
                 "what a client holds is freed when its line closes",
                 "[actors][session]") {
  say_hello();
  call("attach", attach_quotes());
  caf::scoped_actor other{system};
  const auto quotes
    = *ask<actors::tenant_region_actor>(keeper, region_query{"prod", "quotes"})
         .value;
  REQUIRE(ask<region_report>(quotes, region_status_query{})->status.clients
          == 1);

  tell(session, line_closed{"gone"});

  CHECK(ask<region_report>(quotes, region_status_query{})->status.clients == 0);
  CHECK(ask<tenant_totals>(catalog, totals_query{"prod"})->sessions == 0);
  CHECK(has_logged("a session ended"));
}

TEST_CASE_METHOD(one_client,
                 "the log hears of a session's beginning when the client has "
                 "its answers, and always before its end",
                 "[actors][session]") {
  say_hello();
  CHECK_FALSE(has_logged("a session began"));

  SECTION("of a client that stays") {
    tell(session, line_settled{});
    CHECK(has_logged("a session began"));
    logged.clear();
    tell(session, line_closed{"gone"});
    CHECK(logged == std::vector<std::string>{"a session ended"});
  }
  SECTION("of one that is gone at once") {
    logged.clear();
    tell(session, line_closed{"gone"});
    CHECK(logged
          == std::vector<std::string>{"a session began", "a session ended"});
  }
  SECTION("of one that is dismissed") {
    logged.clear();
    tell(session, session_dismissed{"enough"});
    CHECK(logged
          == std::vector<std::string>{"a session began", "a session ended"});
  }
}

TEST_CASE_METHOD(one_client, "a ring drains the regions that the client writes",
                 "[actors][session]") {
  say_hello();
  call("attach", attach_quotes());
  advance(50ms);
  const auto bid = memories["quotes"]->view().find<double>("bid").value();
  const auto other = memories["secret"]->view().find<double>("bid").value();
  REQUIRE(bid.store(1.0));
  REQUIRE(other.store(1.0));

  tell(session, line_rang{});

  CHECK(bid.committed_version() == 1);
  CHECK(other.committed_version() == 0);
}

TEST_CASE_METHOD(one_client, "sessions are listed for administrators",
                 "[actors][session]") {
  say_hello();

  const auto& reply = call("sessions").frame;

  const auto& rows = std::get<wire::rows>(*wire::find(reply.fields, "rows"));
  REQUIRE(rows.size() == 1);
  CHECK(wire::number_or(rows[0], "uid", 0) == 10);
}

TEST_CASE_METHOD(one_client, "an answer that is overdue ends the line",
                 "[actors][session]") {
  send("hello", {{"protocol", std::uint64_t{1}}});
  auto& steps
    = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  wire::frame frame;
  frame.request_id = ++last_id;
  frame.command = "status";

  SECTION("while nothing is under way it is nobody's") {
    tell(session, line_overdue{});
    CHECK_FALSE(line->closed);
  }
  SECTION("while the catalog has not answered") {
    caf::anon_send(session, line_packet{wire::encode(frame).value()});
    steps.run_once();
    tell(session, line_overdue{});
    CHECK(line->closed);
    CHECK(line->sent.back().frame.kind == wire::frame_kind::notice);
  }
}
