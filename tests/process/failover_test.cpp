// Regions that survive: their homes are killed, frozen, moved and stopped,
// while programs store, flush and read.
#include "tests/process/held_by_three.hpp"

#include <signal.h>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

TEST_CASE("what was flushed outlives its home, and readers keep their mapping",
          "[process][cluster][failover]") {
  held_by_three in;
  std::uint64_t home = 1;
  std::uint64_t value = 0;
  for (int round = 0; round < 4; ++round) {
    const std::uint64_t elsewhere = home % 3 + 1;
    const attached_program reader{in, elsewhere, shm::access::read};
    std::uint64_t flushed = 0;
    {
      const attached_program writer{in, home, shm::access::write};
      for (int i = 0; i < 100; ++i)
        REQUIRE(writer.count.store(++value));
      REQUIRE(writer.line.flush(writer.region));
      flushed = value;
    }
    // The majority that has it may be the others.
    REQUIRE(eventually([&] {
      const auto seen = reader.count.read();
      return seen && seen.value().value == flushed;
    }));
    const auto before = reader.count.read();
    REQUIRE(before);

    in.cluster.kill(home);
    const auto next = in.next_home(home);
    INFO(in.cluster.logs());
    REQUIRE(next != 0);

    const auto after = reader.count.read();
    REQUIRE(after);
    CHECK(after.value().value == flushed);
    CHECK(after.value().version >= before.value().version);
    const attached_program writer{in, next, shm::access::write};
    CHECK(writer.count.read().value().value == flushed);
    REQUIRE(writer.count.store(++value));
    REQUIRE(writer.line.flush(writer.region));
    CHECK(eventually([&] {
      const auto now = reader.count.read();
      return now && now.value().value == value;
    }));
    CHECK(reader.count.read().value().epoch > before.value().epoch);
    in.cluster.start(home);
    REQUIRE(in.moves_to(next));
    home = next;
  }
}

TEST_CASE("a frozen home is replaced, and gives up what nobody else had",
          "[process][cluster][failover]") {
  held_by_three in;
  const attached_program old{in, 1, shm::access::write};
  REQUIRE(old.count.store(1));
  REQUIRE(old.line.flush(old.region));

  in.cluster.at(1).freeze();
  REQUIRE(old.count.store(2)); // memory is there all the same
  CHECK(old.count.read().value().value == 2);
  const auto next = in.next_home(1);
  INFO(in.cluster.logs());
  REQUIRE(next != 0);
  // Its clients see it without its help.
  CHECK(old.region.freshness_now().kind == shm::freshness_kind::stale);
  const attached_program fresh{in, next, shm::access::write};
  CHECK(fresh.count.read().value().value == 1);
  REQUIRE(fresh.count.store(3));
  REQUIRE(fresh.line.flush(fresh.region));
  in.cluster.at(1).thaw();

  CHECK(eventually(
    [&] { return case_of(old.count.store(4)) == shm::errc::fenced; }));
  CHECK(eventually([&] {
    const auto again = connect(in.cluster.at(1));
    const auto view = again.attach("orders", shm::access::read);
    return view
           && view.value()
                  .find<std::uint64_t>("count")
                  .value()
                  .read()
                  .value()
                  .value
                == 3;
  }));
  const auto* rows = static_cast<const wire::rows*>(nullptr);
  const auto discarded = [&] {
    const auto told = in.cluster.call(
      next, "audit", {{"command", std::string{"report_region"}}});
    rows = rows_of(told);
    if (rows == nullptr)
      return false;
    return std::any_of(rows->begin(), rows->end(), [](const auto& row) {
      const auto& text = *wire::find_text(row, "text");
      return text.find("discarded") != std::string::npos
             && text.find("count version ") != std::string::npos
             && text.find(" by client ") != std::string::npos;
    });
  };
  CHECK(eventually(discarded));
}

TEST_CASE("a move and a stop of the home lose nothing that was stored",
          "[process][cluster][failover]") {
  held_by_three in;
  {
    const attached_program writer{in, 1, shm::access::write};
    REQUIRE(writer.count.store(1));
  }

  REQUIRE(in.moves_to(2));
  {
    const attached_program writer{in, 2, shm::access::write};
    CHECK(writer.count.read().value().value == 1);
    REQUIRE(writer.count.store(2));
  }
  in.cluster.at(2).signal(SIGTERM);
  const auto next = in.next_home(2);

  INFO(in.cluster.logs());
  REQUIRE(next != 0);
  CHECK(attached_program{in, next, shm::access::read}.count.read().value().value
        == 2);
}

TEST_CASE("two of three may not go on without a majority of a region's holders",
          "[process][cluster][failover]") {
  held_by_three in;
  const attached_program writer{in, 1, shm::access::write};
  REQUIRE(writer.count.store(1));
  REQUIRE(writer.line.flush(writer.region));

  in.cluster.kill(2);
  in.cluster.kill(3);

  REQUIRE(eventually(
    [&] { return case_of(writer.count.store(2)) == shm::errc::fenced; }));
  CHECK(writer.line.flush(writer.region).has_error());
  // What was flushed is read all the same, and is known to be old.
  CHECK(writer.count.read().value().value >= 1);
  CHECK(writer.region.freshness_now().kind == shm::freshness_kind::orphaned);
}
