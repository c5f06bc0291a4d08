// Values that their home had together, as a node shows them, and the pause in
// which it takes such values.
#include "shm/group.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <cstring>

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;

namespace {

struct shown_together : attached_region {
  shown_together() {
    add_value<double>("bid");
    add_value<double>("ask");
    bid = owner->slot_of("bid").value();
    ask = owner->slot_of("ask").value();
  }

  shm::result<void> show(std::uint64_t version, double of_bid, double of_ask,
                         bool apart) {
    const auto first = as_bytes(of_bid);
    const auto second = as_bytes(of_ask);
    const std::array values{shm::shown_value{bid, version, first},
                            shm::shown_value{ask, version, second}};
    return owner->show_together(values, apart);
  }

  static std::array<char, sizeof(double)> as_bytes(double value) {
    std::array<char, sizeof(double)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof(value));
    return bytes;
  }

  std::uint32_t bid = 0;
  std::uint32_t ask = 0;
};

struct seen_together : shown_together {
  auto snapshot() {
    return shm::snapshot(bid_seen, ask_seen);
  }

  shm::region_view reader = attach(shm::access::read);
  shm::variable<double> bid_seen = reader.find<double>("bid").assume_value();
  shm::variable<double> ask_seen = reader.find<double>("ask").assume_value();
};

} // namespace

TEST_CASE_METHOD(seen_together, "what belongs together is shown together",
                 "[shm][unit]") {
  REQUIRE(show(3, 1.0, 2.0, false));

  const auto both = snapshot();

  REQUIRE(both);
  CHECK(std::get<0>(both.assume_value()).value == 1.0);
  CHECK(std::get<1>(both.assume_value()).value == 2.0);
  CHECK(std::get<1>(both.assume_value()).version == 3);
  CHECK(owner->look(bid)->grouped);
}

TEST_CASE_METHOD(seen_together,
                 "while a part is missing there is no snapshot, but each value",
                 "[shm][unit]") {
  REQUIRE(show(3, 1.0, 2.0, false));
  REQUIRE(show(4, 1.5, 2.5, true));

  CHECK(snapshot().assume_error() == errc::contended);
  CHECK(bid_seen.read().assume_value().value == 1.5);

  SECTION("until the rest is shown") {
    REQUIRE(show(5, 1.6, 2.6, false));
  }
  SECTION("until it is known to be no part") {
    owner->end_apart();
  }
  CHECK(snapshot());
}

TEST_CASE_METHOD(seen_together,
                 "the death of a reader shows no part of what is missing",
                 "[shm][unit]") {
  REQUIRE(show(4, 1.5, 2.5, true));

  const auto report = owner->release_client(1);

  CHECK(report.locks_freed == 0);
  CHECK(snapshot().assume_error() == errc::contended);
}

TEST_CASE_METHOD(shown_together, "one that does not fit keeps back all",
                 "[shm][unit]") {
  const std::string too_long(9, 'x');
  const auto first = as_bytes(1.0);
  const std::array values{shm::shown_value{bid, 1, first},
                          shm::shown_value{ask, 1, too_long}};

  CHECK(owner->show_together(values, false).assume_error().code
        == errc::too_long);

  CHECK(owner->look(bid)->version == 0);
  int more = 0;
  CHECK(owner->pause_writers(bid, more)); // its lock is free
}

TEST_CASE_METHOD(shown_together, "writers stay out for a pause",
                 "[shm][unit]") {
  const auto writer = attach();
  const auto mine = writer.find_any("bid").assume_value();
  const double value = 1.0;
  const auto bytes = std::as_bytes(std::span{&value, 1});
  int more = 3;
  REQUIRE(owner->pause_writers(bid, more));
  CHECK(more == 3);

  CHECK(mine.store_at_once(bytes, std::nullopt).assume_error()
        == errc::contended);
  CHECK_FALSE(owner->pause_writers(bid, more));
  CHECK(more == 0); // and is not tried more often

  owner->end_pause(bid);
  CHECK(mine.store_at_once(bytes, std::nullopt));
}

TEST_CASE_METHOD(shown_together, "what is put back is taken again",
                 "[shm][unit]") {
  const auto writer = attach();
  REQUIRE(writer.find<double>("bid").assume_value().store(1.0));
  REQUIRE(owner->drain() == 1);

  owner->put_back(bid);

  CHECK(owner->drain() == 1);
}

TEST_CASE_METHOD(shown_together,
                 "a variable that is stored in a group is known",
                 "[shm][unit]") {
  const auto writer = attach();
  const auto of_bid = writer.find<double>("bid").assume_value();
  const auto of_ask = writer.find<double>("ask").assume_value();
  REQUIRE(of_bid.store(1.0));
  CHECK_FALSE(owner->look(bid)->grouped);

  REQUIRE(shm::group_store{}.put(of_bid, 1.0).put(of_ask, 2.0).commit());

  CHECK(owner->look(bid)->grouped);
  CHECK(owner->look(ask)->grouped);
}
