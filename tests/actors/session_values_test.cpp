// What a session stores, reads, flushes and confirms.
#include "config/defaults.hpp"
#include "config/region_bounds.hpp"
#include "tests/actors/one_client.hpp"

#include <cstring>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

namespace {

wire::bytes bytes_of(double value) {
  wire::bytes out(sizeof(value));
  std::memcpy(out.data(), &value, sizeof(value));
  return out;
}

const wire::fields quotes{{"region", text("quotes")}};

/// It has said hello.
struct known_client : one_client {
  known_client() {
    say_hello();
  }

  shm::variable<double> bid() {
    return memories["quotes"]->view().find<double>("bid").value();
  }

  wire::fields new_bid(double value) {
    return {{"region", text("quotes")},
            {"variable", text("bid")},
            {"value", bytes_of(value)}};
  }

  wire::fields flush_from(std::uint64_t epoch, bool durable = false) {
    return {
      {"region", text("quotes")}, {"stored_in", epoch}, {"durable", durable}};
  }

  std::uint64_t epoch() {
    return memories["quotes"]->view().epoch();
  }

  /// Asks with an id of the test's choice.
  const wire::frame& call_as(std::uint64_t id, const char* command,
                             wire::fields fields) {
    tell(session, line_packet{packet(id, command, std::move(fields))});
    CHECK(line->sent.back().frame.request_id == id);
    return line->sent.back().frame;
  }

  actors::tenant_region_actor quotes_region() {
    return *find("prod", "quotes").value;
  }

  /// Another node is its home from now on.
  void depose(const actors::tenant_region_actor& region) {
    catalog::placement elsewhere;
    elsewhere.home = 2;
    elsewhere.replicas = {1};
    elsewhere.epoch = epoch() + 1000;
    tell(region, placement_decided{elsewhere, {}});
  }

  /// Of the last request, which was tried as long as there was hope.
  errc late_refusal() {
    const auto before = line->sent.size();
    advance(config::region_wait_patience + 1s);
    REQUIRE(line->sent.size() == before + 1);
    return wire::error_of(line->sent.back().frame).code;
  }

  /// A client of the region that is in the middle of a store.
  void hold_lock() {
    const auto at = bid().at();
    at.head->lock.store(shm::layout::lock_word::held(at.generation, 999));
  }

  void release_lock() {
    const auto at = bid().at();
    at.head->lock.store(shm::layout::lock_word::free(at.generation));
  }
};

std::uint64_t version_in(const wire::frame& answer) {
  REQUIRE(answer.kind == wire::frame_kind::reply);
  return wire::number_or(answer.fields, "version", 0);
}

} // namespace

TEST_CASE_METHOD(known_client, "a flush commits what was stored before",
                 "[actors][session]") {
  REQUIRE(refusal("attach", attach_quotes()) == errc::ok);
  REQUIRE(bid().store(1.5));
  REQUIRE(bid().committed_version() == 0);

  CHECK(refusal("flush", flush_from(epoch())) == errc::ok);

  CHECK(bid().committed_version() == 1);
}

TEST_CASE_METHOD(known_client,
                 "a flush of what an older memory held is unknown",
                 "[actors][session]") {
  CHECK(refusal("flush", flush_from(epoch() - 1)) == errc::unknown);
  CHECK(refusal("flush", flush_from(0)) == errc::ok);
  CHECK(refusal("flush", flush_from(epoch())) == errc::ok);
}

TEST_CASE_METHOD(known_client, "a region without a disk has no durable flush",
                 "[actors][session]") {
  CHECK(refusal("flush", flush_from(0, true)) == errc::bad_argument);
}

TEST_CASE_METHOD(known_client,
                 "barriers are about the memory that the client attached",
                 "[actors][session]") {
  REQUIRE(refusal("attach", attach_quotes()) == errc::ok);
  REQUIRE(run_command(catalog::remove_region{{"prod", "quotes"}}));
  catalog::create_region again;
  again.name = {"prod", "quotes"};
  again.options = {1 << 20, 1 << 20, 16, 16};
  again.variables = {{"bid", shm::layout::variable_kind::value, "f64", 8}};
  REQUIRE(run_command(again));

  CHECK(refusal("flush", flush_from(0)) == errc::fenced);
  CHECK(refusal("confirm", quotes) == errc::fenced);

  REQUIRE(refusal("detach", quotes) == errc::ok);
  CHECK(refusal("flush", flush_from(0)) == errc::ok);
  CHECK(refusal("confirm", quotes) == errc::ok);
}

TEST_CASE_METHOD(known_client, "barriers and values need their rights",
                 "[actors][session]") {
  const wire::fields secret{{"region", text("secret")},
                            {"variable", text("bid")}};
  auto stored = secret;
  stored.push_back({"value", bytes_of(1)});

  CHECK(refusal("flush",
                {{"region", text("secret")}, {"stored_in", std::uint64_t{0}}})
        == errc::no_right);
  CHECK(refusal("confirm", {{"region", text("secret")}}) == errc::no_right);
  CHECK(refusal("store", stored) == errc::no_right);
  CHECK(refusal("load", secret) == errc::no_right);
  // Reading is not writing.
  CHECK(refusal("flush",
                {{"region", text("own-a")}, {"stored_in", std::uint64_t{0}}})
        == errc::no_right);
}

TEST_CASE_METHOD(known_client,
                 "a barrier that takes long does not end the line",
                 "[actors][session]") {
  auto& steps
    = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  REQUIRE(refusal("attach", attach_quotes()) == errc::ok);
  const auto before = line->sent.size();
  const auto [command, fields] = GENERATE_COPY(
    std::pair{text("flush"), flush_from(0)}, std::pair{text("confirm"), quotes},
    std::pair{text("store"), new_bid(1)});

  caf::anon_send(session, line_packet{packet(++last_id, command, fields)});
  steps.run_once();
  tell(session, line_overdue{});

  CHECK_FALSE(line->closed);
  CHECK(line->sent.size() == before + 1);
}

TEST_CASE_METHOD(known_client, "a value that a session stores is committed",
                 "[actors][session]") {
  CHECK(version_in(call("store", new_bid(2.5)).frame) == 1);

  CHECK(bid().read().value().value == 2.5);
  CHECK(bid().committed_version() == 1);
  CHECK(version_in(call("store", new_bid(3.5)).frame) == 2);
}

TEST_CASE_METHOD(known_client, "a store may ask for a version",
                 "[actors][session]") {
  const auto over = [this](std::uint64_t version) {
    auto fields = new_bid(1);
    fields.push_back({"expected", version});
    return refusal("store", std::move(fields));
  };

  CHECK(over(0) == errc::ok);
  CHECK(over(0) == errc::version_conflict);
  CHECK(over(1) == errc::ok);
  CHECK(bid().version() == 2);
}

TEST_CASE_METHOD(known_client, "a store that cannot be is refused",
                 "[actors][session]") {
  auto wrong = new_bid(1);

  SECTION("another size") {
    wrong[2].value = wire::bytes(7);
    CHECK(refusal("store", wrong) == errc::wrong_type);
  }
  SECTION("more than a session carries") {
    wrong[2].value = wire::bytes(config::session_value_bytes_max + 1);
    CHECK(refusal("store", wrong) == errc::too_long);
  }
  SECTION("another variable") {
    wrong[1].value = text("mid");
    CHECK(refusal("store", wrong) == errc::no_such_variable);
  }
  SECTION("not bytes") {
    wrong[2].value = text("1.5");
    CHECK(refusal("store", wrong) == errc::bad_argument);
  }
  SECTION("in memory that is not served") {
    memories["quotes"]->set_state(shm::layout::region_state::fenced);
    send("store", wrong);
    CHECK(late_refusal() == errc::fenced);
  }

  CHECK(bid().version() == 0);
}

TEST_CASE_METHOD(known_client, "a request that is repeated stores once",
                 "[actors][session]") {
  CHECK(version_in(call_as(100, "store", new_bid(1))) == 1);
  CHECK(version_in(call_as(101, "store", new_bid(2))) == 2);

  CHECK(version_in(call_as(100, "store", new_bid(1))) == 1);

  CHECK(bid().read().value().value == 2);
  // Another store is not the same request, whatever its id is.
  const auto& other = call_as(101, "store", new_bid(3));
  CHECK(wire::error_of(other).code == errc::bad_argument);
  CHECK(bid().version() == 2);
}

TEST_CASE_METHOD(known_client, "a refused store leaves its id free",
                 "[actors][session]") {
  auto fields = new_bid(1);
  fields.push_back({"expected", std::uint64_t{1}});
  CHECK(wire::error_of(call_as(100, "store", fields)).code
        == errc::version_conflict);
  REQUIRE(bid().store(0.5));

  CHECK(version_in(call_as(100, "store", fields)) == 2);
}

TEST_CASE_METHOD(known_client, "the latest outcomes are known, and no more",
                 "[actors][session]") {
  const auto stores = config::session_stores_max + 1;
  for (std::uint64_t id = 0; id < stores; ++id)
    REQUIRE(version_in(call_as(1000 + id, "store", new_bid(1))) == id + 1);

  CHECK(version_in(call_as(1001, "store", new_bid(1))) == 2);
  CHECK(bid().version() == stores);
  CHECK(version_in(call_as(1000, "store", new_bid(1))) == stores + 1);
}

TEST_CASE_METHOD(known_client,
                 "a store waits for a client's own, and blocks nobody",
                 "[actors][session]") {
  hold_lock();
  const auto before = line->sent.size();

  SECTION("that ends") {
    send("store", new_bid(1));
    advance(20ms);
    CHECK(line->sent.size() == before);
    release_lock();
    advance(20ms);
    REQUIRE(line->sent.size() == before + 1);
    CHECK(version_in(line->sent.back().frame) == 1);
  }
  SECTION("that does not") {
    send("store", new_bid(1));
    advance(config::session_retry_interval * config::session_tries_max);
    REQUIRE(line->sent.size() == before + 1);
    CHECK(wire::error_of(line->sent.back().frame).code == errc::contended);
    CHECK(bid().version() == 0);
    release_lock();
  }

  CHECK(refusal("status") == errc::ok);
}

TEST_CASE_METHOD(known_client, "a value is read with what is known of it",
                 "[actors][session]") {
  const wire::fields wanted{{"region", text("quotes")},
                            {"variable", text("bid")}};
  CHECK(refusal("load", wanted) == errc::no_value);
  REQUIRE(bid().store(1.5));

  const auto provisional = call("load", wanted).frame;
  CHECK(std::get<wire::bytes>(*wire::find(provisional.fields, "value"))
        == bytes_of(1.5));
  CHECK(version_in(provisional) == 1);
  CHECK(wire::number_or(provisional.fields, "committed", 9) == 0);
  CHECK(wire::number_or(provisional.fields, "epoch", 0) == epoch());
  CHECK(*wire::find_text(provisional.fields, "freshness") == "fresh");

  auto confirmed = wanted;
  confirmed.push_back({"confirm", true});
  CHECK(wire::number_or(call("load", confirmed).frame.fields, "committed", 0)
        == 1);
  depose(quotes_region());
  send("load", confirmed);
  CHECK(late_refusal() == errc::fenced);
  // Nobody has been heard of who is the home.
  advance(600ms);
  CHECK(*wire::find_text(call("load", wanted).frame.fields, "freshness")
        == "stale");
}

TEST_CASE_METHOD(known_client, "a counter has a value before it is stored",
                 "[actors][session]") {
  REQUIRE(run_command(catalog::add_variables{
    {"prod", "quotes"},
    {{"orders", shm::layout::variable_kind::counter, "i64", 8}}}));

  const auto& read
    = call("load", {{"region", text("quotes")}, {"variable", text("orders")}})
        .frame;

  CHECK(version_in(read) == 0);
  CHECK(std::get<wire::bytes>(*wire::find(read.fields, "value"))
        == wire::bytes(8));
}
