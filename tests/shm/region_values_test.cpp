// Values that the node carries between nodes, seen by clients of its memory.
#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <future>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;
using shm::layout::variable_kind;

namespace {

struct carried : attached_region {
  carried() {
    add("title", variable_kind::string, "string", 16);
    slot = owner->slot_of("title").value();
  }

  shm::result<void> show(std::uint64_t version, const std::string& text) {
    return owner->show_value(slot, version, text);
  }

  std::string latest() {
    std::vector<char> bytes;
    REQUIRE(owner->append_value(slot, bytes));
    return {bytes.begin(), bytes.end()};
  }

  std::uint32_t slot = 0;
};

} // namespace

TEST_CASE_METHOD(carried, "what a client stored is copied whole",
                 "[shm][unit]") {
  const auto title = attach().find_string("title").assume_value();
  std::vector<char> bytes{'+'};
  CHECK(owner->append_value(slot, bytes).assume_error().code == errc::no_value);
  CHECK(bytes.size() == 1);
  REQUIRE(title.store("first"));
  REQUIRE(title.store("second"));

  const auto version = owner->append_value(slot, bytes);

  REQUIRE(version);
  CHECK(version.assume_value() == 2);
  CHECK(std::string{bytes.begin(), bytes.end()} == "+second");
  CHECK(owner->look(slot)->version == 2);
  CHECK(owner->look(slot)->bytes == 6);
  CHECK_FALSE(owner->look(9));
}

TEST_CASE_METHOD(carried, "a value of another node is shown under its version",
                 "[shm][unit]") {
  const auto title
    = attach(shm::access::read).find_string("title").assume_value();

  // 11: in the place of the value that is shown.
  for (const std::uint64_t version : {7U, 11U, 12U, 12U}) {
    const auto text = "version " + std::to_string(version);
    REQUIRE(show(version, text));
    const auto read = title.read();
    REQUIRE(read);
    CHECK(read.assume_value().value == text);
    CHECK(read.assume_value().version == version);
  }
}

TEST_CASE_METHOD(carried, "what does not fit is not shown", "[shm][unit]") {
  REQUIRE(show(1, "short"));

  CHECK(show(2, "seventeen letters").assume_error().code == errc::too_long);
  CHECK(owner->store_first(slot, 2, std::string(17, 'x')));
  CHECK(owner->show_value(9, 2, {}).assume_error().code
        == errc::no_such_variable);
  CHECK(show(0, "x").assume_error().code == errc::no_such_variable);
  CHECK(latest() == "short");
}

TEST_CASE_METHOD(carried, "who sleeps on a variable is woken by a shown value",
                 "[shm][unit]") {
  REQUIRE(show(3, "x"));
  const auto title
    = attach(shm::access::read).find_string("title").assume_value();
  owner->count_watchers(shm::watch_scope::variable, 1);
  const auto until = std::chrono::steady_clock::now() + 10s;
  auto woken = std::async(std::launch::async, [&] {
    return title.wait_for_change(3, until).has_value();
  });

  REQUIRE(show(4, "y"));

  CHECK(woken.get());
}

TEST_CASE_METHOD(carried, "a change is not committed before it is said",
                 "[shm][unit]") {
  const auto title = attach().find_string("title").assume_value();
  REQUIRE(title.store("x"));

  std::vector<std::uint32_t> changed;
  CHECK(owner->take_changes([&](std::uint32_t at) { changed.push_back(at); })
        == 1);
  CHECK(changed == std::vector<std::uint32_t>{slot});
  CHECK(title.committed_version() == 0);

  owner->commit(slot, 1);
  CHECK(title.committed_version() == 1);
}

TEST_CASE_METHOD(carried, "a replica that becomes the home says so in memory",
                 "[shm][unit]") {
  const auto title = attach().find_string("title").assume_value();
  REQUIRE(show(4, "old"));

  owner->take_role(shm::layout::region_role::home, 2, 40);

  CHECK(owner->status().home == 2);
  CHECK(owner->status().epoch == 40);
  CHECK(title.store("new").assume_value() == 5);
}

TEST_CASE_METHOD(carried, "a value is stored once more above a version",
                 "[shm][unit]") {
  const auto title = attach().find_string("title").assume_value();
  CHECK(owner->store_above(slot, 3).assume_error().code == errc::no_value);
  REQUIRE(title.store("mine"));

  REQUIRE(owner->store_above(slot, 6));

  CHECK(title.read().assume_value().value == "mine");
  CHECK(title.version() == 7);
  REQUIRE(owner->store_above(slot, 6));
  CHECK(title.version() == 7);
  std::uint32_t changes = 0;
  owner->take_changes([&](std::uint32_t) { ++changes; });
  CHECK(changes == 1);
}

TEST_CASE_METHOD(carried, "a value is taken over where there is none",
                 "[shm][unit]") {
  const auto title = attach().find_string("title").assume_value();

  REQUIRE(owner->store_first(slot, 8, std::string{"theirs"}));

  CHECK(title.read().assume_value().value == "theirs");
  CHECK(title.version() == 9);
  REQUIRE(title.store("mine"));
  REQUIRE(owner->store_first(slot, 20, std::string{"theirs"}));
  CHECK(title.read().assume_value().value == "mine");
}

TEST_CASE_METHOD(carried, "cleared variables are new ones without a value",
                 "[shm][unit]") {
  const auto view = attach(shm::access::read);
  const auto title = view.find_string("title").assume_value();
  REQUIRE(show(5, "old"));

  REQUIRE(owner->clear_values());

  CHECK(title.read().error() == errc::removed);
  const auto again = view.find_string("title").assume_value();
  CHECK(again.read().error() == errc::no_value);
  CHECK(again.capacity() == 16);
}

TEST_CASE_METHOD(carried, "numbers of another memory's clients are not given",
                 "[shm][unit]") {
  const auto first = owner->admit_client().assume_value();
  auto next = shm::region::create(owner->options()).assume_value();

  next->keep_owners_of(*owner);

  CHECK(next->admit_client().assume_value() != first);
  CHECK(next->status().clients == owner->status().clients + 1);
}
