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

  shm::carried_value value(std::uint64_t version, const std::string& text) {
    return {version, {text.begin(), text.end()}};
  }

  std::uint32_t slot = 0;
};

std::string text_of(const shm::carried_value& value) {
  return {value.bytes.begin(), value.bytes.end()};
}

} // namespace

TEST_CASE_METHOD(carried, "what a client stored is copied whole",
                 "[shm][unit]") {
  const auto title = attach().find_string("title").assume_value();
  CHECK(owner->copy_value(slot).assume_error().code == errc::no_value);
  REQUIRE(title.store("first"));
  REQUIRE(title.store("second"));

  const auto copied = owner->copy_value(slot);

  REQUIRE(copied);
  CHECK(copied.assume_value().version == 2);
  CHECK(text_of(copied.assume_value()) == "second");
}

TEST_CASE_METHOD(carried, "a value of another node is shown under its version",
                 "[shm][unit]") {
  const auto title
    = attach(shm::access::read).find_string("title").assume_value();

  // 11: in the place of the value that is shown.
  for (const std::uint64_t version : {7U, 11U, 12U, 12U}) {
    const auto text = "version " + std::to_string(version);
    REQUIRE(owner->show_value(slot, value(version, text)));
    const auto read = title.read();
    REQUIRE(read);
    CHECK(read.assume_value().value == text);
    CHECK(read.assume_value().version == version);
  }
}

TEST_CASE_METHOD(carried, "what does not fit is not shown", "[shm][unit]") {
  REQUIRE(owner->show_value(slot, value(1, "short")));

  CHECK(
    owner->show_value(slot, value(2, "seventeen letters")).assume_error().code
    == errc::too_long);
  CHECK(owner->show_value(9, value(2, "x")).assume_error().code
        == errc::no_such_variable);
  CHECK(owner->show_value(slot, value(0, "x")).assume_error().code
        == errc::no_such_variable);
  CHECK(text_of(owner->copy_value(slot).assume_value()) == "short");
}

TEST_CASE_METHOD(carried, "who sleeps on a variable is woken by a shown value",
                 "[shm][unit]") {
  REQUIRE(owner->show_value(slot, value(3, "x")));
  const auto title
    = attach(shm::access::read).find_string("title").assume_value();
  owner->count_watchers(shm::watch_scope::variable, 1);
  const auto until = std::chrono::steady_clock::now() + 10s;
  auto woken = std::async(std::launch::async, [&] {
    return title.wait_for_change(3, until).has_value();
  });

  REQUIRE(owner->show_value(slot, value(4, "y")));

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
  REQUIRE(owner->show_value(slot, value(4, "old")));

  owner->take_role(shm::layout::region_role::home, 2, 40);

  CHECK(owner->status().home == 2);
  CHECK(owner->status().epoch == 40);
  CHECK(title.store("new").assume_value() == 5);
}
