// The one place that calls the library of consensus: cowsql raft 0.22.1, by
// its step function. Values in, values out; its memory is owned in here.
//
// It adds no rule and leaves none out: those are in guards.hpp and core.hpp.
// The library gets terms, kinds and memberships, never the bytes of commands.
#pragma once

#include "actors/consensus/log_cache.hpp"
#include "actors/consensus/messages.hpp"

#include <chrono>
#include <memory>

struct raft;

namespace holdfast::consensus {

/// Since whatever the clock of this node began with; it never goes back.
using instant = std::chrono::milliseconds;

enum class library_state : std::uint8_t { follower, candidate, leader };

struct library_options {
  node_id self = 0;
  std::uint32_t seed = 0;
  std::chrono::milliseconds election_timeout{};
  std::chrono::milliseconds heartbeat{};
  std::chrono::milliseconds install_timeout{};
  std::uint32_t inflight_entries_max = 0;
  bool pre_vote = true;
};

struct entry_head {
  term_number term = 0;
  entry_kind kind = entry_kind::command;
};

struct outgoing {
  node_id to = 0;
  body content; ///< entries and snapshots as empty ones: the log fills them
};

/// What one step asks for.
struct step_result {
  int error = 0; ///< the library's code; then the rest does not count
  bool ballot = false;
  log_index put_from = 0; ///< 0: no entries
  std::vector<entry_head> put;
  bool install = false; ///< the snapshot that was received
  std::vector<outgoing> messages;
};

class raft_library {
public:
  explicit raft_library(const library_options& options);

  // One step each.
  step_result start(const stored_log& stored, instant now);
  step_result receive(const message& from_peer, instant now);
  /// A request for a vote, judged as if this node had one: guards.hpp,
  /// is_voter. Not while it leads.
  step_result receive_as_voter(const message& from_peer, instant now);
  step_result persisted_entries(log_index last, instant now);
  step_result persisted_snapshot(const snapshot& base, instant now);
  step_result committed_change(log_index index, const membership& members,
                               instant now);
  step_result took_snapshot(const snapshot& base, log_index trailing,
                            instant now);
  step_result time_out(instant now);
  step_result submit(const std::vector<entry>& entries, instant now);
  step_result transfer(node_id to, instant now);

  /// Guards.hpp, leads_alone: the next step would make this node a leader in a
  /// term that it did not stand in. The ballot is to be stored.
  void begin_term();

  /// Who does not stand for election keeps the name of a silent leader, and
  /// with it a reason to refuse its vote to anybody else. Only of a follower.
  void forget_leader();

  void set_election_timeout(std::chrono::milliseconds timeout);

  /// For the fault that makes two changes at once only.
  void forget_open_change();

  // What it knows.
  library_state state() const;
  term_number term() const;
  node_id voted_for() const;
  node_id leader() const;
  log_index commit_index() const;
  log_index last_stored() const;
  log_index committed_change_index() const;
  log_index open_change_index() const;
  bool is_installing() const;
  node_id transferee() const;
  instant timeout() const;
  /// Nothing unless this node leads and `id` is a member.
  std::optional<log_index> match_index(node_id id) const;

private:
  struct closer {
    void operator()(raft* owned) const;
  };

  std::unique_ptr<raft, closer> raft_;
};

/// The library's words for an error code.
const char* library_error(int code);

} // namespace holdfast::consensus
