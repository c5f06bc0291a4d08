// One node's part in the agreement: events in, actions out.
//
// Rule 19: all that the rest of Holdfast knows of consensus is this file, so
// that the library behind it can be exchanged. Knows no clock, no disk and no
// network: it is told the time, what the disk has done and what was heard.
//
// Each call returns what is to be done. What it asks to send may be sent at
// once, whatever the disk does: it holds back what depends on a write.
#pragma once

#include "actors/consensus/faults.hpp"
#include "actors/consensus/guards.hpp"
#include "actors/consensus/open_writes.hpp"
#include "actors/consensus/ordered_links.hpp"
#include "actors/consensus/raft_library.hpp"
#include "actors/consensus/spoken.hpp"
#include "actors/consensus/storage.hpp"

#include <set>

namespace holdfast::consensus {

/// The caller's own mark on what it asks for.
using request_id = std::uint64_t;

struct submission {
  request_id request = 0;
  octets data;
  /// Members that wait for it: they hear at once that it is committed.
  std::vector<node_id> awaited_at{};
};

struct applied_entry {
  log_index index = 0;
  entry content;
};

struct ended_request {
  request_id request = 0;
  outcome how = outcome::unknown;
  log_index index = 0; ///< of the entry, if it is committed
};

/// A message that was not listened to, for the log and the metrics.
struct refused_message {
  enum class reason : std::uint8_t {
    malformed = 1,
    other_cluster,  ///< rule 16: another first membership
    other_database, ///< rule 17: its id is known with another database
    second_leader   ///< leads in our own term: two nodes with one id
  };

  node_id from = 0;
  reason why = reason::malformed;
};

/// A node was heard for the first time: to be kept beside the log, and given
/// back in core_options at the next start.
struct met_node {
  node_id id = 0;
  std::uint64_t database = 0;
};

/// To be done in this order; the first two need not wait for each other.
struct actions {
  /// For storage::commit; then persisted(written) is to be told. When it
  /// fails, the node must end (rule 12): there is no way to tell.
  std::vector<write> writes;
  write_number written = 0; ///< number of the last write asked for so far
  std::vector<message> messages;
  /// Takes the place of the whole state before anything is applied.
  std::optional<snapshot> restore;
  std::vector<applied_entry> apply;
  /// To be told after what is applied is applied.
  std::vector<ended_request> ended;
  /// The state as of this index is wanted: snapshot_made, sooner or later.
  std::optional<log_index> snapshot_wanted;
  std::vector<refused_message> refused;
  std::vector<met_node> met;
  bool status_changed = false;
  /// The history of the cluster is broken: the node must stop.
  std::optional<std::string> fatal;
};

struct member_status {
  node_id id = 0;
  member_role role = member_role::voter;
  log_index match = 0;            ///< its log equals the leader's up to here
  std::optional<instant> contact; ///< when it last answered this leader
  bool caught_up = false;
};

enum class role : std::uint8_t { follower, candidate, leader };

struct core_status {
  role state = role::follower;
  node_id leader = 0; ///< of this term; 0: not known
  term_number term = 0;
  log_index last = 0;
  log_index stored = 0;
  term_number stored_term = 0;
  log_index commit = 0;
  log_index applied = 0;
  term_number applied_term = 0;
  log_index snapshot = 0;
  bool serves = false; ///< leads, and has applied an entry of its own term
  node_id transferee = 0;
  membership members; ///< the newest, committed or not
  log_index membership_index = 0;
  membership agreed; ///< the newest that this node knows to be committed
  std::vector<member_status> progress; ///< only at the leader
};

struct core_options {
  node_id self = 0;
  std::uint64_t cluster = 0; ///< digest_of the first membership
  origin who;                ///< `start` grows with each start of this node
  std::map<node_id, std::uint64_t> databases; ///< of the nodes met before
  std::uint32_t seed = 0;                     ///< of the election timeouts
  std::chrono::milliseconds election_timeout{300};
  std::chrono::milliseconds heartbeat{60};
  std::chrono::milliseconds install_timeout{5000};
  /// In the place of the election timeout once the leader is proven dead.
  std::chrono::milliseconds hurried_timeout{30};
  /// Later by so much for each voter with a lower id: fewer split votes.
  std::chrono::milliseconds hurried_step{15};
  /// Until members are told what is committed where nobody waits for it; the
  /// next entries mostly do so earlier.
  std::chrono::milliseconds commit_grace{5};
  log_index snapshot_threshold = 8192;
  /// Or once the commands since the last one have this many bytes.
  std::size_t snapshot_bytes = 8 * 1024 * 1024;
  /// Entries that are applied before any snapshot, whatever their bytes.
  log_index snapshot_least = 1024;
  log_index snapshot_trailing = 1024;
  limits bounds;
  faults broken;
};

/// What a node without a history writes first, the same on all members: to be
/// stored before it starts. Rule 16: only into an empty database, and only
/// once; nothing otherwise.
std::optional<write> first_write(const stored_log& stored,
                                 const membership& members);

class core {
public:
  explicit core(core_options options);

  /// First call. Errors: corrupt, when what was stored is not a log;
  /// refused, when it is that of another cluster.
  shm::result<actions> start(stored_log stored, instant now);

  // Requests; each ends once, in `ended`.
  actions submit(std::vector<submission> entries, instant now);
  actions barrier(request_id request, instant now);
  actions change_membership(request_id request, const change& wanted,
                            instant now);
  actions transfer(request_id request, node_id to, instant now);

  // Events.
  actions receive(message heard, instant now);
  actions tick(instant now);
  /// All writes up to this number are on disk.
  actions persisted(write_number stored, instant now);
  /// The state of the machine as of `index`, which was applied.
  actions snapshot_made(log_index index, octets state, instant now);
  /// Its connection closed and it refuses another one. Only hurries: a false
  /// proof costs a pre-vote that is refused.
  actions leader_death_proven(node_id dead, instant now);

  /// When tick is to be called next.
  instant next_tick() const;

  core_status status() const;

private:
  struct open_request {
    request_id request = 0;
    term_number term = 0;
    std::vector<node_id> awaited_at{};
  };

  struct open_transfer {
    request_id request = 0;
    node_id to = 0;
    instant until{};
  };

  struct hurry {
    node_id dead = 0;
    instant from{};
    instant until{};
    bool begun = false;
  };

  using view = std::tuple<library_state, node_id, term_number, log_index, bool>;

  void advance(instant now);
  void time_out();
  actions settled();
  void settle();
  void apply_committed();
  void apply(log_index index);
  void on_applied_change(log_index index);
  void end(request_id request, outcome how, log_index index = 0);
  void end_open_requests();
  void settle_leadership();
  void settle_transfer();
  void settle_hurry();
  void end_hurry();
  void want_snapshot();

  void submit_entries(std::vector<entry> entries,
                      std::vector<submission> requests);
  std::optional<outcome> not_now(std::size_t count) const;
  change_view view_of(const change& wanted, const membership& members) const;
  bool caught_up(node_id id) const;
  bool voters_know(const change& wanted, const membership& members) const;

  bool listens_to(const message& heard);
  bool fits_state(const message& heard);
  void refuse(node_id from, refused_message::reason why);
  void deliver(const message& heard);
  void note_contact(const message& heard);

  bool absorb(const step_result& made, const std::vector<entry>& brought,
              log_index brought_from, const snapshot* received);
  bool holds_messages_back(const write& wanted) const;
  void put(const step_result& made, const std::vector<entry>& brought,
           log_index brought_from, write& into);
  void say(outgoing said);
  void fill(append_request& said, node_id to);
  void tell_commit();
  void tell_commit(node_id to, log_index match);
  void stored_entries(log_index last);
  void stored_base(const open_write& stored);
  void fail(const std::string& why);

  bool votes() const;
  node_id known_leader() const;
  view seen() const;

  core_options options_;
  raft_library library_;
  log_cache log_;
  instant now_{};
  actions out_;
  bool failed_ = false;
  view seen_;

  write_number written_ = 0;
  write_number stored_ = 0;
  write_number held_by_ = 0; ///< the last write that messages wait for
  open_writes open_writes_;
  spoken spoken_;
  speaking_order speaking_;
  listening_order listening_;

  log_index applied_ = 0;
  std::map<log_index, open_request> open_;
  std::optional<open_transfer> transfer_;
  std::optional<hurry> hurry_;
  term_number barrier_term_ = 0; ///< in which the own-term entry was entered
  term_number leader_term_ = 0;  ///< in which the leader was heard last
  std::map<node_id, instant> contact_;
  std::map<node_id, log_index> told_; ///< committed, as each member was told
  std::set<node_id> awaited_at_;      ///< that are to hear of it at once
  std::optional<instant> tell_at_;    ///< those where it is not
  bool snapshot_asked_ = false;
  std::size_t applied_bytes_ = 0; ///< since a snapshot was asked for
};

} // namespace holdfast::consensus
