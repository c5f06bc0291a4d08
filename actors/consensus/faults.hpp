// Bugs that the simulation puts back, to see that it finds them.
//
// All off, and nothing reads them from a configuration: only tests/ sets one.
#pragma once

namespace holdfast::consensus {

struct faults {
  // What is on disk before what is said.
  bool forget_vote = false;             ///< the term is stored, the vote is not
  bool forget_ballot = false;           ///< neither is stored
  bool speak_before_ballot = false;     ///< messages do not wait for the disk
  bool store_before_sync = false;       ///< entries count as stored when queued
  bool late_store_of_truncated = false; ///< reports of replaced entries count

  // What is told to whom.
  bool answer_on_append = false;    ///< "committed" when only the leader has it
  bool answer_by_index = false;     ///< "committed" whatever stands there
  bool answer_when_deposed = false; ///< "committed" when leadership was lost
  bool apply_uncommitted = false;   ///< applied when stored
  bool skip_restore = false;        ///< a received snapshot is not handed on
  bool old_snapshot_members = false; ///< rule 10: the membership before

  // Guards left out.
  bool changes_in_mid_batch = false;      ///< rule 7
  bool stale_rejections = false;          ///< rule 8
  bool unordered_links = false;           ///< rule 8
  bool small_snapshot_window = false;     ///< rule 9
  bool refuse_replaced = false;           ///< rule 9, see skip_replaced
  bool change_before_own_commit = false;  ///< rule 11
  bool two_changes_at_once = false;       ///< rule 11
  bool change_with_voters_behind = false; ///< rule 11
  bool remove_leader = false;             ///< rule 11
  bool promote_lagging = false;           ///< rule 11
  bool echo_pre_vote_term = false;        ///< rule 13
  bool transfer_to_lagging = false;       ///< section 6
  bool same_term_alone = false;           ///< see leads_alone
  bool foreign_cluster = false;           ///< rule 16
  bool foreign_database = false;          ///< rule 17
  bool forget_change_before = false;      ///< see change_told_before
  bool learners_refuse_votes = false;     ///< see is_voter
  bool change_before_own_disk = false;    ///< see waits_for_own_disk
};

} // namespace holdfast::consensus
