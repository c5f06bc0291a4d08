#include "tests/simulation/bug_search.hpp"
#include "tests/simulation/world_options.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

const bug& bug_of(std::string_view name) {
  for (const auto& one : bugs())
    if (one.name == name)
      return one;
  FAIL("no such bug: " << name);
  return bugs().front();
}

} // namespace

TEST_CASE("the same seed tells the same story", "[simulation]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto once = simulate({seed, {}, {}, {}});

    const auto again = simulate({seed, {}, {}, {}});

    CHECK(once.trace == again.trace);
    CHECK(once.events == again.events);
  }
}

TEST_CASE("bugs that are put back are found", "[simulation]") {
  for (const auto* name : {"forget_vote",
                           "forget_ballot",
                           "speak_before_ballot",
                           "store_before_sync",
                           "late_store_of_truncated",
                           "answer_on_append",
                           "answer_by_index",
                           "answer_when_deposed",
                           "apply_uncommitted",
                           "skip_restore",
                           "old_snapshot_members",
                           "changes_in_mid_batch",
                           "stale_rejections",
                           "small_snapshot_window",
                           "change_before_own_commit",
                           "two_changes_at_once",
                           "change_with_voters_behind",
                           "remove_leader",
                           "promote_lagging",
                           "echo_pre_vote_term",
                           "transfer_to_lagging",
                           "same_term_alone",
                           "foreign_cluster",
                           "forget_change_before",
                           "learners_refuse_votes",
                           "change_before_own_disk",
                           "disk_lies",
                           "disk_keeps_tail",
                           "no_deduplication",
                           "answer_before_apply",
                           "snapshot_too_new",
                           "rewritten_voter",
                           "skips_an_entry",
                           "results_not_in_snapshots",
                           "time_of_the_node",
                           "own_opinion_decides",
                           "epoch_stays",
                           "epoch_not_compared",
                           "late_timer_misses",
                           "never_hands_over",
                           "ignores_the_dead"}) {
    INFO(name);
    const auto& one = bug_of(name);

    const auto seed = found_at(one, 200);

    CHECK(seed != 0);
    CHECK(seen_without(one, seed).empty());
  }
}

// Two databases of one id: what the library is told makes it read where nothing
// is, often before anything wrong can be seen.
TEST_CASE("a second node of one id that is heard does not go unnoticed",
          "[simulation]") {
  const auto& one = bug_of("foreign_database");

  const auto seed = found_apart_at(one, 200);

  CHECK(seed != 0);
  CHECK(seen_without(one, seed).empty());
}

// Of two voters one was gone for good; nodes behind in their logs stood for
// election again and again, in haste.
TEST_CASE("seeds that went wrong once go well", "[simulation]") {
  for (const std::uint64_t seed : {13612, 16711, 24395, 28670}) {
    const auto seen = simulate({seed, {}, {}, {}});
    INFO(seed << ": " << seen.violation << "\n" << seen.ending);

    CHECK(seen.violation.empty());
  }
}

TEST_CASE("without a bug nothing is violated in these seeds", "[simulation]") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto seen = simulate({seed, {}, {}, {}});
    INFO(seed << ": " << seen.violation << "\n" << seen.ending);

    REQUIRE(seen.violation.empty());
  }
}
