// The world that a seed makes: processes, the network between them, clients
// who ask, and everything that goes wrong.
//
// One queue of events, one source of chance: the same seed is the same story.
#pragma once

#include "tests/simulation/asker.hpp"
#include "tests/simulation/leader_duties.hpp"
#include "tests/simulation/process.hpp"

#include <set>

namespace holdfast::simulation {

class world {
public:
  explicit world(const world_options& options);

  verdict run();

private:
  enum class kind : std::uint8_t {
    deliver,
    tick,
    synced,
    client,
    trouble,
    crash,
    proof,  ///< that the node `number` is dead
    look,   ///< a node at its peers and regions
    ping,   ///< to `slot`, from the slot `number`
    pong,   ///< to `slot`, from the slot `number` in the life `generation`
    refused ///< as pong, by the machine of a process that has ended
  };

  struct event {
    world_time at = 0;
    std::uint64_t order = 0;
    kind what = kind::tick;
    std::size_t slot = 0;
    std::uint64_t generation = 0;
    write_number number = 0;
    message said;

    bool operator<(const event& other) const {
      return std::pair{at, order} > std::pair{other.at, other.order};
    }
  };

  /// Which request of which life of a node.
  struct written_by {
    std::size_t slot = 0;
    std::uint64_t generation = 0;
    std::uint64_t request = 0; ///< 0: a session's
  };

  struct client {
    asker wants;
    std::uint64_t session = 0; ///< 0: not opened yet
    std::uint64_t requests = 0;
    written_by from{};
    octets asked{};     ///< the same octets however often
    bool waits = false; ///< for an answer to it
  };

  /// Who waits for an answer of a core.
  struct waiting {
    bool is_node = false;
    std::size_t client = 0;
    written_by from;
    octets content;
  };

  /// What may happen in this seed.
  struct manners {
    std::size_t voters = 3;
    world_time safety_us = 0;
    world_time latency_us = 500;
    world_time jitter_us = 500;
    std::uint64_t loss = 0; ///< per mille
    std::uint64_t copies = 0;
    world_time trouble_us = 400'000; ///< mean time between troubles
    std::uint64_t disk_failures = 0;
    bool changes = false;
    bool losses = false;
    bool impostors = false;
    bool long_pauses = false;
    bool drift = false;
    std::uint64_t allowed = 0; ///< bits: which troubles
    core_options core;
  };

  // world.cpp
  void begin();
  std::size_t add(node_id id, const membership& first, bool is_member);
  void start(std::size_t slot);
  void kill(std::size_t slot);
  void push(event made);
  void handle(event made);
  void take(std::size_t slot, actions asked);
  void schedule_tick(std::size_t slot);
  void send(message said);
  void note_status(std::size_t slot);
  void trace(std::uint64_t word) {
    trace_.add(word);
  }

  // world_tables.cpp
  void restore(sim_process& node, const snapshot& from);
  void apply(sim_process& node, const applied_entry& one);
  own_knowledge knowledge_of(const sim_process& node) const;

  // world_health.cpp
  void look(std::size_t slot);
  void schedule_look(std::size_t slot);
  void send_pings(std::size_t slot);
  void pass(kind what, std::size_t from, std::size_t to, std::uint64_t life);
  void take_ping(const event& made);
  void note_health(std::size_t slot,
                   const std::optional<caretaker::seen_change>& change);
  bool was_well(const sim_process& node, const sim_process& other) const;
  void propose(std::size_t slot);

  // world_disk.cpp
  void take_writes(sim_process& node, std::vector<write> writes,
                   write_number last);
  void store(sim_process& node, const write& made);
  void begin_sync(std::size_t slot);
  void synced(std::size_t slot, write_number number);
  void make_snapshot(std::size_t slot);

  // world_situation.cpp
  void arrange();
  std::uint64_t choose_trouble();
  void crash_in_write(std::size_t slot);

  world_time copied_later_us();
  world_time stalled_us(std::size_t slot);
  void split_around(std::size_t slot);
  void die_after_rollback(std::size_t slot);
  void change_upon_change(std::size_t slot,
                          const std::vector<applied_entry>& applied);

  // world_duties.cpp
  void hear(std::size_t slot, message said);
  void note_reached(sim_process& node);
  void check_comeback(const sim_process& node);
  void tick(std::size_t slot);
  void enter_change(std::size_t slot, const change& wanted);
  void note_change(std::size_t slot, const core_status& status);
  void hand_over(std::size_t slot, node_id to);
  disks_by_node all_disks() const;

  // world_troubles.cpp
  void make_trouble();
  void crash_one();
  void split();
  void pause();
  void change_members();
  void lose_database();
  void start_impostor();
  void falsely_prove();
  void prove_death(node_id dead);
  void mend();
  void stop_pauses();

  // world_clients.cpp
  void ask(std::size_t number);
  bool begin_request(client& self, std::size_t slot);
  void take_answers(const sim_process& node,
                    const std::vector<ended_request>& ended);
  void take_answer(const waiting& asked, const catalog::outcome& how);

  // world_end.cpp
  std::string disagreement();
  bool runs(node_id id) const;
  std::size_t running(const std::set<node_id>& of) const;
  bool waits_for_the_lost(const catalog::placement& placed) const;
  bool cannot_settle(const catalog::placement& placed,
                     const catalog::contents& tables) const;
  std::string unfinished(const sim_process& leader) const;
  void check_end(const sim_process& leader);

  // world_report.cpp
  std::string report() const;

  std::size_t leader_slot() const;
  std::size_t random_slot();
  instant local(const sim_process& node) const {
    return node.clock.local(now_);
  }
  bool counts(const sim_process& node) const {
    return !node.stranger && !node.impostor;
  }

  world_options options_;
  chance chance_;
  manners manners_;
  witness witness_;
  digest trace_;
  world_time now_ = 1;
  std::uint64_t order_ = 0;
  std::uint64_t events_ = 0;
  std::vector<event> queue_;
  std::deque<std::unique_ptr<sim_process>> nodes_;
  std::set<std::pair<node_id, node_id>> cut_;
  std::vector<client> clients_;
  std::map<request_id, waiting> asked_;
  world_time disturbed_at_ = 0; ///< when links were last cut
  world_time mended_at_ = 0;
  request_id last_request_ = 0;
  std::uint64_t last_database_ = 0;
  node_id last_id_ = 0;
  bool mending_ = false;
};

} // namespace holdfast::simulation
