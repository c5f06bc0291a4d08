// The bugs that can be put back, and the situations in which they show.
#include "tests/simulation/region_options.hpp"

namespace holdfast::region_simulation {

namespace {

constexpr situation failing{.holders = 3, .crashes = true};
constexpr situation sleeping{.holders = 3, .pauses = true};
constexpr situation quiet{.holders = 5, .idle = true, .estranged = true};
constexpr situation late{.holders = 3, .bad_links = true, .late = true};
constexpr situation draining{
  .holders = 5, .bad_links = true, .slow_drains = true, .severed = true};
constexpr situation losing{
  .holders = 3, .moves = true, .bad_links = true, .slow_tables = true};
constexpr situation many{.holders = 5, .moves = true, .bad_links = true};
constexpr situation storing{.holders = 3,
                            .crashes = true,
                            .moves = true,
                            .bad_links = true,
                            .session = true};
constexpr situation grouping{.holders = 3, .bad_links = true, .groups = true};
constexpr situation reshaping{
  .holders = 3, .crashes = true, .reshaping = true, .bad_links = true};
constexpr situation restarting{.holders = 3,
                               .crashes = true,
                               .moves = true,
                               .bad_links = true,
                               .slow_tables = true};

std::vector<bug> takeovers() {
  using rule = region_replica::faults;
  return {
    {"promised_is_accepted", "one epoch for what is promised and accepted",
     &rule::promised_is_accepted, nullptr, losing},
    {"serve_before_write_back", "a home serves what it only just heard",
     &rule::serve_before_write_back, nullptr, restarting},
    {"serve_before_settled", "a home serves before the tables know",
     &rule::serve_before_settled, nullptr, losing},
    {"empty_counts", "a holder without memory counts", &rule::empty_counts,
     nullptr, failing},
    {"promise_forgotten", "a restarted holder promises anew",
     &rule::promise_forgotten, nullptr, restarting},
    {"restarted_home_goes_on", "a home goes on in the epoch of an older life",
     &rule::restarted_home_goes_on, nullptr, failing},
    {"by_version_alone", "the highest version wins, whatever its epoch",
     &rule::by_version_alone, nullptr, many},
    {"not_outnumbered", "versions go back where they were higher",
     &rule::not_outnumbered, nullptr, sleeping},
    {"whole_too_early", "a holder counts before it has all",
     &rule::whole_too_early, nullptr, late},
  };
}

std::vector<bug> deltas() {
  using rule = region_replica::faults;
  return {
    {"below_promise", "deltas of older epochs are taken", &rule::below_promise,
     nullptr, losing},
    {"delta_of_older_life", "what was meant for an older life is taken",
     &rule::delta_of_older_life, nullptr, late},
    {"ack_of_older_epoch", "answers of older epochs count",
     &rule::ack_of_older_epoch, nullptr, many},
    {"gaps_are_taken", "deltas count although one is missing",
     &rule::gaps_are_taken, nullptr, losing},
    {"lost_is_not_sent_again", "what was lost stays lost",
     &rule::lost_is_not_sent_again, nullptr, losing},
    {"covers_what_is_queued", "a delta claims what still waits",
     &rule::covers_what_is_queued, nullptr, failing},
    {"commit_by_one", "one answer commits", &rule::commit_by_one, nullptr,
     many},
    {"flush_ends_at_once", "a flush does not wait", &rule::flush_ends_at_once,
     nullptr, failing},
    {"flush_of_older_reign", "what was discarded is flushed",
     &rule::flush_of_older_reign, nullptr, sleeping},
    {"carried_counts_as_committed", "what came along counts as committed",
     &rule::carried_counts_as_committed, nullptr, draining},
  };
}

std::vector<bug> leases() {
  using rule = region_replica::faults;
  return {
    {"lease_from_answer", "a lease counts from when the answer came",
     &rule::lease_from_answer, nullptr, sleeping},
    {"no_lease_wait", "the lease of the last home is not waited out",
     &rule::no_lease_wait, nullptr, sleeping},
    {"beats_after_promise", "who promised lets the old home go on",
     &rule::beats_after_promise, nullptr, quiet},
    {"wall_clock", "clocks are set back", nullptr, &world_faults::wall_clock,
     sleeping},
    {"false_proof", "a frozen home is taken for dead", nullptr,
     &world_faults::false_proof, sleeping},
    {"reads_without_asking", "whoever was home once answers reads", nullptr,
     &world_faults::reads_without_asking, sleeping},
  };
}

std::vector<bug> groups() {
  return {
    {"groups_in_pieces", "what is stored in groups is sent like the rest",
     &region_replica::faults::groups_in_pieces, nullptr, grouping},
    {"groups_read_late", "groups are sent as they are by then", nullptr,
     &world_faults::groups_read_late, grouping},
  };
}

std::vector<bug> sessions() {
  return {
    {"tails_left_behind", "what a value contains does not come with it",
     nullptr, &world_faults::tails_left_behind, storing},
    {"stores_forgotten", "a home forgets what it stored for a session", nullptr,
     &world_faults::stores_forgotten, storing},
  };
}

} // namespace

const std::vector<bug>& bugs() {
  static const auto all = [] {
    auto made = takeovers();
    for (const auto& more : {deltas(), leases(), sessions(), groups()})
      made.insert(made.end(), more.begin(), more.end());
    return made;
  }();
  return all;
}

options world_for(const bug& one, std::uint64_t seed, bool with_it) {
  options wanted;
  wanted.seed = seed;
  wanted.needs = one.needs;
  if (with_it && one.rule != nullptr)
    wanted.rule.*one.rule = true;
  if (with_it && one.world != nullptr)
    wanted.world.*one.world = true;
  return wanted;
}

} // namespace holdfast::region_simulation
