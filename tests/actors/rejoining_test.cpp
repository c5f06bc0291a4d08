// A node whose log is lost: it listens to nobody until it is let in anew.
#include "tests/actors/elector_cluster.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// The others have never heard node 3: they do not know its former database.
struct electors_without_third : elector_cluster {
  electors_without_third() : elector_cluster{3} {
    cut(3, 1);
    cut(3, 2);
    await_leader();
    kill(3);
    restart_without_log(3);
  }

  bool third_has_nothing() {
    return at(3).kept->log.is_empty();
  }
};

} // namespace

TEST_CASE_METHOD(electors_without_third,
                 "a node without its log takes nothing before it is let in",
                 "[actors][elector]") {
  advance(1000ms);
  CHECK(third_has_nothing());

  tell(at(3).elector, let_in{});
  advance(1000ms);

  CHECK_FALSE(third_has_nothing());
}

TEST_CASE_METHOD(electors_without_third,
                 "a node without its log votes for nobody before it is let in",
                 "[actors][elector]") {
  const auto leader = await_leader();
  kill(leader);

  advance(5000ms);

  CHECK(leader_seen_by(3 - leader).leader == 0);
  CHECK(at(3).kept->log.vote.voted_for == 0);
}
