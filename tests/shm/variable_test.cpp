#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <cstring>

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;
using shm::layout::variable_kind;

namespace {

struct one_region : attached_region {
  one_region() {
    add_value<quote>("eurusd");
    add_value<double>("mid");
    add("note", variable_kind::string, "string", 100);
    add("blob", variable_kind::bytes, "bytes", 200000);
    add("doc", variable_kind::json, "json", 1024);
    add("orders", variable_kind::counter, "i64", 8);
  }

  shm::region_view writer = attach(shm::access::write);
  shm::region_view reader = attach(shm::access::read);
};

template <class Result>
errc code_of(const Result& outcome) {
  return outcome ? errc::ok : outcome.assume_error();
}

// How often a read copies if so many stores succeed during its first copy.
int copies_beside(const shm::bytes_variable& variable, int stores) {
  int copies = 0;
  std::uint64_t version = 0;
  const auto code = shm::read_latest(
    variable.at(), version, [&](const shm::layout::word*, std::uint64_t) {
      if (++copies == 1)
        for (int i = 0; i < stores; ++i)
          (void)variable.store({});
    });
  return code == errc::ok ? copies : 0;
}

} // namespace

TEST_CASE_METHOD(one_region, "a stored value is read by another mapping",
                 "[shm][unit]") {
  const auto out = writer.find<quote>("eurusd").assume_value();
  const auto in = reader.find<quote>("eurusd").assume_value();

  const auto version = out.store({1.08, 1.09, 500});
  const auto read = in.read();

  REQUIRE(version);
  CHECK(version.assume_value() == 1);
  REQUIRE(read);
  CHECK(read.assume_value().value.ask == 1.09);
  CHECK(read.assume_value().version == 1);
  CHECK(read.assume_value().epoch == 1);
  CHECK(read.assume_value().freshness_at().kind == shm::freshness_kind::fresh);
}

TEST_CASE_METHOD(one_region, "a variable nobody stored says so",
                 "[shm][unit]") {
  CHECK(code_of(reader.find<double>("mid").assume_value().read())
        == errc::no_value);
  CHECK(reader.find_counter("orders").assume_value().read().assume_value().value
        == 0);
}

TEST_CASE_METHOD(one_region, "a reader cannot store", "[shm][unit]") {
  const auto handle = reader.find<double>("mid").assume_value();

  CHECK(code_of(handle.store(1.0)) == errc::no_right);
  CHECK(code_of(reader.find_counter("orders").assume_value().fetch_add(1))
        == errc::no_right);
}

TEST_CASE_METHOD(one_region, "a wrong type names both types", "[shm][unit]") {
  const auto wrong = reader.find<double>("eurusd");

  REQUIRE_FALSE(wrong);
  CHECK(wrong.assume_error().code == errc::wrong_type);
  const auto text = wrong.assume_error().message();
  CHECK(text.find("test::quote/1") != std::string::npos);
  CHECK(text.find("f64") != std::string::npos);
  CHECK(reader.find_json("note").assume_error().code == errc::wrong_type);
}

TEST_CASE_METHOD(one_region, "an unknown name is named in the error",
                 "[shm][unit]") {
  const auto missing = reader.find<double>("eurusdx");

  CHECK(missing.assume_error().code == errc::no_such_variable);
  CHECK(missing.assume_error().detail == "'eurusdx'");
}

TEST_CASE_METHOD(one_region, "text keeps its length and refuses too much",
                 "[shm][unit]") {
  const auto note = writer.find_string("note").assume_value();

  CHECK(note.store("a longer text"));
  CHECK(note.store("short"));
  CHECK(code_of(note.store(std::string(101, 'x'))) == errc::too_long);

  const auto read = reader.find_string("note").assume_value().read();
  CHECK(read.assume_value().value == "short");
  CHECK(read.assume_value().version == 2);
}

TEST_CASE_METHOD(one_region, "a read outlasts the stores into the other slots",
                 "[shm][unit]") {
  add("line", variable_kind::bytes, "bytes", 64U << 10);
  const auto four_slots = writer.find_bytes("line").assume_value();
  const auto three_slots = writer.find_bytes("blob").assume_value();

  REQUIRE(four_slots.store({}));
  REQUIRE(three_slots.store({}));

  CHECK(copies_beside(four_slots, 3) == 1);
  CHECK(copies_beside(four_slots, 4) == 2);
  CHECK(copies_beside(three_slots, 2) == 1);
  CHECK(copies_beside(three_slots, 3) == 2);
}

TEST_CASE_METHOD(one_region, "a large value lives in three slots",
                 "[shm][unit]") {
  const auto blob = writer.find_bytes("blob").assume_value();
  std::vector<std::byte> value(200000);

  for (int i = 1; i <= 7; ++i) {
    std::memset(value.data(), i, value.size());
    REQUIRE(blob.store(value));
    const auto read = reader.find_bytes("blob").assume_value().read();
    REQUIRE(read.assume_value().value == value);
  }
}

TEST_CASE_METHOD(one_region, "compare_and_store stores on its version only",
                 "[shm][unit]") {
  const auto mid = writer.find<double>("mid").assume_value();

  CHECK(mid.compare_and_store(0, 1.0));
  CHECK(code_of(mid.compare_and_store(0, 2.0)) == errc::version_conflict);
  CHECK(mid.compare_and_store(1, 3.0).assume_value() == 2);
  CHECK(mid.read().assume_value().value == 3.0);
}

TEST_CASE_METHOD(one_region, "a counter adds and keeps bounds", "[shm][unit]") {
  const auto orders = writer.find_counter("orders").assume_value();

  CHECK(orders.fetch_add(5).assume_value() == 5);
  CHECK(orders.fetch_add(-7).assume_value() == -2);
  CHECK(orders.max(10).assume_value() == 10);
  CHECK(orders.min(4).assume_value() == 4);
  CHECK(reader.find_counter("orders").assume_value().read().assume_value().value
        == 4);
}

TEST_CASE_METHOD(one_region, "a lease that ran out is seen by a reader",
                 "[shm][unit]") {
  const auto mid = writer.find<double>("mid").assume_value();
  REQUIRE(mid.store(1.0));
  owner->renew_lease(shm::boot_clock::now() - std::chrono::seconds{2});

  const auto stale = mid.read().assume_value().freshness_at();
  owner->set_state(shm::layout::region_state::fenced);
  const auto orphaned = mid.read().assume_value().freshness_at();

  CHECK(stale.kind == shm::freshness_kind::stale);
  CHECK(stale.age >= std::chrono::seconds{2});
  CHECK(orphaned.kind == shm::freshness_kind::orphaned);
  CHECK(code_of(mid.store(2.0)) == errc::fenced);
}

TEST_CASE_METHOD(one_region, "a drained version is committed", "[shm][unit]") {
  const auto mid = writer.find<double>("mid").assume_value();
  REQUIRE(mid.store(1.0));
  REQUIRE(mid.store(2.0));
  CHECK(mid.committed_version() == 0);

  CHECK(owner->drain() == 1);

  CHECK(mid.committed_version() == 2);
  CHECK(owner->drain() == 0);
}

TEST_CASE_METHOD(one_region, "the doorbell is armed only when all is drained",
                 "[shm][unit]") {
  const auto mid = writer.find<double>("mid").assume_value();

  CHECK(owner->arm_doorbell());
  REQUIRE(mid.store(1.0));
  CHECK_FALSE(owner->arm_doorbell());
  owner->drain();
  CHECK(owner->arm_doorbell());
}

TEST_CASE_METHOD(one_region, "scribbled words end in an error, not in a hang",
                 "[shm][unit]") {
  const auto mid = writer.find<double>("mid").assume_value();
  REQUIRE(mid.store(1.0));
  auto& head = *mid.at().head;

  head.latest.store(12345);
  CHECK(code_of(mid.read()) == errc::contended);
  head.latest.store(~0ULL);
  CHECK(code_of(mid.read()) == errc::contended);
  head.lock.store(0x1234'5678'9abc'def0);
  CHECK(code_of(mid.store(2.0)) == errc::removed);
  const auto note = writer.find_string("note").assume_value();
  REQUIRE(note.store("x"));
  note.at().slot_of(1).content.store(~0ULL);
  CHECK(note.read().assume_value().value.size() == 100);
}
