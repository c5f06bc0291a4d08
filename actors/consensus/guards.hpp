// What must be seen to around the library, each rule in one place.
//
// The library is right about most of Raft and wrong in a few places. Each
// function here says which one it stands in for. Decisions only: no state, no
// library. The rules that have state are ordered_links.hpp (rule 8), spoken.hpp
// (what waits for the disk) and core.cpp (rules 5, 6, 10 and 14).
#pragma once

#include "actors/consensus/log_cache.hpp"
#include "actors/consensus/messages.hpp"
#include "actors/consensus/outcome.hpp"

namespace holdfast::consensus {

/// What bounds a message and a log.
struct limits {
  std::size_t entry_bytes_max = 1024 * 1024;
  /// Entries under way to one member; also those of one message.
  std::uint32_t inflight_entries_max = 32;
  /// Entries that wait for a majority.
  std::size_t open_entries_max = 4096;
  std::size_t snapshot_bytes_max = 64 * 1024 * 1024;
  /// Messages that wait for the disk; beyond, they are lost as on a network.
  std::size_t held_messages_max = 4096;
};

/// Hostile or mangled: the library checks nothing and its asserts are off
/// (rule 15), so whatever it takes for granted is seen to here.
bool is_well_formed(const message& heard, const limits& limits);

/// The same for what was found on disk.
bool is_well_formed(const stored_log& stored);

/// Rule 7: a change that is not the first entry is entered under the index of
/// the first: two leaders in one term. So a change always comes first.
std::vector<message> with_changes_first(message heard);

/// A second change tells that the one before it is committed, as only one is
/// under way at a time. The library forgets the first one instead, and would
/// roll back behind it. The index of a change to be told as committed before
/// `heard` is delivered; 0: none. `open`: the change that the library takes
/// for uncommitted.
log_index change_told_before(const append_request& heard, const log_cache& log,
                             log_index open);

/// Rule 8: a late rejection at or below what is known to match makes the
/// library lose count, and the follower sticks behind for ever.
bool is_stale_rejection(const append_result& heard, term_number term,
                        std::optional<log_index> match);

/// Rule 9: the library refuses what follows an entry that its snapshot has
/// replaced, and that refusal the leader takes for a late one: the follower
/// sticks behind until the leader, too, has dropped the entry. It happens when
/// an installed snapshot is acknowledged too late: the leader goes back to what
/// it knows to match. But what a snapshot holds is committed, so every leader
/// has it: as if it had sent what follows the snapshot.
void skip_replaced(append_request& heard, const log_cache& log);

/// Rule 13: the library echoes the term of the asker when it refuses a
/// pre-vote, so the best log may never learn the higher term: no leader ever.
void tell_own_term(vote_result& said, term_number term);

/// A lone voter is made leader by the library at once, without an election: in
/// the term that it finds. After a restart it would enter other entries under
/// the indices and term of those that learners have and it has lost. So its
/// term is counted up first. True if that is so of `self`.
bool leads_alone(const membership* members, node_id self);

/// By the newest membership of its own log, committed or not.
///
/// To the library this decides whether a node grants votes, but it must not:
/// servers answer requests for votes without consulting their configuration
/// (Ongaro's thesis, 4.1). A learner that is being promoted may be the last to
/// know; a candidate that knows needs its vote. When a lone voter has grown to
/// two and stops before the other one has heard of it, nobody would ever lead
/// again. It is safe: a candidate counts only the voters of its own log, every
/// node has one vote in a term whatever its role, and two majorities of
/// neighbouring memberships overlap.
///
/// Whoever does not vote still does not stand for election. The thesis (4.2.2)
/// lets it, for a change that only the removed node holds; waits_for_own_disk
/// leaves no such change.
bool is_voter(const membership* members, node_id self);

/// A leader sends a change only when its own disk holds it: true if this write
/// is to be on disk before anything more is said.
///
/// Any other entry may be sent first (thesis, 10.2.1). But when one of two
/// voters is voted out and the leader stops, the other one alone may come to
/// hold the change: it does not stand, and it refuses its vote to the leader,
/// whose log is the shorter one. So whoever holds a change, its leader does
/// too: a voter of it, as none removes itself (rule 11).
bool waits_for_own_disk(const std::vector<entry>& entered, bool leads);

/// What a change of the membership is decided by (rule 11).
struct change_view {
  const membership& members;
  node_id self = 0;
  bool open_change = false;     ///< another one is under way
  bool own_term_commit = false; ///< an entry of this term is committed
  bool voters_know = false;     ///< all voters have the last committed change
  bool caught_up = false;       ///< the subject, to be promoted
};

/// Committed if the change may be entered, otherwise why not.
outcome judge(const change& wanted, const change_view& view);

/// The membership after it. Only of a change that was judged to be fine.
membership changed(membership members, const change& wanted);

} // namespace holdfast::consensus
