// Times and bounds of the holders of a region: what actors give to
// actors/rules/region_replica.
#pragma once

#include <chrono>
#include <cstddef>

namespace holdfast::config {

/// Time that a home may go on without hearing from a majority: as long as it
/// takes until a node counts as down.
inline constexpr std::chrono::milliseconds region_lease{2500};
/// Time between two beats of a home: five in a lease.
inline constexpr std::chrono::milliseconds region_beat{500};
/// Time between two looks at what is overdue.
inline constexpr std::chrono::milliseconds region_tick{100};
/// Time after which a holder that has not reported is asked again, at first: it
/// may still be making its memory.
inline constexpr std::chrono::milliseconds region_ask_again{100};
/// Time after which what has no answer is sent again, if nothing before it had
/// one: a message takes less on a link of 3 Mbit/s.
inline constexpr std::chrono::milliseconds region_resend{1000};
/// Time for a holder to send values before others are asked.
inline constexpr std::chrono::milliseconds region_pull_patience{3000};
/// Time for a flush or a read, after which it is unknown.
inline constexpr std::chrono::milliseconds region_wait_patience{10000};
/// For the home elsewhere of what was agreed on, to say that it can be used:
/// longer than to make a region of some GiB.
inline constexpr std::chrono::milliseconds home_answer_patience{10000};
/// Time for a client to be let in by a region whose home is being found: less
/// than it waits for an answer.
inline constexpr std::chrono::milliseconds region_attach_patience{5000};
/// Bytes of one message: those of a call to a peer.
inline constexpr std::size_t region_message_bytes_max = std::size_t{256} << 10;
/// Bytes of the rows in it: the rest is for the words around them. Larger
/// values travel one at a time, in several messages.
inline constexpr std::size_t region_rows_bytes_max
  = region_message_bytes_max - 1024;
/// Bytes of a packed message with the largest value, its rows and what names
/// them: it travels in parts of the above.
inline constexpr std::size_t region_packed_bytes_max = std::size_t{17} << 20;
/// Rows of one message: small values have 48 bytes each beside them.
inline constexpr std::size_t region_message_rows_max = 4096;
/// Bytes of the rows that belong together because their variables are stored in
/// groups: they travel in one message. More of them at once is shown as groups
/// when all are there.
inline constexpr std::size_t region_together_bytes_max = std::size_t{8} << 20;
/// Time that writers in the middle of a store may keep a home from taking
/// groups whole: then holders show no groups until the writers go on or die.
inline constexpr std::chrono::milliseconds region_group_patience{250};
/// Looks at what has just been stored together with variables that are kept
/// still, before that is given up for now; and how many of them are at what has
/// changed, before all is kept still that is known to be stored in groups.
inline constexpr int region_group_looks_max = 16;
inline constexpr int region_group_looks_at_changed = 4;
/// Tries at locks that writers hold, in one drain beside the first at each: a
/// group is left within some microseconds, and who stays has no more of it.
inline constexpr int region_group_attempts_max = 128;
/// Time between two looks, at the end, whether a writer has left its group.
inline constexpr std::chrono::milliseconds region_group_last_looks{10};
/// Bytes and messages on their way to one holder: with fewer it waits for the
/// next one while a region is copied to it.
inline constexpr std::size_t region_window_bytes_max = std::size_t{4} << 20;
inline constexpr std::size_t region_window_messages_max = 32;
/// Frames and bytes of one system call on a connection for replication: what
/// the kernel takes at once where that is fast.
inline constexpr std::size_t replication_frames_at_once = 64;
inline constexpr std::size_t replication_bytes_at_once = std::size_t{1} << 20;
/// Discarded values that one record of the audit trail names.
inline constexpr std::size_t discarded_named_max = 8;
/// Bytes of values in one step to a region's disk: what of them is in flight.
inline constexpr std::size_t region_disk_step_bytes_max = std::size_t{8} << 20;
/// Time after which a disk that failed, or was full, is tried again.
inline constexpr std::chrono::milliseconds region_disk_retry{5000};
/// Pages of 4 KiB in a region's write-ahead log before they move into the
/// file: as long as the values of a small region are overwritten in the log.
inline constexpr int region_log_pages_max = 1000;
/// Time between two comparisons of what a region's holders have, and how much
/// of it one covers: reading and hashing take a millisecond or two.
inline constexpr std::chrono::milliseconds region_compare_interval{10000};
inline constexpr std::size_t region_compared_rows_max = 1024;
inline constexpr std::size_t region_compared_bytes_max = std::size_t{4} << 20;
/// Flushes and reads that wait, of one region: one for each client.
inline constexpr std::size_t region_waiters_max = 4096;

} // namespace holdfast::config
