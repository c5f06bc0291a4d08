#include "shm/group.hpp"

#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;
using shm::layout::lock_word;

namespace {

struct with_variables : attached_region {
  with_variables() {
    add_value<double>("bid");
    add_value<double>("ask");
    add("note", shm::layout::variable_kind::string, "string", 16);
  }
};

struct bid_and_ask : with_variables {
  shm::region_view writer = attach();
  shm::region_view reader = attach(shm::access::read);
  shm::variable<double> bid = writer.find<double>("bid").assume_value();
  shm::variable<double> ask = writer.find<double>("ask").assume_value();
  shm::variable<double> bid_seen = reader.find<double>("bid").assume_value();
  shm::variable<double> ask_seen = reader.find<double>("ask").assume_value();

  // Does what store_group does, up to the publication of `published` members.
  void die_in_group(std::size_t published, bool with_bits) {
    const std::array members{&bid, &ask};
    for (const auto* member : members) {
      REQUIRE(shm::take_lock(member->at(), member->in().owner) == errc::ok);
      const auto next = member->version() + 1;
      shm::fill_slot(member->at(), next, [](auto* payload) {
        const double value = 7.0;
        shm::store_words(payload, reinterpret_cast<const std::byte*>(&value),
                         8);
        return 8U;
      });
    }
    for (const auto* member : members)
      if (with_bits)
        member->at().head->lock.fetch_or(lock_word::group_bit);
    for (std::size_t i = 0; i < published; ++i)
      shm::publish(members[i]->at(), members[i]->version() + 1);
  }
};

} // namespace

TEST_CASE_METHOD(bid_and_ask, "a group is stored and read together",
                 "[shm][unit]") {
  const auto note = writer.find_string("note").assume_value();

  const auto stored
    = shm::group_store{}.put(ask, 2.0).put(bid, 1.0).put(note, "ok").commit();

  CHECK(stored);
  const auto both = shm::snapshot(bid_seen, ask_seen);
  REQUIRE(both);
  CHECK(std::get<0>(both.assume_value()).value == 1.0);
  CHECK(std::get<1>(both.assume_value()).value == 2.0);
  CHECK(note.read().assume_value().value == "ok");
  CHECK(owner->drain() == 3);
}

TEST_CASE_METHOD(bid_and_ask, "a group that cannot be stored leaves nothing",
                 "[shm][unit]") {
  const auto note = writer.find_string("note").assume_value();

  CHECK(shm::group_store{}
          .put(bid, 1.0)
          .put(note, "a text of more than 16")
          .commit()
          .assume_error()
        == errc::too_long);
  CHECK(shm::group_store{}.put(bid, 1.0).put(bid, 2.0).commit().assume_error()
        == errc::bad_argument);
  CHECK(shm::group_store{}.commit().assume_error() == errc::bad_argument);
  CHECK(shm::group_store{}.put(bid_seen, 1.0).commit().assume_error()
        == errc::no_right);

  CHECK(bid.version() == 0);
  CHECK(bid.store(1.0));
}

TEST_CASE_METHOD(bid_and_ask, "a removed member releases the others",
                 "[shm][unit]") {
  REQUIRE(owner->remove_variable("ask"));

  CHECK(shm::group_store{}.put(bid, 1.0).put(ask, 2.0).commit().assume_error()
        == errc::removed);

  CHECK(bid.store(3.0).assume_value() == 1);
}

TEST_CASE_METHOD(bid_and_ask,
                 "a group half published is not seen and is "
                 "rolled forward",
                 "[shm][unit]") {
  REQUIRE(shm::group_store{}.put(bid, 1.0).put(ask, 2.0).commit());
  die_in_group(1, true);

  CHECK(bid_seen.read().assume_value().value == 7.0);
  CHECK(shm::snapshot(bid_seen, ask_seen).assume_error() == errc::contended);
  const auto report = owner->release_client(bid.in().owner);

  CHECK(report.rolled_forward == 1);
  const auto both = shm::snapshot(bid_seen, ask_seen).assume_value();
  CHECK(std::get<0>(both).value == 7.0);
  CHECK(std::get<1>(both).value == 7.0);
}

TEST_CASE_METHOD(bid_and_ask, "a group that published nothing is rolled back",
                 "[shm][unit]") {
  const bool with_bits = GENERATE(false, true);
  REQUIRE(shm::group_store{}.put(bid, 1.0).put(ask, 2.0).commit());
  die_in_group(0, with_bits);

  const auto report = owner->release_client(bid.in().owner);

  CHECK(report.rolled_forward == 0);
  CHECK(report.locks_freed == 2);
  const auto both = shm::snapshot(bid_seen, ask_seen).assume_value();
  CHECK(std::get<0>(both).value == 1.0);
  CHECK(std::get<1>(both).value == 2.0);
}

TEST_CASE_METHOD(bid_and_ask, "a group published whole is left as it is",
                 "[shm][unit]") {
  REQUIRE(shm::group_store{}.put(bid, 1.0).put(ask, 2.0).commit());
  die_in_group(2, true);

  const auto report = owner->release_client(bid.in().owner);

  CHECK(report.rolled_forward == 0);
  const auto both = shm::snapshot(bid_seen, ask_seen).assume_value();
  CHECK(std::get<0>(both).value == 7.0);
  CHECK(std::get<1>(both).value == 7.0);
  CHECK(bid.version() == 2);
}
