// The bugs that can be put back, and the situations in which they show.
#include "tests/simulation/world_options.hpp"

namespace holdfast::simulation {

namespace {

// The situations that the guards are for.
constexpr situation elections{.favoured = crashes | proofs | heals,
                              .voters = 3,
                              .slow_disks = true,
                              .in_haste = true,
                              .crash_in_vote = 100};
constexpr situation takeovers{.favoured
                              = splits | disks | crashes_of_all | heals,
                              .voters = 3,
                              .slow_disks = true,
                              .in_haste = true};
constexpr situation reshaping{.favoured = changes | splits | heals | crashes,
                              .in_haste = true};
constexpr situation shrinking{.favoured = changes | splits | heals,
                              .voters = 5,
                              .in_haste = true,
                              .changes_in_a_row = 3};
constexpr situation overruled{.favoured = changes | proofs | heals,
                              .voters = 5,
                              .in_haste = true,
                              .votes_change = true,
                              .change_upon_change = 900,
                              .death_after_rollback = true};
constexpr situation growing{.favoured = changes | splits | heals,
                            .voters = 1,
                            .slow_disks = true,
                            .in_haste = true};
constexpr situation installing{.favoured = changes | proofs | heals | disks,
                               .voters = 5,
                               .slow_disks = true,
                               .in_haste = true};
constexpr situation catching_up{
  .favoured = changes | splits | heals | transfers, .voters = 3};
constexpr situation stalling{.favoured = splits | heals,
                             .voters = 3,
                             .stalled_disks = 200,
                             .window = 1024};
constexpr situation reordering{
  .favoured = splits | heals | crashes, .overtaking = true, .in_haste = true};
constexpr situation pairing{.favoured = changes | crashes | disks,
                            .voters = 1,
                            .slow_disks = true,
                            .in_haste = true,
                            .crash_in_change = 500};
constexpr situation parting{.favoured = changes | crashes | disks,
                            .voters = 2,
                            .slow_disks = true,
                            .in_haste = true,
                            .crash_in_change = 500};
constexpr situation alone{
  .favoured = changes | crashes | disks, .voters = 1, .slow_disks = true};
constexpr situation pair{.favoured = transfers | splits | crashes | heals,
                         .voters = 2};
constexpr situation doubles{.favoured = intruders | crashes | splits | heals,
                            .voters = 3,
                            .impostors = true};
constexpr situation lost{.favoured = intruders | crashes | splits | heals,
                         .voters = 3,
                         .losses = true};
constexpr situation strange{
  .favoured = splits | crashes | heals, .voters = 3, .strangers = true};
constexpr situation failing{.favoured = crashes | splits | heals, .voters = 5};
constexpr situation sleeping{.favoured = pauses, .voters = 3};

/// What is on disk before what is said, and what is told to whom.
std::vector<bug> broken_promises() {
  using core = consensus::faults;
  return {
    {"forget_vote", "the vote is not stored", &core::forget_vote, nullptr,
     elections},
    {"forget_ballot", "term and vote are not stored", &core::forget_ballot},
    {"speak_before_ballot", "messages do not wait for term and vote",
     &core::speak_before_ballot, nullptr, elections},
    {"store_before_sync", "entries count as stored when they are queued",
     &core::store_before_sync},
    {"late_store_of_truncated", "reports of replaced entries count",
     &core::late_store_of_truncated, nullptr, stalling},
    {"answer_on_append", "answered when only the leader has it",
     &core::answer_on_append},
    {"answer_by_index", "answered whatever stands at the index",
     &core::answer_by_index},
    {"answer_when_deposed", "lost leadership is answered as committed",
     &core::answer_when_deposed},
    {"apply_uncommitted", "applied when it is stored",
     &core::apply_uncommitted},
    {"skip_restore", "a received snapshot is not handed on",
     &core::skip_restore},
  };
}

std::vector<bug> guards_left_out() {
  using core = consensus::faults;
  return {
    {"old_snapshot_members", "rule 10: snapshots with an older membership",
     &core::old_snapshot_members, nullptr, reshaping},
    {"changes_in_mid_batch", "rule 7 is left out", &core::changes_in_mid_batch,
     nullptr, catching_up},
    {"stale_rejections", "rule 8 is left out", &core::stale_rejections, nullptr,
     reordering, &core::unordered_links},
    {"unordered_links", "links repeat and overtake", &core::unordered_links,
     nullptr, reordering},
    {"small_snapshot_window", "rule 9 is left out",
     &core::small_snapshot_window, nullptr, reordering, &core::refuse_replaced},
    {"refuse_replaced", "what follows a replaced entry is refused",
     &core::refuse_replaced, nullptr, installing},
    {"change_before_own_commit", "rule 11: a change by an untried leader",
     &core::change_before_own_commit, nullptr, reshaping},
    {"two_changes_at_once", "rule 11: a change upon an open one",
     &core::two_changes_at_once, nullptr, shrinking},
    {"change_with_voters_behind", "rule 11: voters do not know the last one",
     &core::change_with_voters_behind, nullptr, reshaping},
    {"remove_leader", "rule 11: the leader removes itself",
     &core::remove_leader, nullptr, parting},
    {"promote_lagging", "rule 11: a learner that is behind may vote",
     &core::promote_lagging, nullptr, growing},
    {"echo_pre_vote_term", "rule 13 is left out", &core::echo_pre_vote_term,
     nullptr, pair},
    {"transfer_to_lagging", "leadership is handed to one that is behind",
     &core::transfer_to_lagging},
    {"same_term_alone", "a lone voter leads again in the term it led in",
     &core::same_term_alone, nullptr, alone},
    {"foreign_cluster", "rule 16: another first membership is heard",
     &core::foreign_cluster, nullptr, strange},
    {"foreign_database", "rule 17: a second node of one id is heard",
     &core::foreign_database, nullptr, doubles},
    {"forget_change_before", "two open changes at a follower",
     &core::forget_change_before, nullptr, overruled},
    {"learners_refuse_votes", "who is no voter by its own log refuses",
     &core::learners_refuse_votes, nullptr, pairing},
    {"change_before_own_disk", "a change is sent before the leader has it",
     &core::change_before_own_disk, nullptr, parting},
  };
}

std::vector<bug> bad_surroundings() {
  using core = consensus::faults;
  using world = world_faults;
  return {
    {"disk_lies", "the disk reports before it has synced", nullptr,
     &world::disk_lies},
    {"disk_keeps_tail", "replaced entries stay on disk", nullptr,
     &world::disk_keeps_tail, takeovers},
    {"no_deduplication", "a request that is asked again counts twice", nullptr,
     &world::no_deduplication},
    {"answer_before_apply", "answers overtake what is applied", nullptr,
     &world::answer_before_apply},
    {"snapshot_too_new", "a snapshot of another index than it says", nullptr,
     &world::snapshot_too_new},
    {"rewritten_voter", "rule 17: a lost database is begun again",
     &core::foreign_database, &world::rewritten_voter, lost},
    {"skips_an_entry", "a restarted node leaves one out", nullptr,
     &world::skips_an_entry},
  };
}

std::vector<bug> other_decisions() {
  using world = world_faults;
  return {
    {"results_not_in_snapshots", "a restored node forgets what was decided",
     nullptr, &world::results_not_in_snapshots},
    {"time_of_the_node", "the time in the tables is not the entry's", nullptr,
     &world::time_of_the_node},
    {"own_opinion_decides", "tables ask who is healthy, not the entry", nullptr,
     &world::own_opinion_decides, failing},
    {"epoch_stays", "a region moves within an epoch", nullptr,
     &world::epoch_stays, failing},
    {"epoch_not_compared", "decisions about an older epoch count", nullptr,
     &world::epoch_not_compared, failing},
    {"late_timer_misses", "a late timer counts as misses of the others",
     nullptr, &world::late_timer_misses, sleeping},
    {"never_hands_over", "whoever leads goes on leading", nullptr,
     &world::never_hands_over},
    {"ignores_the_dead", "nobody notes who is down", nullptr,
     &world::ignores_the_dead, lost},
  };
}

} // namespace

const std::vector<bug>& bugs() {
  static const auto all = [] {
    auto made = broken_promises();
    for (const auto& more :
         {guards_left_out(), bad_surroundings(), other_decisions()})
      made.insert(made.end(), more.begin(), more.end());
    return made;
  }();
  return all;
}

world_options world_for(const bug& one, std::uint64_t seed, bool with_it) {
  world_options result;
  result.seed = seed;
  result.needs = one.needs;
  if (!with_it)
    return result;
  if (one.core != nullptr)
    result.core.*one.core = true;
  if (one.other != nullptr)
    result.core.*one.other = true;
  if (one.world != nullptr)
    result.world.*one.world = true;
  return result;
}

} // namespace holdfast::simulation
