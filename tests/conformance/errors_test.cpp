// Every error code is reached, each in the way that the protocol names.
#include "shm/client/connection.hpp"
#include "tests/conformance/conformance_node.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace holdfast;
using namespace std::chrono_literals;
using client::connection;
using shm::errc;
using test::conformance_node;
using test::raw_client;
using test::text;

namespace {

wire::fields region(const std::string& name) {
  return {{"region", name}};
}

wire::fields new_region(const std::string& name, std::uint64_t bytes,
                        std::uint64_t variables_max = 8) {
  return {{"region", name}, {"bytes", bytes}, {"variables_max", variables_max}};
}

wire::fields new_variable(const std::string& region, const std::string& name,
                          std::uint64_t capacity) {
  return {{"region", region},
          {"name", name},
          {"kind", text("bytes")},
          {"type", text("bytes")},
          {"capacity", capacity}};
}

connection connected(const conformance_node& node,
                     std::chrono::milliseconds patience = 5s) {
  auto made = connection::connect(
    {node.node.socket(), "prod", "errors_test", patience});
  REQUIRE(made);
  return std::move(made).assume_value();
}

shm::region_view attached(const conformance_node& node,
                          shm::access access = shm::access::write) {
  auto view = connected(node).attach("quotes", access);
  REQUIRE(view);
  return std::move(view).assume_value();
}

} // namespace

TEST_CASE("what is not there is named", "[conformance][errors]") {
  const conformance_node node;
  auto client = node.client();

  CHECK(client.ask("nonsense").code() == errc::no_such_command);
  CHECK_THAT(client.ask("statsu").detail(),
             Catch::Contains("did you mean 'status'"));
  CHECK(client.ask("region", region("none")).code() == errc::no_such_region);
  CHECK(client.ask("variables", region("none")).code() == errc::no_such_region);
  CHECK(client.ask("remove_region", region("none")).code()
        == errc::no_such_region);
  CHECK(client
          .ask("remove_variable",
               {{"region", text("quotes")}, {"name", text("none")}})
          .code()
        == errc::no_such_variable);
}

TEST_CASE("an argument that is wrong is named with what is allowed",
          "[conformance][errors]") {
  const conformance_node node;
  auto client = node.client();
  const auto detail_of = [&client](const char* command, wire::fields fields) {
    const auto heard = client.ask(command, std::move(fields));
    REQUIRE(heard.code() == errc::bad_argument);
    return heard.detail();
  };

  CHECK_THAT(detail_of("region", {}), Catch::Contains("'region' is missing"));
  CHECK_THAT(detail_of("region", {{"region", true}}),
             Catch::Contains("'region' must be text"));
  CHECK_THAT(detail_of("status", {{"colour", text("blue")}}),
             Catch::Contains("no argument 'colour'; it takes nothing"));
  CHECK_THAT(
    detail_of("attach", {{"region", text("quotes")}, {"access", text("all")}}),
    Catch::Contains("'access' must be read|write"));
  CHECK_THAT(detail_of("grow_region", {{"region", text("quotes")},
                                       {"bytes", std::int64_t{-1}}}),
             Catch::Contains("'bytes' must be"));
  CHECK_THAT(detail_of("flush", {{"region", text("quotes")},
                                 {"stored_in", std::uint64_t{0}},
                                 {"durable", std::uint64_t{1}}}),
             Catch::Contains("'durable' must be a bool"));
  CHECK_THAT(detail_of("store", {{"region", text("quotes")},
                                 {"variable", text("bid")},
                                 {"value", text("1.5")}}),
             Catch::Contains("'value' must be bytes"));
  (void)detail_of("create_region", new_region("Not A Name", 1U << 20));
  (void)detail_of("create_region", new_region("tiny", 1));
  (void)detail_of("create_region", new_region("wide", 1U << 20, 1U << 20));
  (void)detail_of("add_variable", new_variable("quotes", "x", 0));
  (void)detail_of("add_variable", new_variable("quotes", "x", 1ULL << 40));
  (void)detail_of("add_variable", new_variable("quotes", "", 8));
  (void)detail_of("grow_region", {{"region", text("quotes")},
                                  {"bytes", std::uint64_t{1} << 40}});
}

TEST_CASE("a name that is taken is told", "[conformance][errors]") {
  const conformance_node node;
  auto client = node.client();

  CHECK(client.ask("create_region", new_region("quotes", 1U << 20)).code()
        == errc::exists);
  CHECK(client.ask("add_variable", new_variable("quotes", "bid", 8)).code()
        == errc::exists);
}

TEST_CASE("each right is asked for by name", "[conformance][errors]") {
  const conformance_node node;
  raw_client viewer{node.node.socket(), "little"};
  const auto detail_of = [&viewer](const char* command, wire::fields fields) {
    const auto heard = viewer.ask(command, std::move(fields));
    CHECK(heard.code() == errc::no_right);
    return heard.detail();
  };

  CHECK(viewer.ask("variables", region("quotes")).code() == errc::ok);
  CHECK_THAT(detail_of("variables", region("secret")),
             Catch::Contains("needs read on region 'secret'"));
  CHECK_THAT(detail_of("region", region("secret")),
             Catch::Contains("needs some right on region 'secret'"));
  CHECK_THAT(detail_of("attach",
                       {{"region", text("quotes")}, {"access", text("write")}}),
             Catch::Contains("needs write"));
  CHECK_THAT(detail_of("add_variable", new_variable("quotes", "x", 8)),
             Catch::Contains("needs create"));
  CHECK_THAT(detail_of("remove_variable",
                       {{"region", text("quotes")}, {"name", text("x")}}),
             Catch::Contains("needs create"));
  CHECK_THAT(detail_of("create_region", new_region("mine", 1U << 20)),
             Catch::Contains("needs admin"));
  CHECK_THAT(detail_of("remove_region", region("quotes")),
             Catch::Contains("needs admin"));
  CHECK_THAT(detail_of("grow_region", {{"region", text("quotes")},
                                       {"bytes", std::uint64_t{1} << 20}}),
             Catch::Contains("needs admin"));
  CHECK_THAT(detail_of("sessions", {}), Catch::Contains("needs admin"));
  CHECK_THAT(detail_of("flush", {{"region", text("quotes")},
                                 {"stored_in", std::uint64_t{0}}}),
             Catch::Contains("needs write"));
  CHECK_THAT(detail_of("store", {{"region", text("quotes")},
                                 {"variable", text("bid")},
                                 {"value", wire::bytes(8)}}),
             Catch::Contains("needs write"));
  CHECK_THAT(detail_of("confirm", region("secret")),
             Catch::Contains("needs read"));
  CHECK_THAT(
    detail_of("load", {{"region", text("secret")}, {"variable", text("bid")}}),
    Catch::Contains("needs read"));
}

TEST_CASE("whoever lacks a right does not learn whether a region exists",
          "[conformance][errors]") {
  const conformance_node node;
  raw_client viewer{node.node.socket(), "little"};
  const auto detail_of = [&viewer](const std::string& name) {
    auto detail = viewer.ask("region", region(name)).detail();
    detail.replace(detail.find(name), name.size(), "?");
    return detail;
  };

  CHECK(detail_of("secret") == detail_of("nowhere"));
}

TEST_CASE("regions that only the node writes are not handed out for writing",
          "[conformance][errors]") {
  const conformance_node node;
  auto client = node.client();

  const auto heard = client.ask(
    "attach", {{"region", text("rates")}, {"access", text("write")}});

  CHECK(heard.code() == errc::no_right);
  CHECK(heard.descriptors.empty());
}

TEST_CASE("bounds of tenant, region and node are told",
          "[conformance][errors]") {
  const conformance_node node;
  auto client = node.client();

  // 4 MiB in all, of which 3 are taken or reserved; 64 variables, 16 taken.
  CHECK(client.ask("create_region", new_region("large", 64U << 20)).code()
        == errc::quota);
  CHECK(client.ask("create_region", new_region("wide", 1U << 16, 1024)).code()
        == errc::quota);
  // "quotes" holds 8 variables, of which 3 are there.
  for (int i = 0; i < 5; ++i)
    REQUIRE(
      client
        .ask("add_variable", new_variable("quotes", "v" + std::to_string(i), 8))
        .code()
      == errc::ok);
  CHECK(client.ask("add_variable", new_variable("quotes", "v5", 8)).code()
        == errc::full);
  CHECK(client.ask("add_variable", new_variable("rates", "x", 16U << 20)).code()
        == errc::full);
}

TEST_CASE("a tenant's sessions are bounded", "[conformance][errors]") {
  const conformance_node node;
  std::vector<raw_client> all;
  all.reserve(8);
  for (int i = 0; i < 8; ++i)
    all.push_back(node.client());

  const raw_client ninth{node.node.socket()};
  ninth.send(test::request_packet(1, "hello", test::hello_fields("prod")));

  CHECK(ninth.wait_for_end().code == errc::quota);
  CHECK_NOTHROW(raw_client{node.node.socket(), "little"});
}

TEST_CASE("memory answers for itself", "[conformance][errors]") {
  const conformance_node node;
  const auto view = attached(node);
  const auto bid = view.find<double>("bid").assume_value();
  const auto title = view.find_string("title").assume_value();

  CHECK(bid.read().assume_error() == errc::no_value);
  CHECK(title.store(std::string(65, 'x')).assume_error() == errc::too_long);
  CHECK(bid.compare_and_store(7, 1.0).assume_error() == errc::version_conflict);
  CHECK(view.find<float>("bid").assume_error().code == errc::wrong_type);
  CHECK(view.find<double>("none").assume_error().code
        == errc::no_such_variable);
  CHECK(bid.wait_for_change(0, std::chrono::steady_clock::now() + 1ms)
          .assume_error()
        == errc::timeout);
  const auto reader = attached(node, shm::access::read);
  CHECK(reader.find<double>("bid").assume_value().store(1.0).assume_error()
        == errc::no_right);

  const auto& place = bid.at();
  place.head->lock.store(shm::layout::lock_word::held(place.generation, 999));
  CHECK(bid.store(1.0).assume_error() == errc::contended);
}

TEST_CASE("what is taken away is told to who holds it",
          "[conformance][errors]") {
  const conformance_node node;
  const auto view = attached(node);
  const auto bid = view.find<double>("bid").assume_value();
  const auto title = view.find_string("title").assume_value();
  const auto admin = connected(node);

  REQUIRE(admin.remove_variable("quotes", "bid"));
  CHECK(bid.store(1.0).assume_error() == errc::removed);
  REQUIRE(admin.remove_region("quotes"));
  CHECK(title.store("x").assume_error() == errc::fenced);
}

TEST_CASE("a node that stops says so, and one that is gone is unreachable",
          "[conformance][errors]") {
  conformance_node node;
  const auto client = connected(node);
  const auto view = attached(node);

  CHECK(node.node.stop() == 0);

  CHECK(client.wait_for_hang_up(std::chrono::steady_clock::now() + 10s));
  const auto heard = client.call("status");
  CHECK(heard.assume_error().code == errc::unreachable);
  CHECK_THAT(heard.assume_error().detail, Catch::Contains("hung up: "));
  CHECK(view.find_string("title").assume_value().store("x").assume_error()
        == errc::fenced);
  const auto again = connection::connect({node.node.socket(), "prod", "", 1s});
  CHECK(again.assume_error().code == errc::unreachable);
}

TEST_CASE("a frozen node costs the patience and no more",
          "[conformance][errors]") {
  conformance_node node;
  const auto client = connected(node, 1s);

  node.node.freeze();
  const auto heard = client.call("status");
  node.node.thaw();

  CHECK(heard.assume_error().code == errc::timeout);
  // The late answer is skipped and the line is whole.
  const auto again = client.call("version");
  REQUIRE(again);
  CHECK(wire::number_or(again.assume_value(), "protocol", 0) == 1);
}
