// Who may speak, and how it has to begin.
#include "tests/conformance/conformance_node.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <optional>
#include <string>

using namespace holdfast;
using shm::errc;
using test::conformance_node;
using test::hello_fields;
using test::raw_client;
using test::request_packet;

TEST_CASE("hello tells who answers and as whom it knows the client",
          "[conformance][hello]") {
  const conformance_node node;
  raw_client client{node.node.socket()};

  const auto heard = client.ask("hello", hello_fields("prod"));

  REQUIRE(heard.code() == errc::ok);
  const auto fields = heard.frame().fields;
  CHECK(wire::number_or(fields, "node", 0) == 1);
  CHECK(*wire::find_text(fields, "node_name") == "node-1");
  CHECK_FALSE(wire::find_text(fields, "version")->empty());
  CHECK(wire::number_or(fields, "session", 0) > 0);
  CHECK(*wire::find_text(fields, "tenant") == "prod");
  CHECK(*wire::find_text(fields, "principal") == "me");
  CHECK(wire::number_or(fields, "lease_ms", 0) == 2500);
  CHECK(heard.descriptors.empty());
}

TEST_CASE("a client that is accepted hears so before it says anything",
          "[conformance][hello]") {
  const conformance_node node;

  const raw_client client{node.node.socket()};

  const auto heard = client.receive_any();
  REQUIRE(heard);
  CHECK(heard->frame().kind == wire::frame_kind::notice);
  CHECK(*wire::find_text(heard->frame().fields, "event") == "accepted");
}

TEST_CASE("anything before hello ends the line", "[conformance][hello]") {
  const conformance_node node;
  const auto* command
    = GENERATE("status", "help", "attach", "no_such_thing", "");
  const raw_client client{node.node.socket()};

  client.send(request_packet(5, command));

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::protocol);
  CHECK(end.id == 5);
  CHECK_THAT(end.detail, Catch::Contains("'hello' comes first"));
  CHECK_THAT(end.reason, Catch::Contains("'hello' comes first"));
}

TEST_CASE("a second hello ends the line", "[conformance][hello]") {
  const conformance_node node;
  const auto client = node.client();

  client.send(request_packet(2, "hello", hello_fields("prod")));

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::protocol);
  CHECK_THAT(end.detail, Catch::Contains("'hello' comes once"));
}

TEST_CASE("a client that says nothing is cut off after the deadline",
          "[conformance][hello]") {
  const conformance_node node{R"("hello_deadline": "50ms")"};
  const auto start = std::chrono::steady_clock::now();
  const raw_client client{node.node.socket()};

  const auto end = client.wait_for_end();

  CHECK(end.code == errc::ok);
  CHECK(std::chrono::steady_clock::now() - start
        >= std::chrono::milliseconds{50});
}

TEST_CASE("a client that said hello may be silent for long",
          "[conformance][hello]") {
  const conformance_node node{R"("hello_deadline": "50ms")"};
  auto client = node.client();
  const raw_client silent{node.node.socket()};

  // By then the deadline of both has passed.
  (void)silent.wait_for_end();

  CHECK(client.ask("status").code() == errc::ok);
}

TEST_CASE("who is no principal is refused in the same words for every tenant",
          "[conformance][hello]") {
  const conformance_node node;
  const auto detail_of = [&node](const std::string& tenant) {
    const raw_client client{node.node.socket()};
    client.send(request_packet(1, "hello", hello_fields(tenant)));
    const auto end = client.wait_for_end();
    CHECK(end.code == errc::refused);
    CHECK(end.id == 1);
    auto detail = end.detail;
    const auto name = detail.find(tenant);
    REQUIRE(name != std::string::npos);
    detail.erase(name, tenant.size());
    return detail;
  };

  CHECK(detail_of("others") == detail_of("nobody"));
}

TEST_CASE("a client of several tenants has to name one",
          "[conformance][hello]") {
  const conformance_node node;
  const raw_client client{node.node.socket()};

  client.send(request_packet(1, "hello", hello_fields("")));

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::bad_argument);
  CHECK_THAT(end.detail, Catch::Contains("'prod'"));
  CHECK_THAT(end.detail, Catch::Contains("'little'"));
}

TEST_CASE("a client of one tenant need not name it", "[conformance][hello]") {
  const test::real_node node{test::node_text(test::own_tenant("[]"))};
  raw_client client{node.socket()};

  const auto heard = client.ask("hello", {{"protocol", std::uint64_t{1}}});

  REQUIRE(heard.code() == errc::ok);
  CHECK(*wire::find_text(heard.frame().fields, "tenant") == "prod");
}

TEST_CASE("another protocol version is refused, and the node's is named",
          "[conformance][hello]") {
  const conformance_node node;
  const raw_client client{node.node.socket()};

  client.send(request_packet(1, "hello", hello_fields("prod", 2)));

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::protocol);
  CHECK_THAT(end.detail, Catch::Contains("speaks protocol 1, not 2"));
}

TEST_CASE("arguments of hello are checked as all others",
          "[conformance][hello]") {
  const conformance_node node;
  auto fields = hello_fields("prod");
  const int flaw = GENERATE(0, 1, 2, 3);
  if (flaw == 0)
    fields[2].value = std::string(64, 'c');
  if (flaw == 1)
    fields[0].value = std::string{"1"};
  if (flaw == 2)
    fields.push_back({"colour", std::string{"blue"}});
  if (flaw == 3)
    fields.erase(fields.begin());
  const raw_client client{node.node.socket()};

  client.send(request_packet(1, "hello", fields));

  CHECK(client.wait_for_end().code == errc::bad_argument);
}

TEST_CASE("the reason is told to who is one client too many",
          "[conformance][hello]") {
  const conformance_node node{R"("sessions_max": 1,
                                 "sessions_per_uid_max": 1)"};
  std::optional<raw_client> first;
  // The connection that found out whether the node listens may still count.
  REQUIRE(test::eventually([&] {
    first.emplace(node.node.socket());
    first->send(request_packet(1, "hello", hello_fields("prod")));
    return first->receive()->frame().kind == wire::frame_kind::reply;
  }));

  const raw_client second{node.node.socket()};

  CHECK_THAT(second.wait_for_end().reason, Catch::StartsWith("overloaded: "));
}
