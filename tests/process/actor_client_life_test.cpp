// How client actors begin and end, with a node, without one, and with one that
// does not answer.
#include "tests/process/subscriber.hpp"
#include "tests/support/real_node.hpp"

#include <future>
#include <sstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;
using std::chrono::steady_clock;

namespace {

constexpr auto one_region = R"([{"name": "quotes", "bytes": "1MiB",
  "variables": [{"name": "bid", "type": "f64", "capacity": "8B"}]}])";

// As many variables as no single system call can wait for.
std::string many_variables(const std::string& region) {
  std::ostringstream out;
  out << R"({"name": ")" << region << R"(", "bytes": "1MiB", "variables": [)";
  for (int i = 0; i < 200; ++i)
    out << (i == 0 ? "" : ",") << R"({"name": "v)" << i
        << R"(", "type": "f64", "capacity": "8B"})";
  out << "]}";
  return out.str();
}

shm::region_view thin(const real_node& node, const std::string& region) {
  client::connect_options options;
  options.socket = node.socket();
  auto connected = client::connection::connect(options);
  REQUIRE(connected);
  return connected.assume_value()
    .attach(region, shm::access::write)
    .assume_value();
}

} // namespace

TEST_CASE("a hundred client actors start and end beside a node",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  for (int round = 0; round < 100; ++round) {
    client_application application{node.socket()};
    subscriber heard{application};
    // Some end in the middle of connecting or attaching.
    if (round % 4 == 0)
      continue;
    caf::anon_send(application.client, client::attach_request{"quotes"});
    if (round % 4 == 1)
      continue;
    REQUIRE(
      application.ask<client::attached>(client::attach_request{"quotes"}));
    application.subscribe("quotes", {}, heard);
    if (round % 4 == 2)
      REQUIRE(eventually([&] { return heard.count("attached") == 1; }));
  }
  CHECK(node.log().find("error") == std::string::npos);
}

TEST_CASE("a hundred client actors start and end without a node",
          "[process][actor_client]") {
  const temporary_directory empty;
  const auto began = steady_clock::now();
  for (int round = 0; round < 100; ++round) {
    client_application application{empty.path() + "/attach.sock"};
    if (round % 2 == 0)
      caf::anon_send(application.client, client::attach_request{"quotes"});
  }
  CHECK(steady_clock::now() - began < 20s);
}

TEST_CASE("a client actor that is killed takes its threads along",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  for (int round = 0; round < 20; ++round) {
    client_application application{node.socket()};
    REQUIRE(
      application.ask<client::attached>(client::attach_request{"quotes"}));
    caf::anon_send_exit(application.client, caf::exit_reason::kill);
  }
}

TEST_CASE("without a node, attaching fails within the patience",
          "[process][actor_client]") {
  const temporary_directory empty;
  client_application application{empty.path() + "/attach.sock", 300ms};

  const auto began = steady_clock::now();
  const auto answer
    = application.ask<client::attached>(client::attach_request{"quotes"});

  REQUIRE_FALSE(answer);
  CHECK(steady_clock::now() - began >= 300ms);
  CHECK(application.code_of(answer.error()) == errc::unreachable);
  CHECK_THAT(application.text_of(answer.error()),
             Catch::Contains("there is no '" + empty.path()));
}

TEST_CASE("who asks before the node is there is answered when it is",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  node.kill();
  client_application application{node.socket(), 30s};
  auto asked = std::async(std::launch::async, [&] {
    return application.ask<client::attached>(client::attach_request{"quotes"})
      .engaged();
  });

  node.restart();

  CHECK(asked.get());
}

TEST_CASE("a node that does not answer delays the end by the patience at most",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  node.freeze();
  auto began = steady_clock::now();
  {
    client_application application{node.socket(), 500ms};
    caf::anon_send(application.client, client::attach_request{"quotes"});
    application.settle();
    began = steady_clock::now();
  }
  CHECK(steady_clock::now() - began < 3s);
  node.thaw();
}

TEST_CASE("a frozen node does not hold up changes, nor the end",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  auto began = steady_clock::now();
  {
    client_application application{node.socket()};
    REQUIRE(
      application.ask<client::attached>(client::attach_request{"quotes"}));
    subscriber heard{application};
    application.subscribe("quotes", {}, heard);
    const auto bid = thin(node, "quotes").find<double>("bid").assume_value();
    REQUIRE(bid.store(1));
    REQUIRE(eventually([&] { return heard.last_value("bid") == 1; }));

    node.freeze();
    REQUIRE(bid.store(2));

    CHECK(eventually([&] { return heard.last_value("bid") == 2; }));
    began = steady_clock::now();
  }
  CHECK(steady_clock::now() - began < 2s);
  node.thaw();
}

TEST_CASE("a node that is stopped is lost, and found when it starts again",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  client_application application{node.socket()};
  subscriber heard{application};
  REQUIRE(application.ask<client::attached>(client::attach_request{"quotes"}));
  application.subscribe("quotes", {"bid"}, heard);
  REQUIRE(eventually([&] { return heard.count("attached") == 1; }));

  CHECK(node.stop() == 0);
  REQUIRE(eventually([&] { return heard.count("lost") == 1; }));
  node.restart();

  REQUIRE(eventually([&] { return heard.count("attached") == 2; }));
  REQUIRE(thin(node, "quotes").find<double>("bid").assume_value().store(5));
  CHECK(eventually([&] { return heard.last_value("bid") == 5; }));
}

TEST_CASE("hundreds of variables in two regions are followed",
          "[process][actor_client]") {
  real_node node{node_text(
    own_tenant("[" + many_variables("a") + "," + many_variables("b") + "]"))};
  client_application application{node.socket()};
  subscriber heard{application};
  for (const auto* region : {"a", "b"}) {
    REQUIRE(application.ask<client::attached>(client::attach_request{region}));
    application.subscribe(region, {}, heard);
  }
  REQUIRE(eventually([&] { return heard.count("attached") == 2; }));
  const auto b = thin(node, "b");

  for (int round = 1; round <= 3; ++round)
    for (int i = 0; i < 200; ++i)
      REQUIRE(b.find<double>("v" + std::to_string(i)).assume_value().store(i));

  for (int i = 0; i < 200; ++i)
    REQUIRE(eventually(
      [&] { return heard.last_version("v" + std::to_string(i)) == 3; }));
}

TEST_CASE("the end of a subscriber ends its subscriptions",
          "[process][actor_client]") {
  real_node node{node_text(own_tenant(one_region))};
  client_application application{node.socket()};
  REQUIRE(application.ask<client::attached>(client::attach_request{"quotes"}));
  std::uint64_t subscription = 0;
  {
    subscriber heard{application};
    subscription = application.subscribe("quotes", {}, heard);
  }

  CHECK(eventually([&] {
    return application.done(client::unsubscribe_request{subscription})
           == errc::bad_argument;
  }));
}
