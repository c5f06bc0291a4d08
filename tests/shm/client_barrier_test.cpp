// Flushing and confirming, against nodes that answer what a test says.
#include "shm/client/connection.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/shm/fake_node.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace holdfast;
using namespace std::chrono_literals;
using client::connection;
using client::durability;
using shm::errc;
using test::fake_node;
using test::fake_session;

namespace {

struct one_variable : test::attached_region {
  one_variable() {
    add_value<double>("bid");
    owner->begin_epoch(5);
  }
};

/// A node that hands out one region and then does what the test says.
struct barrier_node {
  using next_step = std::function<void(fake_session&, const wire::frame&)>;

  explicit barrier_node(next_step answer,
                        std::chrono::milliseconds patience = 5s)
    : node_{[this, answer = std::move(answer)](fake_session& session) {
        session.greet();
        grant(session, session.next());
        for (auto asked = session.next(); !asked.command.empty();
             asked = session.next()) {
          heard.push_back(asked);
          answer(session, asked);
        }
      }},
      connection_{connection::connect({node_.path(), "acme", "", patience})},
      view_{connection_.value().attach("prices", shm::access::write)} {
    // nop
  }

  void grant(fake_session& session, const wire::frame& asked) const {
    const auto& owner = *region.owner;
    const auto control = owner.share_control().assume_value();
    const auto data = owner.share_data(shm::access::write).assume_value();
    session.send({wire::frame_kind::reply,
                  asked.request_id,
                  2,
                  "",
                  {{"owner", std::uint64_t{1}}}},
                 {control.get(), data.get()});
  }

  const connection& client() const {
    return connection_.value();
  }

  const shm::region_view& view() const {
    return view_.value();
  }

  void store(double value) const {
    REQUIRE(view().find<double>("bid").value().store(value));
  }

  errc flush(durability wanted = durability::memory) const {
    const auto done = client().flush(view(), wanted);
    return done ? errc::ok : done.assume_error().code;
  }

  std::uint64_t last_stored_in() const {
    return wire::number_or(heard.back().fields, "stored_in", 99);
  }

  one_variable region;
  std::vector<wire::frame> heard;

private:
  fake_node node_;
  shm::result<connection> connection_;
  shm::result<shm::region_view> view_;
};

void say_done(fake_session& session, const wire::frame& asked) {
  session.reply(asked);
}

} // namespace

TEST_CASE("a flush names the oldest store, and what it is to survive",
          "[shm][client]") {
  const barrier_node node{say_done};
  node.store(1);
  node.region.owner->begin_epoch(6);
  node.store(2);

  CHECK(node.flush() == errc::ok);

  REQUIRE(node.heard.size() == 1);
  const auto& asked = node.heard[0];
  CHECK(asked.command == "flush");
  CHECK(*wire::find_text(asked.fields, "region") == "prices");
  CHECK(node.last_stored_in() == 5);
  CHECK(std::get<bool>(*wire::find(asked.fields, "durable")) == false);

  CHECK(node.flush(durability::disk) == errc::ok);
  CHECK(node.last_stored_in() == 0);
  CHECK(std::get<bool>(*wire::find(node.heard[1].fields, "durable")));
}

TEST_CASE("a flush that does not end well names its stores again",
          "[shm][client]") {
  const auto code = GENERATE(errc::fenced, errc::overloaded, errc::unknown,
                             errc::unavailable, errc::no_right);
  int answers = 0;
  const barrier_node node{[&](fake_session& session, const auto& asked) {
    if (++answers <= 2)
      session.refuse(asked, {code, "because"});
    else
      session.reply(asked);
  }};
  node.store(1);

  CHECK(node.flush() == code);
  node.region.owner->begin_epoch(6);
  node.store(2);
  CHECK(node.flush() == code);
  CHECK(node.last_stored_in() == 5);

  SECTION("until one does") {
    CHECK(node.flush() == errc::ok);
    CHECK(node.last_stored_in() == 5);
    CHECK(node.flush() == errc::ok);
    CHECK(node.last_stored_in() == 0);
  }
  SECTION("or they are forgotten") {
    node.store(3);
    node.view().forget_doubt();
    CHECK(node.flush() == errc::ok);
    CHECK(node.last_stored_in() == 6);
  }
}

TEST_CASE("a flush without an answer is unknown, and its late answer is not "
          "taken for that of the next",
          "[shm][client]") {
  std::vector<wire::frame> open;
  const barrier_node node{[&](fake_session& session, const auto& asked) {
                            open.push_back(asked);
                            if (open.size() == 1)
                              return;
                            session.reply(open[0]);
                            session.refuse(open[1], {errc::fenced, ""});
                          },
                          100ms};
  node.store(1);

  CHECK(node.flush() == errc::unknown);
  CHECK(node.flush() == errc::fenced);
  CHECK(node.last_stored_in() == 5);
}

TEST_CASE("a node that hangs up leaves a flush unknown", "[shm][client]") {
  const barrier_node node{[](fake_session& session, const auto&) {
    session.say_closing("enough");
    session.hang_up();
  }};
  node.store(1);

  const auto done = node.client().flush(node.view());

  CHECK(done.assume_error().code == errc::unknown);
  CHECK_THAT(done.assume_error().detail, Catch::Contains("enough"));
  CHECK_FALSE(node.client().alive());
  CHECK(node.flush() == errc::unknown);
}

TEST_CASE("a view is flushed through the connection that attached it",
          "[shm][client]") {
  const barrier_node one{say_done};
  const barrier_node other{say_done};

  CHECK(one.client().flush(other.view()).assume_error().code
        == errc::bad_argument);
  CHECK(one.client().confirm(other.view(), 5).assume_error().code
        == errc::bad_argument);
  CHECK(one.heard.empty());
}

TEST_CASE("a reading is confirmed in its own epoch", "[shm][client]") {
  barrier_node* in = nullptr;
  bool epoch_begins = false;
  barrier_node node{[&](fake_session& session, const auto& asked) {
    if (epoch_begins)
      in->region.owner->begin_epoch(6);
    session.reply(asked);
  }};
  in = &node;
  const auto bid = node.view().find<double>("bid").value();
  node.store(1);
  const auto read = bid.read().value();

  CHECK(node.client().confirm(node.view(), read.epoch));
  CHECK(node.heard.back().command == "confirm");
  epoch_begins = true;
  CHECK(node.client().confirm(node.view(), read.epoch).assume_error().code
        == errc::unknown);
}

TEST_CASE("what one thread's flush leaves in doubt, no other's covers",
          "[shm][client]") {
  std::uint64_t in_doubt = 0;
  std::uint64_t epoch = 5;
  int not_named = 0;
  int number = 0;
  barrier_node* in = nullptr;
  barrier_node node{[&](fake_session& session, const auto& asked) {
    const auto named = wire::number_or(asked.fields, "stored_in", 0);
    if (in_doubt != 0 && (named == 0 || named > in_doubt))
      ++not_named;
    in->region.owner->begin_epoch(++epoch);
    const bool fails = ++number % 3 == 0;
    in_doubt = !fails ? 0 : in_doubt ? std::min(in_doubt, named) : named;
    if (fails)
      session.refuse(asked, {errc::unknown, ""});
    else
      session.reply(asked);
  }};
  in = &node;
  const auto bid = node.view().find<double>("bid").value();

  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 300; ++round) {
          (void)bid.store(round);
          (void)node.client().flush(node.view());
        }
      });
  }

  CHECK(node.heard.size() == 600);
  CHECK(not_named == 0);
}
