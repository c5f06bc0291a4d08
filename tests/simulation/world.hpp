// The world that a seed makes: processes, the network between them, clients
// who ask, and everything that goes wrong.
//
// One queue of events, one source of chance: the same seed is the same story.
#pragma once

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
    crash
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

  struct client {
    command asked;
    bool waits = false;
    std::size_t guess = 0;
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
  void apply(sim_process& node, const applied_entry& one);
  void take_answers(const sim_process& node,
                    const std::vector<ended_request>& ended);
  void schedule_tick(std::size_t slot);
  void send(message said);
  void note_status(std::size_t slot);
  void trace(std::uint64_t word) {
    trace_.add(word);
  }

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
  std::string disagreement();
  std::string check_end(const sim_process& leader);

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
  std::map<request_id, std::pair<std::size_t, command>> asked_;
  request_id last_request_ = 0;
  std::uint64_t last_database_ = 0;
  node_id last_id_ = 0;
  bool mending_ = false;
};

} // namespace holdfast::simulation
