// A program's connection, against nodes that behave.
#include "shm/client/connection.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/shm/fake_node.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace holdfast;
using namespace std::chrono_literals;
using client::connection;
using shm::errc;
using test::fake_node;
using test::fake_session;

namespace {

client::connect_options options_for(const std::string& path,
                                    std::chrono::milliseconds patience = 5s) {
  return {path, "prod", "client_test", patience};
}

connection connected(const fake_node& node,
                     std::chrono::milliseconds patience = 5s) {
  auto made = connection::connect(options_for(node.path(), patience));
  REQUIRE(made);
  return std::move(made).assume_value();
}

// Greets, then answers each request with what the test says.
fake_node::script
answering(std::function<wire::fields(const wire::frame&)> to) {
  return [to = std::move(to)](fake_session& session) {
    session.greet();
    for (auto request = session.next(); !request.command.empty();
         request = session.next())
      session.reply(request, to(request));
  };
}

auto in_a_while() {
  return std::chrono::steady_clock::now() + 10s;
}

} // namespace

TEST_CASE("connecting introduces the program and remembers the greeting",
          "[shm][client]") {
  wire::frame hello;
  fake_node node{[&hello](fake_session& session) {
    hello = session.next();
    session.reply(hello, {{"node", std::uint64_t{7}},
                          {"node_name", std::string{"n7"}},
                          {"version", std::string{"1.2.3"}},
                          {"session", std::uint64_t{42}},
                          {"tenant", std::string{"prod"}},
                          {"principal", std::string{"trader"}},
                          {"lease_ms", std::uint64_t{1501}}});
    session.wait_for_hang_up();
  }};

  const auto made = connected(node);

  CHECK(hello.command == "hello");
  CHECK(wire::number_or(hello.fields, "protocol", 0) == 1);
  CHECK(*wire::find_text(hello.fields, "tenant") == "prod");
  CHECK(*wire::find_text(hello.fields, "client") == "client_test");
  CHECK(made.node().node == 7);
  CHECK(made.node().name == "n7");
  CHECK(made.node().version == "1.2.3");
  CHECK(made.node().session == 42);
  CHECK(made.node().tenant == "prod");
  CHECK(made.node().principal == "trader");
  CHECK(made.node().lease == 1501ms);
  CHECK(made.alive());
}

TEST_CASE("a reply brings its fields and a failure its error",
          "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.greet();
    session.reply(session.next(), {{"uptime_ms", std::uint64_t{5}}});
    session.refuse(session.next(), {errc::no_such_region, "no region 'x'"});
    session.wait_for_hang_up();
  }};
  const auto made = connected(node);

  const auto status = made.call("status");
  const auto missing = made.variables("x");

  REQUIRE(status);
  CHECK(wire::number_or(status.assume_value(), "uptime_ms", 0) == 5);
  REQUIRE_FALSE(missing);
  CHECK(missing.assume_error().code == errc::no_such_region);
  CHECK(missing.assume_error().detail == "no region 'x'");
  CHECK(made.alive());
}

TEST_CASE("administration sends the arguments that the protocol names",
          "[shm][client]") {
  std::vector<wire::frame> heard;
  fake_node node{answering([&heard](const wire::frame& request) {
    heard.push_back(request);
    return wire::fields{};
  })};
  {
    const auto made = connected(node);
    REQUIRE(made.create_region({"orders", 1U << 20}));
    REQUIRE(made.create_region({"log", 1U << 20, 1U << 22, 9, true}));
    REQUIRE(made.grow_region("orders", 1U << 21));
    REQUIRE(
      made.add_variable("orders", client::variable_request::of<double>("bid")));
    REQUIRE(made.remove_variable("orders", "bid"));
    REQUIRE(made.remove_region("orders"));
    REQUIRE(made.detach("orders"));
  }

  REQUIRE(heard.size() == 7);
  const auto text = [&heard](std::size_t at, std::string_view name) {
    const auto* found = wire::find_text(heard[at].fields, name);
    return found == nullptr ? std::string{"(none)"} : *found;
  };
  CHECK(heard[0].command == "create_region");
  CHECK(wire::number_or(heard[0].fields, "bytes_max", 0) == 1U << 20);
  CHECK(text(0, "writers") == "clients");
  CHECK(wire::number_or(heard[1].fields, "bytes_max", 0) == 1U << 22);
  CHECK(wire::number_or(heard[1].fields, "variables_max", 0) == 9);
  CHECK(text(1, "writers") == "node");
  CHECK(heard[2].command == "grow_region");
  CHECK(wire::number_or(heard[2].fields, "bytes", 0) == 1U << 21);
  CHECK(heard[3].command == "add_variable");
  CHECK(text(3, "kind") == "value");
  CHECK(text(3, "type") == "f64");
  CHECK(wire::number_or(heard[3].fields, "capacity", 0) == 8);
  CHECK(heard[4].command == "remove_variable");
  CHECK(text(4, "name") == "bid");
  CHECK(heard[5].command == "remove_region");
  CHECK(heard[6].command == "detach");
  CHECK(text(6, "region") == "orders");
}

TEST_CASE("variables come page by page", "[shm][client]") {
  const auto row = [](const std::string& name) {
    return wire::fields{{"name", name},
                        {"kind", std::string{"value"}},
                        {"type", std::string{"f64"}},
                        {"capacity", std::uint64_t{8}},
                        {"version", std::uint64_t{3}},
                        {"committed", std::uint64_t{2}}};
  };
  std::string asked_after;
  fake_node node{answering([&](const wire::frame& request) {
    const auto* after = wire::find_text(request.fields, "after");
    if (after == nullptr)
      return wire::fields{{"rows", wire::rows{row("a"), row("b")}},
                          {"more", true}};
    asked_after = *after;
    return wire::fields{{"rows", wire::rows{row("c")}}, {"more", false}};
  })};
  const auto made = connected(node);

  const auto all = made.variables("orders");

  REQUIRE(all);
  REQUIRE(all.assume_value().size() == 3);
  CHECK(asked_after == "b");
  CHECK(all.assume_value()[2].name == "c");
  CHECK(all.assume_value()[2].version == 3);
  CHECK(all.assume_value()[2].committed == 2);
}

TEST_CASE("regions come page by page", "[shm][client]") {
  fake_node node{answering([](const wire::frame& request) {
    const auto* after = wire::find_text(request.fields, "after");
    wire::fields row{{"region", std::string{after == nullptr ? "a" : "b"}}};
    for (const auto* name : {"bytes", "bytes_max", "bytes_free", "variables",
                             "variables_max", "clients", "epoch", "home"})
      row.push_back({name, std::uint64_t{row.size()}});
    for (const auto* name : {"state", "role", "rights", "replicas"})
      row.push_back({name, std::string{name}});
    row.push_back({"settled", true});
    row.push_back({"began_empty", std::uint64_t{7}});
    return wire::fields{{"rows", wire::rows{row}}, {"more", after == nullptr}};
  })};
  const auto made = connected(node);

  const auto all = made.regions();

  REQUIRE(all);
  REQUIRE(all.assume_value().size() == 2);
  CHECK(all.assume_value()[0].region == "a");
  const auto& last = all.assume_value()[1];
  CHECK(last.region == "b");
  CHECK(last.bytes == 1);
  CHECK(last.home == 8);
  CHECK(last.rights == "rights");
  CHECK(last.replicas == "replicas");
  CHECK(last.settled);
  CHECK(last.began_empty == 7);
}

TEST_CASE("memory comes only by attach", "[shm][client]") {
  fake_node node{answering([](const wire::frame&) { return wire::fields{}; })};
  const auto made = connected(node);

  CHECK(made.call("attach").assume_error().code == errc::bad_argument);
  CHECK(made.alive());
}

TEST_CASE("an attached region is read, stored, rung for and watched",
          "[shm][client]") {
  test::attached_region region;
  region.add_value<double>("bid");
  const auto owner = region.owner->admit_client().assume_value();
  std::promise<wire::bytes> doorbell;
  std::promise<wire::frame> watch;
  fake_node node{[&](fake_session& session) {
    session.greet();
    const auto request = session.next();
    const auto control = region.owner->share_control().assume_value();
    const auto data
      = region.owner->share_data(shm::access::write).assume_value();
    session.send({wire::frame_kind::reply,
                  request.request_id,
                  2,
                  "",
                  {{"region", std::string{"orders"}},
                   {"access", std::string{"write"}},
                   {"owner", std::uint64_t{owner}}}},
                 {control.get(), data.get()});
    doorbell.set_value(session.next_packet());
    const auto watched = session.next();
    session.reply(watched);
    watch.set_value(watched);
    session.wait_for_hang_up();
  }};
  // Only the view outlives this line: it keeps the connection open.
  auto view = connected(node).attach("orders", shm::access::write);
  REQUIRE(view);
  REQUIRE(view.assume_value().writable());
  const auto bid = view.assume_value().find<double>("bid");
  REQUIRE(bid);
  REQUIRE(region.owner->arm_doorbell());

  REQUIRE(bid.assume_value().store(101.5));
  const auto waited
    = bid.assume_value().wait_for_change(1, std::chrono::steady_clock::now());

  CHECK(bid.assume_value().read().assume_value().value == 101.5);
  CHECK(doorbell.get_future().get().size() == 1);
  CHECK(waited.assume_error() == errc::timeout);
  auto watched = watch.get_future();
  REQUIRE(watched.wait_until(in_a_while()) == std::future_status::ready);
  const auto told = watched.get();
  CHECK(told.command == "watch");
  CHECK(*wire::find_text(told.fields, "region") == "orders");
}

TEST_CASE("the threads of a program share one connection", "[shm][client]") {
  fake_node node{answering([](const wire::frame& request) {
    return request.fields; // each gets back its own
  })};
  const auto made = connected(node);
  std::array<int, 4> right{};

  {
    std::vector<std::jthread> threads;
    for (std::size_t me = 0; me < right.size(); ++me)
      threads.emplace_back([copy = made, me, &right] {
        for (std::uint64_t i = 0; i < 200; ++i) {
          const auto mine = me * 1000 + i;
          const auto heard = copy.call("status", {{"mine", mine}});
          if (heard
              && wire::number_or(heard.assume_value(), "mine", ~0U) == mine)
            ++right[me];
        }
      });
  }

  CHECK(right == std::array<int, 4>{200, 200, 200, 200});
}

TEST_CASE("a program notices that its node is gone", "[shm][client]") {
  std::promise<void> leave;
  fake_node node{[&leave](fake_session& session) {
    session.greet();
    leave.get_future().wait();
  }};
  const auto made = connected(node);

  const auto early
    = made.wait_for_hang_up(std::chrono::steady_clock::now() + 1ms);
  CHECK(early.assume_error().code == errc::timeout);
  CHECK(made.alive());

  leave.set_value();
  CHECK(made.wait_for_hang_up(in_a_while()));
  CHECK_FALSE(made.alive());
  CHECK(made.call("status").assume_error().code == errc::unreachable);
}

TEST_CASE("hanging up ends the session and every call that waits",
          "[shm][client]") {
  std::promise<void> asked;
  std::promise<void> ended;
  fake_node node{[&](fake_session& session) {
    session.greet();
    (void)session.next();
    asked.set_value();
    session.wait_for_hang_up();
    ended.set_value();
  }};
  const auto made = connected(node);
  auto waiting = std::async(std::launch::async, [copy = made] {
    return copy.call("status").assume_error().code;
  });
  asked.get_future().wait();

  made.hang_up();

  CHECK(waiting.get() == errc::unreachable);
  CHECK(ended.get_future().wait_until(in_a_while())
        == std::future_status::ready);
  CHECK_FALSE(made.alive());
}

TEST_CASE("the reason that a node gives before it closes is told",
          "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.greet();
    session.say_closing("the node stops");
  }};
  const auto made = connected(node);
  REQUIRE(made.wait_for_hang_up(in_a_while()));

  // Now sending fails, and what was said before is still there to be read.
  const auto heard = made.call("status");

  REQUIRE_FALSE(heard);
  CHECK(heard.assume_error().code == errc::unreachable);
  CHECK_THAT(heard.assume_error().detail, Catch::Contains("the node stops"));
}

TEST_CASE("the reason is told even when the node left a request unread",
          "[shm][client]") {
  // Closing with a packet unread resets the connection, which the kernel
  // reports before what was said; many times, because it is a race.
  constexpr int rounds = 50;
  fake_node node{[](fake_session& session) {
                   session.greet();
                   session.wait_for_packet();
                   session.say_closing("enough");
                 },
                 rounds};

  for (int i = 0; i < rounds; ++i) {
    const auto heard = connected(node).call("status");
    REQUIRE_FALSE(heard);
    CHECK(heard.assume_error().code == errc::unreachable);
    CHECK_THAT(heard.assume_error().detail, Catch::Contains("enough"));
  }
}
