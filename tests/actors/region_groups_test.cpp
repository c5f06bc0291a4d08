// Variables that a client stores together, as other holders show them.
#include "shm/group.hpp"
#include "shm/variable.hpp"
#include "tests/actors/region_holders.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;
using shm::layout::lock_word;

namespace {

struct begun_holders : region_holders {
  explicit begun_holders(bool durably) : region_holders{durably} {
    begin();
  }
};

/// A program at the home that stores in groups, and can stop in the middle.
struct grouping_client : begun_holders {
  explicit grouping_client(bool durably = false) : begun_holders{durably} {
    // nop
  }

  void store_group(const std::string& of_title, const std::string& of_body) {
    REQUIRE(shm::group_store{}
              .put(my_title, of_title)
              .put(my_body, of_body)
              .commit());
    tell(on(1).region, doorbell_rung{});
  }

  /// Does what a group store does until its first member is published.
  void begin_group(const std::string& text) {
    for (const auto* each : members()) {
      const auto& at = each->at();
      REQUIRE(shm::take_lock(at, each->in().owner) == errc::ok);
      shm::fill_slot(at, each->version() + 1, [&](auto* payload) {
        shm::store_payload(payload,
                           reinterpret_cast<const std::byte*>(text.data()),
                           text.size());
        return text.size();
      });
      at.head->grouped.store(1);
      at.head->lock.fetch_or(lock_word::group_bit);
    }
    publish(my_title);
    tell(on(1).region, doorbell_rung{});
  }

  void finish_group() {
    for (const auto* each : members()) {
      if (each != &my_title)
        publish(*each);
      shm::release_lock(each->at());
    }
    tell(on(1).region, doorbell_rung{});
  }

  /// More variables for begin_group(), everywhere.
  void add_members(int count) {
    for (int i = 0; i < count; ++i) {
      const auto name = "more" + std::to_string(i);
      for (std::uint64_t node = 1; node <= holders.size(); ++node)
        REQUIRE(ask<nothing>(
          on(node).region,
          add_variable_request{
            {name, shm::layout::variable_kind::string, "string", 100},
            200U + static_cast<unsigned>(i)}));
      more.push_back(view.find_string(name).assume_value());
      REQUIRE(more.back().store("first"));
    }
  }

  std::vector<const shm::string_variable*> members() const {
    std::vector<const shm::string_variable*> all{&my_title, &my_body};
    for (const auto& each : more)
      all.push_back(&each);
    return all;
  }

  /// Nobody looks at the region until it rings.
  bool is_left_in_peace() const {
    return my_title.in().control().doorbell.load() % 2 == 1;
  }

  static void publish(const shm::bytes_handle& member) {
    shm::publish(member.at(), member.version() + 1);
    shm::announce(member.in(), *member.at().head, member.at().slot);
  }

  /// Title and body, read at one instant; or why not.
  std::string both(std::uint64_t node) {
    return both_in(on(node).memory->view());
  }
  static std::string both_in(const shm::region_view& view) {
    const auto title = view.find_string("title").assume_value();
    const auto body = view.find_string("body").assume_value();
    std::array<std::byte, 4000> first{};
    std::array<std::byte, 4000> second{};
    std::array slots{shm::group_slot{&title, first},
                     shm::group_slot{&body, second}};
    if (const auto read = shm::read_group(slots); !read)
      return std::string{shm::name_of(read.assume_error())};
    return text(first, slots[0].length) + "," + text(second, slots[1].length);
  }

  static std::string text(const std::array<std::byte, 4000>& of,
                          std::size_t length) {
    return {reinterpret_cast<const char*>(of.data()), length};
  }

  caf::scoped_actor program{system};
  shm::region_view view
    = view_of(attach(program, 1, shm::access::write), shm::access::write);
  shm::string_variable my_title = view.find_string("title").assume_value();
  shm::string_variable my_body = view.find_string("body").assume_value();
  std::vector<shm::string_variable> more;
};

struct durable_client : grouping_client {
  durable_client() : grouping_client{true} {
    // nop
  }
};

} // namespace

TEST_CASE_METHOD(grouping_client, "a group is whole at every holder",
                 "[actors][region_groups]") {
  store_group("a", "b");

  CHECK(both(2) == "a,b");
  CHECK(both(3) == "a,b");
  CHECK(on(2).memory->look(0)->grouped);
  CHECK(on(2).memory->look(1)->grouped);
}

TEST_CASE_METHOD(grouping_client,
                 "half of a group is kept back, and then is no group",
                 "[actors][region_groups]") {
  store_group("a", "b");
  begin_group("c");
  advance(200ms);
  CHECK(both(2) == "a,b");

  advance(100ms);

  CHECK(read(2) == "c");
  CHECK(both(2) == "contended");
  CHECK(has_logged("other holders show no group snapshots of what is stored "
                   "together"));

  finish_group();
  advance(50ms);
  CHECK(both(2) == "c,c");
  CHECK(both(3) == "c,c");
}

TEST_CASE_METHOD(grouping_client,
                 "a flush waits for what is kept back, and no longer",
                 "[actors][region_groups]") {
  store_group("a", "b");
  begin_group("c");

  SECTION("until the group is whole") {
    caf::scoped_actor asker{system};
    auto flushed
      = asker->request(on(1).region, caf::infinite, flush_request{0, false});
    run();
    advance(50ms);
    CHECK_FALSE(asker->has_next_message());
    finish_group();
    advance(10ms);
    REQUIRE(asker->has_next_message());
    flushed.receive([] {}, [](const caf::error&) { FAIL("not flushed"); });
    CHECK(both(2) == "c,c");
  }
  SECTION("or was waited for long enough") {
    caf::scoped_actor asker{system};
    CHECK(ask_as<nothing>(asker, on(1).region, flush_request{0, false}, 300ms));
    CHECK(read(2) == "c");
  }
}

TEST_CASE_METHOD(grouping_client,
                 "what is stored beside a group that is kept back arrives",
                 "[actors][region_groups]") {
  store_group("a", "b");
  cut(3);
  begin_group("c");
  shm::release_lock(my_body.at()); // it stays in the title alone
  REQUIRE(my_body.store("alone"));
  tell(on(1).region, doorbell_rung{});
  advance(50ms);
  CHECK(both(2) == "a,b");

  shm::release_lock(my_title.at());
  tell(on(1).region, doorbell_rung{});
  advance(50ms);

  CHECK(both(2) == "c,alone");
}

TEST_CASE_METHOD(grouping_client,
                 "a store of a session goes with the groups of its variable",
                 "[actors][region_groups]") {
  store_group("a", "b");
  const auto from_afar = from_session("s", 1);

  const auto stored = ask<stored_value>(on(1).region, from_afar);

  REQUIRE(stored);
  CHECK(both(2) == "s,b");
  const auto again = ask<stored_value>(on(1).region, from_afar);
  CHECK(again->version == stored->version);
}

TEST_CASE_METHOD(grouping_client,
                 "a home that steps down shows no half of a group",
                 "[actors][region_groups]") {
  store_group("a", "b");
  cut(1);
  begin_group("c");
  alive.erase(1);
  place(2, {1, 3});
  advance(350ms);
  settle();
  CHECK(both(2) == "a,b");
  caf::scoped_actor reader{system};

  alive.insert(1);
  tell_placement(); // it learns of the new home, and hears nothing of it
  advance(500ms);
  const auto other
    = view_of(attach(reader, 1, shm::access::read), shm::access::read);
  CHECK(other.find_string("title").assume_value().read().assume_value().value
        == "c");
  CHECK(both_in(other) == "contended");
  mend(1);
  advance(300ms);

  CHECK(both_in(other) == "a,b");
}

TEST_CASE_METHOD(grouping_client, "the next home sends groups whole",
                 "[actors][region_groups]") {
  store_group("a", "b");
  cut(3);
  store_group("c", "d");
  REQUIRE(flush(1));
  kill_node(1);
  mend(3);
  place(2, {3});
  advance(300ms);
  settle();
  advance(100ms);

  CHECK(both(2) == "c,d");
  CHECK(both(3) == "c,d");
  CHECK(on(3).memory->look(0)->grouped);
}

TEST_CASE_METHOD(grouping_client,
                 "more than goes in one message is whole in the end",
                 "[actors][region_groups]") {
  const std::string one(600, 'x');
  const std::string other(600, 'y');
  store_group("a", "b");

  store_group(one, other);
  advance(100ms);

  CHECK(both(2) == one + "," + other);
  store_group("c", "d");
  advance(100ms);
  CHECK(both(2) == "c,d");
}

TEST_CASE_METHOD(grouping_client,
                 "a writer who stays in a large group keeps nobody busy",
                 "[actors][region_groups]") {
  add_members(10);
  begin_group("c");
  advance(300ms);
  REQUIRE(read(2) == "c");

  int in_peace = 0;
  for (int i = 0; i < 100; ++i) {
    advance(1ms);
    in_peace += is_left_in_peace() ? 1 : 0;
  }

  CHECK(in_peace > 50); // each tick looks whether it has gone on
}

TEST_CASE_METHOD(grouping_client,
                 "what a client writes into heads stops nothing",
                 "[actors][region_groups]") {
  store_group("a", "b");
  my_title.at().head->grouped.store(0);
  REQUIRE(my_title.store("alone"));
  tell(on(1).region, doorbell_rung{});
  advance(20ms);

  CHECK(read(2) == "alone");
  CHECK(flush(1));
  store_group("c", "d");
  advance(20ms);
  CHECK(both(2) == "c,d");
}

TEST_CASE_METHOD(durable_client,
                 "an orderly end waits for a group that is being stored",
                 "[actors][region_groups]") {
  store_group("a", "b");
  caf::scoped_actor asker{system};
  REQUIRE(ask_as<nothing>(asker, on(1).region, flush_request{0, true}, 50ms));
  begin_group("c");
  tell(on(1).region, fence_request{});

  SECTION("until it is whole") {
    advance(20ms);
    CHECK(on_disk(1, 101) == "a");
    finish_group();
    advance(20ms);
    CHECK(on_disk(1, 101) == "c");
    CHECK(on_disk(1, 102) == "c");
  }
  SECTION("or was waited for long enough") {
    advance(300ms);
    CHECK(on_disk(1, 101) == "c");
    CHECK(on_disk(1, 102) == "b");
  }
}
