// Variables that are stored together, read together on the other nodes.
#include "shm/group.hpp"

#include "tests/process/held_by_three.hpp"

#include <atomic>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// A program at a node that maps both variables.
struct pair_program : attached_program {
  pair_program(held_by_three& in, std::uint64_t node, shm::access access)
    : attached_program{in, node, access},
      mirror{had(region.find<std::uint64_t>("mirror"))} {
    // nop
  }

  shm::variable<std::uint64_t> mirror;
};

/// Stores the same number in both, without a pause, until it may not any more.
class storing_program {
public:
  storing_program(held_by_three& in, std::uint64_t node, std::uint64_t first)
    : program_{in, node, shm::access::write},
      thread_{[this, first](const std::stop_token& ended) {
        for (auto next = first; !ended.stop_requested(); ++next) {
          const auto how = case_of(shm::group_store{}
                                     .put(program_.count, next)
                                     .put(program_.mirror, next)
                                     .commit());
          // Another writer may have been at it for all of its patience.
          if (how != shm::errc::ok && how != shm::errc::contended)
            return;
        }
      }} {
    // nop
  }

private:
  pair_program program_;
  std::jthread thread_;
};

/// Reads both at one instant, again and again, and compares.
class comparing_program {
public:
  comparing_program(held_by_three& in, std::uint64_t node)
    : program_{in, node, shm::access::read},
      thread_{[this](const std::stop_token& ended) {
        while (!ended.stop_requested())
          look();
      }} {
    // nop
  }

  std::uint64_t seen() const {
    return seen_;
  }
  std::uint64_t differed() const {
    return differed_;
  }

private:
  void look() {
    const auto both = shm::snapshot(program_.count, program_.mirror);
    if (!both)
      return;
    const auto& [count, mirror] = both.assume_value();
    differed_ += count.value != mirror.value ? 1 : 0;
    seen_ += count.version != last_ ? 1 : 0;
    last_ = count.version;
  }

  pair_program program_;
  std::uint64_t last_ = 0;
  std::atomic<std::uint64_t> seen_{0};     ///< pairs, each once
  std::atomic<std::uint64_t> differed_{0}; ///< of them
  std::jthread thread_;
};

/// Adds it, and waits until every node has it.
bool add_mirror(held_by_three& in) {
  if (!in.add_number("mirror"))
    return false;
  for (const auto node : in.cluster.all()) {
    const attached_program any{in, node, shm::access::read};
    if (!eventually(
          [&] { return any.region.find<std::uint64_t>("mirror").has_value(); }))
      return false;
  }
  return true;
}

} // namespace

TEST_CASE("groups are whole on every node, and when their home has died",
          "[process][cluster][failover]") {
  held_by_three in;
  REQUIRE(add_mirror(in));
  {
    const pair_program first{in, 1, shm::access::write};
    REQUIRE(shm::group_store{}
              .put(first.count, std::uint64_t{1})
              .put(first.mirror, std::uint64_t{1})
              .commit());
    REQUIRE(first.line.flush(first.region));
  }
  const storing_program one{in, 1, 1'000'000};
  const storing_program other{in, 1, 2'000'000'000};
  const comparing_program second{in, 2};
  const comparing_program third{in, 3};
  const auto both_see = [&](std::uint64_t pairs) {
    return eventually(
      [&] { return second.seen() >= pairs && third.seen() >= pairs; },
      std::chrono::seconds{60});
  };
  REQUIRE(both_see(200));

  in.cluster.kill(1);
  const auto next = in.next_home(1);
  INFO(in.cluster.logs());
  REQUIRE(next != 0);
  const auto before = std::max(second.seen(), third.seen());
  const storing_program again{in, next, 3'000'000'000};

  REQUIRE(both_see(before + 100));
  CHECK(second.differed() == 0);
  CHECK(third.differed() == 0);
}
