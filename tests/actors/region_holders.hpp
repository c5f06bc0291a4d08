// Holders of one region, each as on a node of its own: actors, routers and
// memory are real, the tables and the network between routers are the test's.
#pragma once

#include "actors/region_maker.hpp"
#include "actors/region_router.hpp"
#include "tests/actors/tenant_region_options_of.hpp"
#include "tests/support/memory_region_disks.hpp"

#include <array>
#include <set>
#include <string>

namespace holdfast::test {

struct region_holders : stepped_system {
  static constexpr std::size_t count = 3;

  region_holders();
  /// On disk, too; nobody is started yet.
  explicit region_holders(bool durable);

  /// All start, and the region lives on node 1.
  void begin();

  struct holder {
    std::shared_ptr<shm::region> memory; ///< the first that it had
    actors::region_router_actor router;
    actors::tenant_region_actor region;
  };

  /// A node's process: its memory is new.
  void start_node(std::uint64_t node, std::uint64_t life);
  /// It ends at once; the others learn it as a closed and refused connection.
  void kill_node(std::uint64_t node);
  /// Nothing goes between it and the others.
  void cut(std::uint64_t node);
  void mend(std::uint64_t node);

  /// Has the tables say where the region lives, in a new epoch.
  void place(std::uint64_t home, std::set<std::uint64_t> replicas);
  void settle();
  void tell_placement();

  holder& on(std::uint64_t node) {
    return holders[node - 1];
  }
  region_replica::status rule_of(std::uint64_t node);
  shm::layout::region_state state_of(std::uint64_t node) {
    return on(node).memory->status().state;
  }
  shm::string_variable title(std::uint64_t node) {
    return on(node).memory->view().find_string("title").assume_value();
  }
  std::string read(std::uint64_t node);
  /// On that node's disk; 101 is the title, 102 the body.
  std::string on_disk(std::uint64_t node,
                      region_replica::variable_key key = 101) const;
  /// As a client there that mapped it and rings.
  void store(std::uint64_t node, const std::string& text);
  /// What a session on node 3 wants stored there.
  static store_value_request from_session(const std::string& text,
                                          std::uint64_t serial);
  answered<nothing> flush(std::uint64_t node, std::uint64_t stored_in = 0);

  /// A program there that maps the region, and what it sees.
  answered<attached_region> attach(caf::scoped_actor& as, std::uint64_t node,
                                   shm::access access,
                                   std::chrono::milliseconds patience = {});
  static shm::region_view view_of(const answered<attached_region>& attached,
                                  shm::access access);

  bool durable = false;
  std::chrono::milliseconds tick{20};
  /// Values that are sent do not end as values do.
  bool spoils_values = false;
  std::array<std::shared_ptr<memory_disk>, count> disks;
  std::array<holder, count> holders;
  actors::region_maker_actor maker
    = start(actors::region_maker, actors::region_maker_options{});
  catalog::placement placed;
  std::set<std::uint64_t> alive;
  std::uint64_t entries = 10; ///< of the log, so far
  std::map<std::uint64_t, std::uint64_t> lives;
};

} // namespace holdfast::test
