// Nodes that hold one region, the network between them, the tables that say
// where it lives, clients, and what goes wrong.
#pragma once

#include "tests/simulation/chance.hpp"
#include "tests/simulation/region_node.hpp"
#include "tests/simulation/region_options.hpp"
#include "tests/simulation/region_recorder.hpp"

#include <deque>
#include <functional>
#include <queue>

namespace holdfast::region_simulation {

class region_world {
public:
  explicit region_world(const options& wanted, recorder* record_in = nullptr);
  outcome run();

private:
  struct event {
    boot_time at{};
    std::uint64_t order = 0;
    std::function<void()> what;

    bool operator<(const event& other) const {
      return std::pair{at, order} > std::pair{other.at, other.order};
    }
  };

  /// What may happen in this seed.
  struct manners {
    std::size_t holders = 3;
    std::size_t nodes = 4;
    std::size_t variables = 4;
    std::uint64_t latency_us = 300;
    std::uint64_t jitter_us = 1000;
    std::uint64_t loss = 0; ///< per mille
    std::uint64_t copies = 0;
    std::uint64_t late = 0;
    std::uint64_t tables_ms = 20;
    std::uint64_t drain_ms = 20;
    std::uint64_t client_ms = 20;
    std::uint64_t trouble_ms = 1500;
    std::uint64_t moves = 5; ///< per mille of the looks of the leader
    std::uint64_t reshapes = 5;
    bool durable = false;
    bool session = false; ///< one stores at whichever home there is
    std::uint64_t session_ms = 20;
    std::uint64_t groups = 0; ///< per mille of the stores: of several variables
  };

  // region_world.cpp
  void begin();
  void after(boot_time wait, std::function<void()> what);
  /// On a node, in this life of it; once it is not paused.
  void on_node(std::size_t slot, boot_time wait, std::function<void()> what);
  boot_time some(std::uint64_t from_us, std::uint64_t to_us);
  void check();
  void tick(std::size_t slot);

  // region_world_carry.cpp
  void carry(region_node& node, region_replica::actions asked,
             const parcel* with = nullptr);
  bool has_half_of_a_group(const region_node& node,
                           const region_replica::message& said) const;
  void carry_send(region_node& node, const region_replica::send& what);
  void carry_apply(region_node& node, const region_replica::apply& what,
                   const parcel* with);
  void carry_take_over(region_node& node, const region_replica::take_over& what,
                       const parcel& with);
  void look_at_groups(const region_node& node);
  void carry_commit(region_node& node, const region_replica::commit& what);
  bool is_stored_again(const region_node& node, variable_key key) const;
  void carry_end(region_node& node, const region_replica::end_wait& what);
  void carry_publish(region_node& node, const region_replica::publish& what);
  void carry_loss(const region_node& node,
                  const region_replica::report_loss& what);
  void deliver(parcel what);
  std::map<variable_key, cell> drained(region_node& node);
  void persist(region_node& node);
  void drain(region_node& node);

  // region_world_tables.cpp
  void start(std::size_t slot);
  void forget(region_node& node);
  void spread();
  void apply_tables(std::size_t slot, epoch_number index);
  void lead();
  bool reachable(const region_node& node) const;
  void estrange(node_id former, node_id next);

  // region_world_troubles.cpp
  void arrange();
  void make_trouble();
  void crash(std::size_t slot);
  void pause(std::size_t slot);
  void sever(const region_node& from);
  void mend();
  void check_end();

  // region_world_clients.cpp
  void client();
  void store(region_node& node);
  void store_group(region_node& node);
  value_id store_value(region_node& node, variable_key key);
  void flush(region_node& node);
  void read(region_node& node);
  void look();
  void look_finally();

  // region_world_session.cpp
  void session();
  void store_for_session(region_node& node);
  void answer_session(const request& asked);
  void make_for_session(region_node& node, region_replica::noted_store& made);
  void take_tail(region_node& node, variable_key key,
                 const std::vector<char>& tail);

  region_node& node(node_id id) {
    return nodes_[id - 1];
  }
  std::size_t slot_of(const region_node& node) const {
    return node.id - 1;
  }
  std::string report() const;

  options options_;
  recorder* recorder_; ///< null: nothing is recorded
  /// Of what is only recorded: nothing else depends on it.
  simulation::chance looking_;
  manners manners_;
  region_replica::options rule_;
  simulation::chance chance_;
  simulation::chance grouping_; ///< which stores are of several variables
  simulation::digest trace_;
  witness witness_;
  region_catalog catalog_;
  std::deque<region_node> nodes_;
  std::priority_queue<event> queue_;
  std::set<std::pair<node_id, node_id>> cut_;
  std::map<node_id, boot_time> silent_since_;
  boot_time now_{1};
  std::uint64_t order_ = 0;
  waiter last_waiter_ = 0;
  /// The session's store under way, or the last one.
  std::uint64_t serial_ = 0;
  bool answered_ = true;
  variable_key stores_in_ = 0;
  bool mending_ = false;
  bool quiet_ = false;
  outcome result_;
};

} // namespace holdfast::region_simulation
