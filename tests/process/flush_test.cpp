// Flushes of real programs, beside a node that is killed, frozen and started
// again, and beside writers that are killed.
#include "tests/process/child.hpp"
#include "tests/process/one_region.hpp"
#include "tests/process/subscriber.hpp"

#include <array>
#include <atomic>
#include <future>
#include <optional>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using client::durability;
using shm::errc;

namespace {

constexpr std::size_t writers = 3;

constexpr auto a_variable_each
  = R"([{"name": "quotes", "bytes": "1MiB", "variables": [
  {"name": "v0", "type": "u64", "capacity": "8B"},
  {"name": "v1", "type": "u64", "capacity": "8B"},
  {"name": "v2", "type": "u64", "capacity": "8B"}]}])";

client::connection connect_for(const real_node& node,
                               std::chrono::milliseconds patience) {
  auto made = client::connection::connect(
    {node.socket(), "prod", "flush_test", patience});
  REQUIRE(made);
  return std::move(made).assume_value();
}

template <class Result>
errc code_of(const Result& outcome) {
  return outcome ? errc::ok : outcome.assume_error().code;
}

/// What each writer knows to be safe, and how often it was told so.
struct promised {
  std::array<std::atomic<std::uint64_t>, writers> versions{};
  std::array<std::atomic<std::uint64_t>, writers> flushes{};
};

/// Runs in a process of its own until it is killed.
void store_and_flush(const std::string& socket, std::size_t me,
                     promised& told) {
  const auto node = client::connection::connect({.socket = socket});
  const auto quotes = node.value().attach("quotes", shm::access::write);
  const auto own = quotes.value().find<std::uint64_t>("v" + std::to_string(me));
  for (std::uint64_t value = 0;; ++value) {
    std::uint64_t version = 0;
    for (int i = 0; i < 10; ++i)
      version = own.value().store(value).value();
    if (!node.value().flush(quotes.value()))
      ::_exit(1);
    told.versions[me].store(version);
    told.flushes[me].fetch_add(1);
  }
}

} // namespace

TEST_CASE("what programs were told is safe is committed, whoever is killed "
          "beside them",
          "[process][flush]") {
  const real_node node{node_text(own_tenant(a_variable_each))};
  const shared<promised> told;
  std::array<std::optional<child>, writers> all;
  const auto start = [&](std::size_t me) {
    all[me].emplace([&, me] { store_and_flush(node.socket(), me, *told); });
  };
  for (std::size_t me = 0; me < writers; ++me)
    start(me);
  const auto client = connect(node);
  const auto view = client.attach("quotes", shm::access::read).assume_value();
  std::vector<shm::variable<std::uint64_t>> variables;
  for (std::size_t me = 0; me < writers; ++me)
    variables.push_back(
      view.find<std::uint64_t>("v" + std::to_string(me)).assume_value());
  const auto holds = [&] {
    for (std::size_t me = 0; me < writers; ++me) {
      const auto safe = told->versions[me].load();
      if (variables[me].committed_version() < safe)
        return false;
    }
    return true;
  };

  for (std::size_t kill = 0; kill < 30; ++kill) {
    const auto me = kill % writers;
    const auto before = told->flushes[me].load();
    const auto others = told->flushes[(me + 1) % writers].load();
    REQUIRE(eventually([&] {
      CHECK(holds());
      return told->flushes[me].load() >= before + 5
             && told->flushes[(me + 1) % writers].load() > others;
    }));
    all[me]->kill();
    CHECK(holds());
    start(me);
  }
}

TEST_CASE("a frozen node leaves a flush unknown, and the next one finds out",
          "[process][flush]") {
  real_node node{node_text(own_tenant(one_region))};
  const auto client = connect_for(node, 1500ms);
  const auto quotes = client.attach("quotes", shm::access::write).value();
  const auto bid = quotes.find<double>("bid").value();
  REQUIRE(bid.store(1));

  node.freeze();
  const auto read = bid.read().value();
  CHECK(code_of(client.flush(quotes)) == errc::unknown);
  CHECK(code_of(client.confirm(quotes, read.epoch)) == errc::unknown);
  REQUIRE(bid.store(2)); // memory is there all the same
  node.thaw();

  REQUIRE(eventually([&] { return client.flush(quotes).has_value(); }));
  CHECK(bid.committed_version() == 2);
  CHECK(client.confirm(quotes, read.epoch));
}

TEST_CASE("a killed node leaves a flush unknown at once", "[process][flush]") {
  real_node node{node_text(own_tenant(one_region))};
  const auto client = connect_for(node, 60s);
  const auto quotes = client.attach("quotes", shm::access::write).value();
  REQUIRE(quotes.find<double>("bid").value().store(1));

  node.freeze();
  auto waiting = std::async(std::launch::async,
                            [&] { return code_of(client.flush(quotes)); });
  CHECK(waiting.wait_for(50ms) == std::future_status::timeout);
  node.kill();

  CHECK(waiting.get() == errc::unknown);
  CHECK_FALSE(client.alive());
}

TEST_CASE("a region that is on no disk is not flushed to one",
          "[process][flush]") {
  const real_node node{node_text(own_tenant(one_region))};
  const auto client = connect(node);
  const auto quotes = client.attach("quotes", shm::access::write).value();

  CHECK(code_of(client.flush(quotes, durability::disk)) == errc::bad_argument);
  CHECK(client.flush(quotes));
}

TEST_CASE("a region that was removed is fenced", "[process][flush]") {
  const real_node node{node_text(own_tenant(one_region))};
  const auto client = connect(node);
  const auto quotes = client.attach("quotes", shm::access::write).value();
  const auto bid = quotes.find<double>("bid").value();
  REQUIRE(bid.store(1));
  const auto read = bid.read().value();

  REQUIRE(connect(node).remove_region("quotes"));

  CHECK(code_of(client.flush(quotes)) == errc::fenced);
  CHECK(code_of(client.confirm(quotes, read.epoch)) == errc::fenced);
}

TEST_CASE("what a node lost with its memory no later flush covers",
          "[process][flush]") {
  real_node node{node_text(own_tenant(one_region))};
  client_application application{node.socket()};
  const auto attach = [&] {
    const auto done = application.ask<client::attached>(
      client::attach_request{"quotes", shm::access::write});
    REQUIRE(done);
    return done->epoch;
  };
  const auto store = [&](double value) {
    REQUIRE(application.ask<client::stored>(
      client::store_request::of("quotes", "bid", value)));
  };
  const auto flush = [&](bool anew = false) {
    const auto done = application.ask<client::flushed>(
      client::flush_request{"quotes", durability::memory, anew});
    return done ? errc::ok : application.code_of(done.error());
  };
  CHECK(flush() == errc::no_such_region);
  const auto epoch = attach();
  store(1);
  CHECK(flush() == errc::ok);
  const bool stored_since = GENERATE(true, false);
  if (stored_since)
    store(2);

  node.kill();
  node.restart();

  REQUIRE(attach() > epoch);
  if (!stored_since) {
    CHECK(flush() == errc::ok);
    return;
  }
  CHECK(flush() == errc::unknown);
  store(3);
  CHECK(flush() == errc::unknown);
  CHECK(flush(true) == errc::ok);
  CHECK(flush() == errc::ok);
}

TEST_CASE("an application reads what is sure to be the newest",
          "[process][flush]") {
  const real_node node{node_text(own_tenant(one_region))};
  client_application application{node.socket()};
  REQUIRE(application.ask<client::attached>(
    client::attach_request{"quotes", shm::access::write}));
  const auto read = [&] {
    return application.ask<client::variable_value>(
      client::confirmed_read_request{"quotes", "bid"});
  };
  CHECK(application.code_of(read().error()) == errc::no_value);
  REQUIRE(application.ask<client::stored>(
    client::store_request::of("quotes", "bid", 1.5)));

  const auto confirmed = read();

  REQUIRE(confirmed);
  CHECK(confirmed->as<double>() == 1.5);
  const auto client = connect(node);
  const auto quotes = client.attach("quotes", shm::access::read).value();
  CHECK(quotes.find<double>("bid").value().committed_version() == 1);
}
