// One node's part in one region: its holders, who is home among them, and what
// is committed. A pure step machine: events in, actions out.
//
// The five steps of a change of homes. The catalog decides (home, epoch); the
// home asks for promises and hears what is held (collecting); takes over the
// newest of each variable from a majority of the holders that last settled
// (pulling); writes it back to a majority of its holders (writing back); has
// the catalog note that (settling); serves (serving). A home that goes on in a
// new epoch, since holders came or went, serves meanwhile.
//
// Three rules keep it safe (docs/decisions/0011):
//
// - What is promised and what is accepted are two epochs.
// - A home commits in a settled epoch only. So whatever was committed is held
//   by a majority of `settled_holders`, and that is whom the next home asks.
// - A node that lost its memory counts as a holder again once a home has made
//   it whole, and its promises are in the tables: it takes part after they
//   name its new life.
//
// The models are tests/models/region_failover.pml and region_lease.pml.
#pragma once

#include "actors/rules/region_replica/actions.hpp"
#include "actors/rules/region_replica/follower.hpp"
#include "actors/rules/region_replica/holding.hpp"
#include "actors/rules/region_replica/options.hpp"
#include "actors/rules/region_replica/pending.hpp"
#include "actors/rules/region_replica/status.hpp"
#include "actors/rules/region_replica/waiters.hpp"

namespace holdfast::region_replica {

struct change {
  variable_key key = 0;
  std::uint64_t version = 0;
  std::uint64_t bytes = 0;
  bool grouped = false; ///< its variable was ever stored in a group
};

/// All events may be repeated, late, or out of order, except that a node hands
/// over placements in the order of its tables.
class machine {
public:
  /// `admitted`: the index of the entry by which the tables know this life of
  /// the node; what they say is told from then on.
  machine(node_id self, life of, epoch_number admitted, options how = {});

  /// What this node's disk kept; before all other events.
  void restore(holding kept);

  // -- from the tables --------------------------------------------------------

  actions on_placement(boot_time now, const placement& placed);
  /// A variable is there, and messages about it can be carried out. What is
  /// said about others is not taken, and comes again.
  void add_variable(variable_key key);
  void remove_variable(variable_key key);

  // -- from the memory --------------------------------------------------------

  /// What clients stored since the last drain, and their versions. `apart`: of
  /// what is stored in groups they are not as of one instant.
  actions on_drained(boot_time now, const std::vector<change>& changes,
                     bool apart = false);
  /// The answer to stop_writers.
  actions on_stopped(boot_time now, const std::vector<change>& changes);
  /// A delta to that holder could not be made: a value in it changes too fast,
  /// or is half of a group. The next event that has something sent tries it
  /// again.
  void on_unsent(node_id to);
  /// All up to this sequence of this epoch is on this node's disk: as a home
  /// its own changes, as a replica what deltas covered.
  actions on_durable(boot_time now, epoch_number epoch, sequence up_to);

  // -- from clients -----------------------------------------------------------

  /// After a drain: ends once a majority has all that was drained so far.
  /// `stored_in`: the epoch that control memory showed at the first store that
  /// is to be flushed, 0 for none. If another node was home since, that store
  /// may be gone: unknown.
  actions on_flush(boot_time now, waiter who, epoch_number stored_in,
                   bool durable = false);
  /// Ends with ok when what is in memory now is committed and this node was
  /// home after the call: the value may be read.
  actions on_read(boot_time now, waiter who);
  /// Whoever waited does not any more.
  void forget_waiter(waiter who);

  // -- from other holders, and time -------------------------------------------

  actions on_message(boot_time now, node_id from, const message& said);
  /// That life of a node will do nothing any more: its lease need not be
  /// waited out.
  actions on_death_proven(boot_time now, node_id who, life of);
  /// In intervals of at most options::tick, and at next_lease_end().
  actions on_tick(boot_time now);

  // -- looking ----------------------------------------------------------------

  status look() const;
  /// What on_durable() is to be told once all that is held now is on disk;
  /// nothing while this node is not yet what it is to be.
  std::optional<std::pair<epoch_number, sequence>> reached() const;
  /// The epoch in which what clients store here is stored; nothing if it is in
  /// no table.
  std::optional<epoch_number> stores_in() const;
  region_replica::phase now() const noexcept {
    return phase_;
  }
  const holding& held() const noexcept {
    return held_;
  }
  /// When a lease is over that this node waits for to take over; nothing: it
  /// waits for none, or for what others say.
  std::optional<boot_time> next_lease_end(boot_time now) const;
  bool serving(boot_time now) const noexcept {
    return serves_ && lease_.held(now);
  }

private:
  /// A variable that another holder has newer.
  struct wanted_value {
    std::set<node_id> from; ///< who has it
    stamp stored;
    std::uint64_t version = 0; ///< to be stored under; 0: its own
    std::uint64_t bytes = 0;
  };

  // machine.cpp
  bool knows(variable_key key) const;
  bool grouped(variable_key key) const;
  void note_grouped(variable_key key);
  void queue(follower& to, variable_key key, sequence changed) const;
  void note_promise(epoch_number epoch);
  void stop();
  void note_provisional();
  void step_down();
  void publish_state(boot_time now);
  void send_to(node_id node, life to, words what);
  void reply(node_id to, const message& said, words what);
  actions done(boot_time now);

  // machine_holder.cpp: as any holder
  void on(boot_time now, node_id from, const message& said, const ask& what);
  void on(boot_time now, node_id from, const message& said, const pull& what);
  void on(boot_time now, node_id from, const message& said, const delta& what);
  void on(boot_time now, node_id from, const message& said, const beat& what);
  void answer(boot_time now);
  void let_go_on(boot_time now, node_id home, life of);
  void take(const message& said, const delta& what);
  void note_discarded(const row& taken);
  void note_committed(sequence up_to);
  delta_ack position() const;

  // machine_takeover.cpp: as the home of an epoch that has not settled
  void begin_reign(boot_time now);
  void ask_all(boot_time now);
  void on(boot_time now, node_id from, const message& said, const report& what);
  void on(boot_time now, node_id from, const message& said, const values& what);
  bool counts(const holding& of) const;
  bool lease_over(boot_time now, const grant& granted, boot_time over_at) const;
  boot_time own_lease_end() const;
  bool own_lease_over(boot_time now) const;
  bool may_adopt(boot_time now);
  void try_adopt(boot_time now);
  void adopt(variable_key key);
  void ask_for_values(boot_time now);
  node_id source_of_wanted() const;
  pull wanted_from(node_id source) const;
  void take(const wanted_value& wanted, row& came);
  void look_elsewhere(boot_time now, node_id silent);

  // machine_write_back.cpp: as a home that has taken it all over
  void write_back(boot_time now);
  void compare(node_id node, follower& with);
  void compare(variable_key key, const stamp& own, const stamp& theirs,
               follower& with);
  void try_settle(boot_time now);
  void begin_serving(boot_time now);

  // machine_home.cpp: as a home
  void on(boot_time now, node_id from, const message& said,
          const delta_ack& what);
  void on(boot_time now, node_id from, const message& said,
          const beat_ack& what);
  void on(boot_time now, node_id from, const message& said,
          const refusal& what);
  void note_changed(variable_key key, std::uint64_t version);
  void pump(boot_time now);
  void pump(boot_time now, node_id node, follower& to);
  bool may_send(const follower& to, variable_key key) const;
  row row_of(variable_key key) const;
  bool add_groups(const follower& to, std::vector<row>& into) const;
  void add_singles(const follower& to, std::vector<row>& into) const;
  void advance(boot_time now);
  void renew_lease(boot_time now);
  std::optional<boot_time> confirmed_by(const std::set<node_id>& of,
                                        boot_time now) const;
  void send_beats(boot_time now);
  void send_beat(boot_time now, node_id node, const follower& to);
  sequence majority_of(sequence own, sequence follower::*of) const;
  bool is_sole() const;
  bool is_home() const noexcept {
    return phase_ >= phase::collecting;
  }
  bool written_back() const noexcept {
    return phase_ >= phase::writing_back;
  }
  follower* known(node_id from, const message& said);

  node_id self_;
  life life_;
  epoch_number admitted_;
  options options_;
  actions out_;

  // What this node holds.
  placement placed_;
  bool placed_once_ = false;
  holding held_;
  rules::ordered_table<variable_key, bool> known_; ///< stored in groups?
  epoch_number promised_ = 0;
  epoch_number wiped_ = 0; ///< the last epoch it began empty
  grant granted_;          ///< without its age
  std::optional<boot_time> granted_at_;

  // As a replica.
  epoch_number stream_epoch_ = 0;
  std::uint64_t stream_ = 0;
  std::uint64_t taken_ = 0; ///< number of the last delta
  sequence covers_ = 0;
  sequence durable_ = 0; ///< on this node's disk, of covers_ or applied_
  pending uncommitted_;
  std::map<variable_key, std::uint64_t> provisional_; ///< of when it was home
  std::optional<std::pair<node_id, ask>> asked_;      ///< waits for a drain
  node_id home_ = 0; ///< who asked for the promise
  bool stopping_ = false;

  // As a home.
  region_replica::phase phase_ = phase::following;
  bool serves_ = false; ///< stores are taken, if the lease lasts
  epoch_number serves_epoch_ = 0;
  epoch_number reigns_since_ = 0; ///< without another home in between
  bool apart_ = false;            ///< the groups as they were drained last
  std::map<node_id, follower> followers_;
  /// The last change of each.
  rules::ordered_table<variable_key, sequence> changed_;
  pending pending_;
  std::map<variable_key, wanted_value> wanted_;
  std::uint64_t pull_number_ = 0;
  node_id pulled_from_ = 0;
  std::optional<boot_time> pulled_at_;
  boot_time pull_began_{};
  boot_time collecting_since_{};
  sequence applied_ = 0;
  sequence committed_ = 0;
  sequence durable_committed_ = 0;
  boot_time next_beat_{};
  std::optional<boot_time> settle_asked_at_;
  sequence settle_at_ = 0; ///< what a majority must have for it
  /// A majority let it go on, asked at this time.
  std::optional<boot_time> confirmed_;
  rules::lease lease_;
  boot_time lease_end_{};
  std::map<node_id, life> dead_;
  std::optional<publish> published_;
  waiters waiters_;
};

} // namespace holdfast::region_replica
