// What a process remembers of its stores until a flush has covered them.
#include "shm/flush_marks.hpp"

#include "shm/group.hpp"
#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;
using shm::layout::variable_kind;

namespace {

struct four_variables : attached_region {
  four_variables() {
    add_value<double>("bid");
    add_value<double>("ask");
    add("title", variable_kind::string, "string", 64);
    add("orders", variable_kind::counter, "i64", 8);
    owner->begin_epoch(5);
  }
};

struct stored_in_epochs : four_variables {
  std::uint64_t flushed() {
    const auto named = view.attached()->marks.begin_flush();
    view.attached()->marks.end_flush();
    return named;
  }

  shm::region_view view = attach();
  shm::variable<double> bid = view.find<double>("bid").assume_value();
  shm::variable<double> ask = view.find<double>("ask").assume_value();
};

} // namespace

TEST_CASE("a flush names the oldest epoch of what was stored since the last",
          "[shm][unit]") {
  shm::flush_marks marks;
  CHECK(marks.begin_flush() == 0);

  marks.on_stored(3);
  marks.on_stored(4);
  // Begun in an older epoch, and slow to end.
  marks.on_stored(2);
  CHECK(marks.begin_flush() == 2);
  marks.end_flush();
  CHECK(marks.begin_flush() == 0);

  marks.on_stored(4);
  CHECK(marks.begin_flush() == 4);
}

TEST_CASE("a flush that did not end well leaves its stores to the next",
          "[shm][unit]") {
  shm::flush_marks marks;
  marks.on_stored(3);
  CHECK(marks.begin_flush() == 3);

  marks.on_stored(5);
  CHECK(marks.begin_flush() == 3);

  SECTION("which may end well") {
    marks.end_flush();
    CHECK(marks.begin_flush() == 0);
  }
  SECTION("until they are forgotten") {
    marks.on_stored(6);
    marks.forget_doubt();
    CHECK(marks.begin_flush() == 6);
  }
}

TEST_CASE("what an earlier mapping stored can be put in doubt", "[shm][unit]") {
  shm::flush_marks marks;
  marks.put_in_doubt(0);
  CHECK(marks.begin_flush() == 0);

  marks.put_in_doubt(3);
  marks.put_in_doubt(4);
  marks.on_stored(7);
  CHECK(marks.begin_flush() == 3);
}

TEST_CASE_METHOD(stored_in_epochs, "every way to store leaves a mark",
                 "[shm][unit]") {
  CHECK(flushed() == 0);

  SECTION("a value") {
    REQUIRE(bid.store(1));
  }
  SECTION("one of an expected version") {
    REQUIRE(bid.compare_and_store(0, 1));
  }
  SECTION("text") {
    REQUIRE(view.find_string("title").assume_value().store("x"));
  }
  SECTION("a counter") {
    REQUIRE(view.find_counter("orders").assume_value().fetch_add(1));
  }
  SECTION("a group") {
    REQUIRE(shm::group_store{}.put(bid, 1.0).put(ask, 2.0).commit());
  }
  SECTION("a tool") {
    const std::vector<std::byte> bytes(8);
    REQUIRE(
      view.find_any("bid").assume_value().store_at_once(bytes, std::nullopt));
  }

  owner->begin_epoch(6);
  REQUIRE(ask.store(3));
  CHECK(flushed() == 5);
  CHECK(flushed() == 0);
}

TEST_CASE_METHOD(stored_in_epochs, "a store that is refused leaves no mark",
                 "[shm][unit]") {
  CHECK_FALSE(bid.compare_and_store(7, 1));
  CHECK_FALSE(
    view.find_string("title").assume_value().store(std::string(65, 'x')));
  owner->set_state(shm::layout::region_state::fenced);
  CHECK_FALSE(bid.store(1));
  CHECK_FALSE(shm::group_store{}.put(bid, 1.0).put(ask, 2.0).commit());

  CHECK(flushed() == 0);
}

TEST_CASE_METHOD(stored_in_epochs, "each mapping has marks of its own",
                 "[shm][unit]") {
  const auto other = attach();
  REQUIRE(other.find<double>("bid").assume_value().store(1));

  CHECK(flushed() == 0);
  CHECK(other.attached()->marks.begin_flush() == 5);
}

TEST_CASE_METHOD(stored_in_epochs, "who may not wait is told at once",
                 "[shm][unit]") {
  const auto any = view.find_any("bid").assume_value();
  const std::vector<std::byte> bytes(8);
  const auto& place = bid.at();
  REQUIRE(bid.store(1));

  place.head->lock.store(shm::layout::lock_word::held(place.generation, 999));
  CHECK(any.store_at_once(bytes, std::nullopt).assume_error()
        == errc::contended);
  CHECK(any.read_at_once(8));

  place.slot_of(1).sequence.store(7);
  CHECK(any.read_at_once(8).assume_error() == errc::contended);
  REQUIRE(owner->remove_variable("bid"));
  CHECK(any.store_at_once(bytes, std::nullopt).assume_error() == errc::removed);
}

TEST_CASE_METHOD(stored_in_epochs, "a value of a fixed size has no other",
                 "[shm][unit]") {
  const auto fixed = view.find_any("bid").assume_value();
  const auto counter = view.find_any("orders").assume_value();
  const auto text = view.find_any("title").assume_value();

  CHECK(fixed.check_size(8) == errc::ok);
  CHECK(fixed.check_size(7) == errc::wrong_type);
  CHECK(counter.check_size(9) == errc::wrong_type);
  CHECK(text.check_size(0) == errc::ok);
  CHECK(text.check_size(64) == errc::ok);
  CHECK(text.check_size(65) == errc::too_long);
  REQUIRE(view.find_string("title").assume_value().store("long text"));
  CHECK(text.read_at_once(4).assume_error() == errc::too_long);
}
