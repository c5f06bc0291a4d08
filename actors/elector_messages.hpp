// What is said to and by the elector and the store of its log: plain structs.
//
// The first block travels between nodes; type_ids.hpp gives it its numbers.
#pragma once

#include "actors/consensus/core.hpp"

#include <cstdint>
#include <vector>

namespace holdfast {

// -- between the electors of two nodes: travels
// --------------------------------

/// A consensus::message on its way: its head, and the rest as octets.
struct consensus_packet {
  consensus::node_id from = 0;
  consensus::node_id to = 0;
  std::uint64_t cluster = 0;
  std::uint64_t database = 0;
  std::uint64_t start = 0;
  std::uint64_t to_database = 0;
  std::uint64_t sequence = 0;
  std::uint8_t kind = 0; ///< which of consensus::body
  std::vector<char> content;
};

/// Have this agreed on. The command carries who asks and the number of the
/// request, so that the machine applies it once however often it is proposed.
struct propose_request {
  consensus::octets command;
  bool forwarded = false; ///< by another elector: not to be passed on again
  /// A member that has to carry it out before its asker is answered: it hears
  /// at once that this is agreed on. 0: none.
  consensus::node_id carried_out_at = 0;
};

/// It is agreed on and applied. The errors of a proposal: unknown when it may
/// have happened; no_leader, overloaded, too_long, unavailable when it has not,
/// bad_argument when the leader's machine does not let it in.
struct proposal_result {
  consensus::log_index index = 0;
  consensus::octets answer; ///< what the machine made of it
};

// -- to the elector
// ------------------------------------------------------------

/// Another node is gone for good: its connection closed, and it refuses a new
/// one. A false word costs little.
struct peer_death_proven {
  consensus::node_id node = 0;
};

/// The others have taken the votes of any former log of this node away: it may
/// listen to them.
struct let_in {};

struct leader_query {};

struct leadership {
  consensus::node_id leader = 0; ///< 0: nobody, as far as is known here
  consensus::term_number term = 0;
  /// This node leads, and has applied all that was agreed on before.
  bool serves = false;
  /// False once this node's disk failed or its history is broken: it must end.
  bool takes_part = true;

  bool operator==(const leadership&) const = default;
};

struct change_member_request {
  consensus::change wanted;
};

/// Hand leadership over to this voter.
struct transfer_request {
  consensus::node_id to = 0;
};

/// Answered when all that was agreed on before is applied here. Only the
/// leader can.
struct barrier_request {};

struct elector_status_query {};

struct elector_status {
  leadership known;
  consensus::core_status core;
  std::uint64_t proposals = 0; ///< under way
};

/// Timer: the core wants to know the time.
struct tick_due {
  consensus::instant at{}; ///< an older one than the last that was set is late
};

/// To itself: look through the proposals that wait.
struct proposals_due {
  bool timed = false;
};

// -- elector and log store
// -----------------------------------------------------

struct load_log_request {};

struct loaded_log {
  consensus::stored_log log;
  consensus::origin who;
};

struct store_log_request {
  std::vector<consensus::write> writes;
  std::uint64_t number = 0; ///< of the last of them
};

/// All writes up to this number are on disk.
struct stored_writes {
  std::uint64_t number = 0;
};

/// To itself: commit what has come together.
struct commit_due {};

// -- elector and machine
// -------------------------------------------------------

/// Takes the place of all that was applied.
struct restore_request {
  consensus::snapshot base;
};

/// May this command of another node be agreed on? Every member has to read it.
struct check_request {
  consensus::octets command;
};

/// In order, each once.
struct committed_entries {
  std::vector<consensus::applied_entry> entries;
};

/// One answer for each entry; empty for those that are no commands.
struct applied_results {
  std::vector<consensus::octets> answers;
};

struct machine_snapshot_query {};

/// As of the last entry that was applied.
struct machine_snapshot {
  consensus::log_index index = 0;
  consensus::octets state;
};

} // namespace holdfast
