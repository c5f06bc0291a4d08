// A program's connection, against nodes that break the protocol.
#include "shm/client/connection.hpp"
#include "shm/memory_object.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/shm/fake_node.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
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

using misdeed = std::function<void(fake_session&, const wire::frame&)>;

connection connected(const fake_node& node,
                     std::chrono::milliseconds patience = 5s) {
  auto made = connection::connect({node.path(), "", "hostile_test", patience});
  REQUIRE(made);
  return std::move(made).assume_value();
}

// Greets and does that to the first request.
fake_node::script greets_then(misdeed answer) {
  return [answer = std::move(answer)](fake_session& session) {
    session.greet();
    answer(session, session.next());
    session.wait_for_hang_up();
  };
}

wire::frame reply_to(const wire::frame& request, std::uint16_t descriptors = 0,
                     wire::fields fields = {}) {
  return {wire::frame_kind::reply, request.request_id, descriptors, "",
          std::move(fields)};
}

wire::fields grant(std::uint64_t owner = 1) {
  return {{"region", std::string{"r"}},
          {"access", std::string{"read"}},
          {"owner", owner}};
}

wire::fields variable_row(const std::string& name) {
  return {{"name", name},
          {"kind", std::string{"value"}},
          {"type", std::string{"f64"}},
          {"capacity", std::uint64_t{8}},
          {"version", std::uint64_t{0}},
          {"committed", std::uint64_t{0}}};
}

// What the call says after that, and that the connection is of no further use.
std::string detail_after(misdeed answer) {
  fake_node node{greets_then(std::move(answer))};
  const auto made = connected(node);
  const auto heard = made.call("status");
  REQUIRE_FALSE(heard);
  CHECK(heard.assume_error().code == errc::protocol);
  CHECK_FALSE(made.alive());
  CHECK(made.call("status").assume_error().detail
        == heard.assume_error().detail);
  return heard.assume_error().detail;
}

} // namespace

TEST_CASE("bytes that are no frame end the conversation", "[shm][client]") {
  CHECK_THAT(detail_after([](auto& session, const auto&) {
               session.send(wire::bytes(100, std::byte{0x5a}));
             }),
             Catch::Contains("not a Holdfast frame"));
}

TEST_CASE("a packet above 64 KiB ends the conversation", "[shm][client]") {
  CHECK_THAT(detail_after([](auto& session, const auto&) {
               session.send(wire::bytes(70'000));
             }),
             Catch::Contains("a packet of 70000 bytes"));
}

TEST_CASE("an answer to what was never asked ends the conversation",
          "[shm][client]") {
  CHECK_THAT(detail_after([](auto& session, auto request) {
               ++request.request_id;
               session.reply(request);
             }),
             Catch::Contains("an answer to request 3, the latest is 2"));
  CHECK_THAT(detail_after([](auto& session, auto request) {
               request.request_id = 0;
               session.reply(request);
             }),
             Catch::Contains("an answer to request 0"));
}

TEST_CASE("a request that the node cannot read ends the conversation",
          "[shm][client]") {
  CHECK(detail_after([](auto& session, auto request) {
          request.request_id = 0;
          session.refuse(request, {errc::protocol, "byte 24: what?"});
        })
        == "byte 24: what?");
}

TEST_CASE("a second answer to one request ends the conversation",
          "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.greet();
    const auto first = session.next();
    session.reply(first);
    session.reply(first);
    session.wait_for_hang_up();
  }};
  const auto made = connected(node);

  CHECK(made.call("status"));
  const auto second = made.call("status");

  REQUIRE_FALSE(second);
  CHECK(second.assume_error().code == errc::protocol);
}

TEST_CASE("a node that asks ends the conversation", "[shm][client]") {
  CHECK_THAT(detail_after([](auto& session, const auto& request) {
               session.send(request);
             }),
             Catch::Contains("a request"));
}

TEST_CASE("descriptors that nobody asked for are closed", "[shm][client]") {
  const auto before = test::open_descriptors();

  CHECK_THAT(detail_after([](auto& session, const auto& request) {
               session.send(reply_to(request, 2), {0, 1});
             }),
             Catch::Contains("2 descriptors where 0 are due"));
  CHECK_THAT(detail_after([](auto& session, const auto& request) {
               session.send(reply_to(request), {0, 1});
             }),
             Catch::Contains("2 descriptors and announced 0"));
  CHECK_THAT(detail_after([](auto& session, const auto& request) {
               session.send(reply_to(request, 2), {0, 1, 2, 0});
             }),
             Catch::Contains("more descriptors"));

  CHECK(test::open_descriptors() == before);
}

TEST_CASE("an attach must bring both memory objects", "[shm][client]") {
  const auto before = test::open_descriptors();
  const auto detail_of = [](misdeed answer) {
    fake_node node{greets_then(std::move(answer))};
    const auto view = connected(node).attach("r", shm::access::read);
    REQUIRE_FALSE(view);
    CHECK(view.assume_error().code == errc::protocol);
    return view.assume_error().detail;
  };

  CHECK_THAT(detail_of([](auto& session, const auto& request) {
               session.send(reply_to(request, 0, grant()));
             }),
             Catch::Contains("0 descriptors where 2 are due"));
  CHECK_THAT(detail_of([](auto& session, const auto& request) {
               session.send(reply_to(request, 1, grant()), {0});
             }),
             Catch::Contains("1 descriptors where 2 are due"));
  CHECK_THAT(detail_of([](auto& session, const auto& request) {
               session.send(reply_to(request, 2, grant()), {0});
             }),
             Catch::Contains("1 descriptors and announced 2"));
  CHECK_THAT(detail_of([](auto& session, const auto& request) {
               session.send(reply_to(request, 2, grant(0)), {0, 1});
             }),
             Catch::Contains("numbers this client 0"));
  CHECK_THAT(detail_of([](auto& session, const auto& request) {
               session.send(reply_to(request, 2, grant(1ULL << 31)), {0, 1});
             }),
             Catch::Contains("numbers this client 2147483648"));

  CHECK(test::open_descriptors() == before);
}

TEST_CASE("memory that is no region is given back", "[shm][client]") {
  const auto before = test::open_descriptors();
  {
    std::promise<std::string> next_command;
    fake_node node{greets_then([&](auto& session, const auto& request) {
      session.send(reply_to(request, 2, grant()), {0, 1});
      const auto next = session.next();
      session.reply(next);
      next_command.set_value(next.command);
    })};
    const auto made = connected(node);

    const auto view = made.attach("r", shm::access::read);

    REQUIRE_FALSE(view);
    CHECK(view.assume_error().code != errc::protocol);
    CHECK(next_command.get_future().get() == "detach");
    CHECK(made.alive());
  }
  CHECK(test::open_descriptors() == before);
}

TEST_CASE("hanging up in the middle of a call is told", "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.greet();
    (void)session.next();
  }};
  const auto made = connected(node);

  const auto heard = made.call("status");

  REQUIRE_FALSE(heard);
  CHECK(heard.assume_error().code == errc::unreachable);
  CHECK_THAT(heard.assume_error().detail, Catch::Contains("hung up"));
}

TEST_CASE("a node that does not answer costs no more than the patience",
          "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.greet();
    // Reads the first request and answers it only after the second.
    const auto late = session.next();
    const auto second = session.next();
    session.reply(late, {{"answer", std::uint64_t{1}}});
    session.reply(second, {{"answer", std::uint64_t{2}}});
    session.wait_for_hang_up();
  }};
  const auto made = connected(node, 100ms);

  const auto start = std::chrono::steady_clock::now();
  const auto first = made.call("status");
  CHECK(std::chrono::steady_clock::now() - start >= 100ms);
  REQUIRE_FALSE(first);
  CHECK(first.assume_error().code == errc::timeout);

  const auto second = made.call("status");
  REQUIRE(second);
  CHECK(wire::number_or(second.assume_value(), "answer", 0) == 2);
}

TEST_CASE("late memory is closed, not mistaken for an answer",
          "[shm][client]") {
  const auto before = test::open_descriptors();
  {
    fake_node node{[](fake_session& session) {
      session.greet();
      const auto attach = session.next();
      const auto second = session.next();
      session.send(reply_to(attach, 2, grant()), {0, 1});
      session.reply(second);
      session.wait_for_hang_up();
    }};
    const auto made = connected(node, 100ms);

    CHECK(made.attach("r", shm::access::read).assume_error().code
          == errc::timeout);
    CHECK(made.call("status"));
  }
  CHECK(test::open_descriptors() == before);
}

TEST_CASE("a node that reads nothing costs no more than the patience",
          "[shm][client]") {
  std::promise<void> end;
  fake_node node{[&end](fake_session& session) {
    session.greet();
    end.get_future().wait();
  }};
  const auto made = connected(node, 20ms);
  const wire::fields large{{"text", std::string(60'000, 'x')}};

  errc last = errc::ok;
  std::string detail;
  for (int i = 0; i < 20 && detail.find("not sent") == std::string::npos; ++i) {
    auto failure = made.call("status", large).assume_error();
    last = failure.code;
    detail = failure.detail;
  }

  CHECK(last == errc::timeout);
  CHECK_THAT(detail, Catch::Contains("was not sent: the node reads nothing"));
  end.set_value();
}

TEST_CASE("notices without end do not keep a caller", "[shm][client]") {
  std::atomic<bool> done{false};
  fake_node node{greets_then([&done](auto& session, const auto&) {
    // From several threads, so that there is always one more to read.
    const auto packet = wire::encode({wire::frame_kind::notice,
                                      0,
                                      0,
                                      "",
                                      {{"reason", std::string(60'000, 'x')}}});
    std::vector<std::jthread> senders;
    senders.reserve(4);
    for (int i = 0; i < 4; ++i)
      senders.emplace_back([&] {
        while (!done)
          session.send(packet.assume_value());
      });
  })};
  const auto made = connected(node, 100ms);

  const auto start = std::chrono::steady_clock::now();
  const auto heard = made.call("status");
  const auto took = std::chrono::steady_clock::now() - start;
  done = true;

  REQUIRE_FALSE(heard);
  CHECK(heard.assume_error().code == errc::timeout);
  CHECK(took < 1s);
}

TEST_CASE("waiting for one's turn is bounded too", "[shm][client]") {
  fake_node node{greets_then([](auto&, const auto&) {
    // nop: the first request stays unanswered
  })};
  const auto made = connected(node, 300ms);
  const auto start = std::chrono::steady_clock::now();

  std::vector<std::future<errc>> all;
  all.reserve(4);
  for (int i = 0; i < 4; ++i)
    all.push_back(std::async(std::launch::async, [&made] {
      return made.call("status").assume_error().code;
    }));

  for (auto& one : all)
    CHECK(one.get() == errc::timeout);
  // One after the other would take 1200 ms.
  CHECK(std::chrono::steady_clock::now() - start < 900ms);
}

TEST_CASE("replies that lack what was promised are refused", "[shm][client]") {
  const auto detail_of = [](wire::fields fields) {
    fake_node node{greets_then([&fields](auto& session, const auto& request) {
      session.reply(request, fields);
      while (true) {
        const auto next = session.next();
        if (next.command.empty())
          return;
        session.reply(next, fields);
      }
    })};
    const auto heard = connected(node).variables("r");
    REQUIRE_FALSE(heard);
    CHECK(heard.assume_error().code == errc::protocol);
    return heard.assume_error().detail;
  };
  auto incomplete = variable_row("a");
  incomplete.pop_back();

  CHECK_THAT(detail_of({}), Catch::Contains("lacks 'rows', rows"));
  CHECK_THAT(detail_of({{"rows", wire::rows{}}}),
             Catch::Contains("lacks 'more', a bool"));
  CHECK_THAT(detail_of({{"rows", wire::rows{incomplete}}, {"more", false}}),
             Catch::Contains("lacks 'committed', a number"));
  CHECK_THAT(detail_of({{"rows", wire::rows{}}, {"more", true}}),
             Catch::Contains("an empty page"));
  CHECK_THAT(
    detail_of({{"rows", wire::rows{variable_row("a")}}, {"more", true}}),
    Catch::Contains("not sorted"));
}

TEST_CASE("a greeting that lacks something is refused", "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.reply(session.next(), {{"node", std::uint64_t{1}}});
  }};

  const auto made = connection::connect({node.path(), "", "x", 5s});

  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == errc::protocol);
  CHECK_THAT(made.assume_error().detail,
             Catch::Contains("the reply to 'hello' lacks 'node_name', text"));
}

TEST_CASE("a node that refuses the hello says why", "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.refuse(session.next(), {errc::refused, "user 1000 is unknown"});
  }};

  const auto made = connection::connect({node.path(), "", "x", 5s});

  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == errc::refused);
  CHECK(made.assume_error().detail == "user 1000 is unknown");
}
