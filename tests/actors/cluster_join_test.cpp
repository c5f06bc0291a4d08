// What the leader does next for a node that asks to be let in.
#include "actors/cluster_parts.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::actors;
using namespace std::chrono_literals;

namespace {

using consensus::change;
using consensus::member_role;

constexpr std::uint64_t newcomer = 7;
const std::string address = "127.0.0.1:7407";

/// A leader with two other voters, at a second after boot.
struct leading_node {
  cluster_state state;

  leading_node() {
    state.options.node = 1;
    state.options.voters_max = 4;
    state.options.now = [] { return shm::boot_clock::time_point{1s}; };
    for (const std::uint64_t id : {1, 2, 3})
      state.seen.core.members.members.push_back(
        {id, "127.0.0.1:740" + std::to_string(id), member_role::voter});
  }

  void let_in(std::uint64_t id) {
    state.seen.core.members.members.push_back(
      {id, address, member_role::learner});
  }

  void hear_from(std::uint64_t id, consensus::log_index match,
                 std::optional<consensus::instant> contact,
                 bool caught_up = true) {
    state.seen.core.progress.push_back(
      {id, member_role::learner, match, contact, caught_up});
  }

  std::optional<change> next() const {
    return change_for(state, newcomer, address);
  }
};

} // namespace

TEST_CASE_METHOD(leading_node, "a stranger is let in without a vote",
                 "[actors][cluster]") {
  const auto wanted = next();

  REQUIRE(wanted);
  CHECK(wanted->what == change::step::add);
  CHECK(wanted->subject.id == newcomer);
  CHECK(wanted->subject.address == address);
  CHECK(wanted->subject.role == member_role::learner);
}

TEST_CASE_METHOD(leading_node,
                 "whoever answers and has the whole log gets a vote",
                 "[actors][cluster]") {
  let_in(newcomer);
  hear_from(newcomer, 40, 950ms);

  const auto wanted = next();

  REQUIRE(wanted);
  CHECK(wanted->what == change::step::promote);
  CHECK(wanted->subject.id == newcomer);
}

TEST_CASE_METHOD(leading_node, "nobody gets a vote who would be missing",
                 "[actors][cluster]") {
  let_in(newcomer);

  SECTION("it was never heard of") {
    hear_from(newcomer, 0, std::nullopt);
  }
  SECTION("it has not answered for a while") {
    hear_from(newcomer, 40, 600ms);
  }
  SECTION("it lags") {
    hear_from(newcomer, 2, 950ms, false);
  }
  SECTION("there are votes enough") {
    state.options.voters_max = 3;
    hear_from(newcomer, 40, 950ms);
  }

  CHECK_FALSE(next());
}

TEST_CASE_METHOD(leading_node, "an order gives no vote to who would be missing",
                 "[actors][cluster]") {
  let_in(newcomer);
  // As the core begins: nothing is missing from an empty log.
  hear_from(newcomer, 0, std::nullopt);
  CHECK_FALSE(may_vote(state, newcomer));

  state.seen.core.progress.clear();
  hear_from(newcomer, 40, 950ms);
  CHECK(may_vote(state, newcomer));
}

TEST_CASE("a log that is not read yet is not taken for none",
          "[actors][cluster]") {
  cluster_state state;
  CHECK(has_no_log(state));

  state.said.end = {4, 17}; // as it was found on disk
  CHECK_FALSE(has_no_log(state));
}
