// The client actor in an application's actor system, beside a real node.
#include "tests/process/subscriber.hpp"
#include "tests/support/real_node.hpp"

#include <filesystem>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

namespace {

constexpr auto two_regions = R"([
  {"name": "quotes", "bytes": "1MiB", "variables": [
    {"name": "bid", "type": "f64", "capacity": "8B"},
    {"name": "ask", "type": "f64", "capacity": "8B"}]},
  {"name": "news", "bytes": "1MiB", "variables": [
    {"name": "headline", "kind": "string", "capacity": "200B"}]}])";

struct node_and_client {
  node_and_client() {
    attach("quotes");
  }

  void attach(const std::string& region,
              shm::access access = shm::access::write) {
    const auto done = application.ask<client::attached>(
      client::attach_request{region, access});
    if (!done)
      FAIL(application.text_of(done.error()) << "\n" << node.log());
    CHECK(done->region == region);
    CHECK(done->node == 1);
  }

  shm::region_view thin(const std::string& region) {
    client::connect_options options;
    options.socket = node.socket();
    auto connected = client::connection::connect(options);
    REQUIRE(connected);
    auto attached = connected.assume_value().attach(region, shm::access::write);
    REQUIRE(attached);
    return std::move(attached).assume_value();
  }

  shm::variable<double> value(const std::string& name) {
    return thin("quotes").find<double>(name).assume_value();
  }

  real_node node{node_text(own_tenant(two_regions))};
  client_application application{node.socket()};
};

} // namespace

TEST_CASE_METHOD(node_and_client,
                 "changes arrive in order, conflated, and the last one always",
                 "[process][actor_client]") {
  constexpr std::uint64_t last = 50'000;
  subscriber heard{application};
  application.subscribe("quotes", {"bid"}, heard);
  const auto bid = value("bid");

  for (std::uint64_t i = 1; i <= last; ++i)
    REQUIRE(bid.store(static_cast<double>(i)));

  REQUIRE(eventually([&] { return heard.last_version("bid") == last; }));
  std::uint64_t version = 0;
  for (const auto& change : heard.changes("bid")) {
    CHECK(change.value.as<double>() == double(change.value.version));
    CHECK(change.value.kind == shm::layout::variable_kind::value);
    CHECK(change.value.freshness == shm::freshness_kind::fresh);
    // The first says nothing about what was before it.
    if (version != 0)
      CHECK(change.value.version == version + change.skipped + 1);
    version = change.value.version;
  }
  CHECK(heard.story().starts_with("attached quotes, bid"));
}

TEST_CASE_METHOD(node_and_client,
                 "a slow subscriber has one message per variable under way",
                 "[process][actor_client]") {
  subscriber heard{application, subscriber::pace::holds_changes};
  const auto bid = value("bid");
  const auto ask = value("ask");
  REQUIRE(bid.store(0));
  REQUIRE(ask.store(0));
  application.subscribe("quotes", {}, heard);
  REQUIRE(eventually([&] { return heard.count() == 3; }));

  for (int i = 1; i <= 5000; ++i) {
    REQUIRE(bid.store(i));
    REQUIRE(ask.store(-i));
  }
  application.settle();
  CHECK(heard.count() == 3);

  heard.let_go();
  REQUIRE(eventually([&] { return heard.count() == 5; }));
  CHECK(heard.changes("bid").back().value.as<double>() == 5000);
  CHECK(heard.changes("bid").back().skipped == 4999);
  CHECK(heard.changes("ask").back().value.as<double>() == -5000);
  heard.let_go();
  application.settle();
  CHECK(heard.count() == 5);
}

TEST_CASE_METHOD(node_and_client,
                 "a killed node is lost, and its successor is found",
                 "[process][actor_client]") {
  subscriber heard{application};
  attach("news");
  REQUIRE(value("bid").store(1));
  application.subscribe("quotes", {"bid"}, heard);
  application.subscribe("news", {}, heard);
  REQUIRE(eventually([&] { return heard.last_version("bid") == 1; }));

  node.kill();

  REQUIRE(eventually([&] { return heard.count("lost") == 2; }));
  const auto lost = application.ask<client::variable_value>(
    client::read_request{"quotes", "bid"});
  REQUIRE_FALSE(lost);
  CHECK(application.code_of(lost.error()) == errc::unreachable);

  node.restart();

  REQUIRE(eventually([&] { return heard.count("attached") == 4; }));
  const auto bid = value("bid");
  for (int i = 1; i <= 7; ++i)
    REQUIRE(bid.store(100 + i));
  REQUIRE(thin("news").find_string("headline").assume_value().store("up"));
  REQUIRE(eventually([&] { return heard.last_value("bid") == 107; }));
  REQUIRE(eventually([&] { return heard.count("headline") == 1; }));
  CHECK(heard.story("quotes").starts_with(
    "attached quotes, bid, lost quotes, attached quotes, bid"));
  CHECK(heard.story("news")
        == "attached news, lost news, attached news, headline");
}

TEST_CASE_METHOD(node_and_client,
                 "a slow subscriber hears of new values after the loss",
                 "[process][actor_client]") {
  subscriber heard{application, subscriber::pace::holds_all};
  REQUIRE(value("bid").store(1));
  application.subscribe("quotes", {"bid"}, heard);
  REQUIRE(eventually([&] { return heard.count() == 1; }));
  heard.let_go();
  REQUIRE(eventually([&] { return heard.last_value("bid") == 1; }));

  // Both the value and the loss are held while the node comes back.
  node.kill();
  REQUIRE(eventually([&] { return heard.count("lost") == 1; }));
  node.restart();
  attach("quotes");
  REQUIRE(value("bid").store(2));
  REQUIRE(eventually([&] {
    heard.let_go();
    return heard.last_value("bid") == 2;
  }));

  CHECK(heard.story()
        == "attached quotes, bid, lost quotes, attached quotes, bid");
}

TEST_CASE_METHOD(node_and_client, "two regions are followed side by side",
                 "[process][actor_client]") {
  attach("news");
  subscriber quotes{application};
  subscriber news{application};
  application.subscribe("quotes", {}, quotes);
  application.subscribe("news", {"headline"}, news);

  REQUIRE(value("ask").store(2.5));
  REQUIRE(thin("news").find_string("headline").assume_value().store("hello"));

  REQUIRE(eventually([&] { return quotes.last_value("ask") == 2.5; }));
  REQUIRE(eventually([&] { return news.last_version("headline") == 1; }));
  CHECK(news.changes("headline").back().value.text() == "hello");
  CHECK(quotes.count("headline") == 0);
}

TEST_CASE_METHOD(node_and_client,
                 "variables that come and go reach a subscriber of all",
                 "[process][actor_client]") {
  client::connect_options options;
  options.socket = node.socket();
  const auto admin = client::connection::connect(options).assume_value();
  subscriber heard{application};
  application.subscribe("quotes", {}, heard);

  for (std::uint64_t round = 1; round <= 20; ++round) {
    REQUIRE(admin.add_variable("quotes",
                               client::variable_request::of<double>("late")));
    REQUIRE(value("late").store(double(round)));
    REQUIRE(
      eventually([&] { return heard.last_value("late") == double(round); }));
    REQUIRE(admin.remove_variable("quotes", "late"));
    REQUIRE(eventually([&] { return heard.count("removed") == round; }));
  }

  CHECK(heard.changes("late").size() == 20);
}

TEST_CASE_METHOD(node_and_client, "an application reads and stores",
                 "[process][actor_client]") {
  const auto none = application.ask<client::variable_value>(
    client::read_request{"quotes", "bid"});
  CHECK(application.code_of(none.error()) == errc::no_value);

  const auto done = application.ask<client::stored>(
    client::store_request::of("quotes", "bid", 1.25));
  REQUIRE(done);
  CHECK(done->version == 1);
  const auto read = application.ask<client::variable_value>(
    client::read_request{"quotes", "bid"});
  REQUIRE(read);
  CHECK(read->as<double>() == 1.25);
  CHECK(read->as<float>() == std::nullopt);

  const auto refused = [&](const auto& request) {
    const auto answer = application.ask<client::stored>(request);
    return answer ? errc::ok : application.code_of(answer.error());
  };
  CHECK(refused(client::store_request::of("quotes", "bid", 1.0F))
        == errc::wrong_type);
  CHECK(refused(client::store_request::of("quotes", "mid", 1.0))
        == errc::no_such_variable);
  CHECK(refused(client::store_request::of("trades", "bid", 1.0))
        == errc::no_such_region);
  attach("news", shm::access::read);
  CHECK(refused(client::store_request{"news", "headline", {1}})
        == errc::no_right);
}

TEST_CASE_METHOD(node_and_client, "what cannot be is refused with its reason",
                 "[process][actor_client]") {
  subscriber heard{application};
  attach("news", shm::access::read);
  const auto refused = [&](auto answer, const auto& request) {
    const auto got = application.ask<decltype(answer)>(request);
    return got ? errc::ok : application.code_of(got.error());
  };

  CHECK(refused(client::attached{}, client::attach_request{"trades"})
        == errc::no_such_region);
  CHECK(refused(client::attached{},
                client::attach_request{"news", shm::access::write})
        == errc::exists);
  CHECK(refused(client::subscribed{},
                client::subscribe_request{"trades", {}, heard.handle()})
        == errc::no_such_region);
  CHECK(refused(client::subscribed{},
                client::subscribe_request{"quotes", {"mid"}, heard.handle()})
        == errc::no_such_variable);
  CHECK(refused(client::subscribed{}, client::subscribe_request{"quotes"})
        == errc::bad_argument);
}

TEST_CASE_METHOD(node_and_client, "who unsubscribes hears no more",
                 "[process][actor_client]") {
  subscriber stays{application};
  subscriber leaves{application};
  const auto bid = value("bid");
  REQUIRE(bid.store(1));
  application.subscribe("quotes", {"bid"}, stays);
  const auto subscription = application.subscribe("quotes", {"bid"}, leaves);
  REQUIRE(eventually([&] { return leaves.last_version("bid") == 1; }));

  REQUIRE(application.done(client::unsubscribe_request{subscription})
          == errc::ok);
  REQUIRE(bid.store(2));
  REQUIRE(eventually([&] { return stays.last_version("bid") == 2; }));

  application.settle();
  CHECK(leaves.last_version("bid") == 1);
  CHECK(application.done(client::unsubscribe_request{subscription})
        == errc::bad_argument);
}

TEST_CASE_METHOD(node_and_client, "a region let go can be attached anew",
                 "[process][actor_client]") {
  for (int round = 0; round < 5; ++round) {
    subscriber heard{application};
    application.subscribe("quotes", {}, heard);
    REQUIRE(value("bid").store(round));
    REQUIRE(eventually([&] { return heard.last_value("bid") == round; }));

    REQUIRE(application.done(client::detach_request{"quotes"}) == errc::ok);
    CHECK(application.done(client::detach_request{"quotes"})
          == errc::no_such_region);
    attach("quotes");
  }
}
