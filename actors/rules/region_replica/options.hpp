// Bounds and times of a region's holders, and the guards that a test can leave
// out. The defaults are those of config/region_bounds.hpp, which rules may not
// include; a test compares them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace holdfast::region_replica {

/// Each leaves out one guard. All false outside of the simulation.
struct faults {
  bool promised_is_accepted = false;
  bool serve_before_write_back = false;
  bool serve_before_settled = false;
  bool empty_counts = false;
  bool promise_forgotten = false;
  bool restarted_home_goes_on = false;
  bool not_outnumbered = false;
  bool below_promise = false;
  bool by_version_alone = false;
  bool delta_of_older_life = false;
  bool ack_of_older_epoch = false;
  bool whole_too_early = false;
  bool lease_from_answer = false;
  bool no_lease_wait = false;
  bool beats_after_promise = false;
  bool gaps_are_taken = false;
  bool commit_by_one = false;
  bool lost_is_not_sent_again = false;
  bool carried_counts_as_committed = false;
  bool covers_what_is_queued = false;
  bool flush_ends_at_once = false;
  bool flush_of_older_reign = false;
  bool groups_in_pieces = false;
};

struct options {
  using milliseconds = std::chrono::milliseconds;

  /// Of a home, from when it asked a majority.
  milliseconds lease{2500};
  /// Between two beats.
  milliseconds beat{500};
  /// Between two ticks, at most.
  milliseconds tick{100};
  /// Before a holder that has not reported is asked again, at first.
  milliseconds ask_again{100};
  /// An answer that is not there by then is asked for again.
  milliseconds resend{1000};
  /// Values that a holder has not sent by then are looked for elsewhere.
  milliseconds pull_patience{3000};
  /// A flush or read that has no answer by then ends with unknown.
  milliseconds wait_patience{10000};

  /// With what names them, rows of one message.
  std::size_t message_bytes_max = (std::size_t{256} << 10) - 1024;
  std::size_t message_rows_max = 4096;
  /// Of rows that belong together: they stand in one message, whatever else
  /// bounds it. Of more than this the holder shows no groups until all are
  /// there.
  std::size_t together_bytes_max = std::size_t{8} << 20;
  std::size_t together_rows_max = 4096;
  std::size_t window_bytes_max = std::size_t{4} << 20; ///< to one holder
  std::size_t window_messages_max = 32;
  std::size_t waiters_max = 4096;

  /// The region is on the disks of its holders, too: an epoch settles once it
  /// is on a majority of them.
  bool durable = false;

  region_replica::faults faults{};

  /// How long a lease may last by another clock: one per cent each way, and
  /// as much again.
  constexpr std::chrono::nanoseconds lease_wait() const noexcept {
    return std::chrono::nanoseconds{lease}
           + std::chrono::nanoseconds{lease} / 25;
  }
};

} // namespace holdfast::region_replica
