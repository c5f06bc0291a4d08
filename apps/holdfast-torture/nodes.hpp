// The nodes of a run: real processes of this host, with a network between them
// that can be cut if the run cuts it.
#pragma once

#include "apps/holdfast-torture/options.hpp"
#include "apps/processes/node_process.hpp"
#include "apps/processes/split_network.hpp"
#include "shm/client/connection.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::torture {

using node_ids = std::set<std::uint32_t>;

/// What a node tells of the region.
struct region_facts {
  std::uint32_t home = 0;
  std::uint64_t epoch = 0;
  std::uint64_t began_empty = 0;
  std::size_t replicas = 0;
  std::string state, role; ///< on the node that was asked
  std::string disk;        ///< there: "written", "behind", "failing", or none

  bool operator==(const region_facts&) const = default;
};

class nodes {
public:
  /// Starts them; `directory` outlives them. Throws std::runtime_error when
  /// one does not come up, or packets cannot be cut here and have to be.
  nodes(const torture_options& options, const std::string& directory);

  node_ids all() const;
  std::string socket(std::uint32_t id) const {
    return running_.at(id)->socket();
  }

  void kill(std::uint32_t id);
  void kill_all();             ///< at once
  void stop(std::uint32_t id); ///< SIGTERM, and waits
  void start(std::uint32_t id);
  void freeze(std::uint32_t id);
  void thaw(std::uint32_t id);
  void cut(fault_kind how, std::uint32_t id);
  void heal();

  /// Leaves no room for what the node writes from now on: not to its log, to
  /// no database, and not in new memory of a region. What it has is kept.
  void fill_disk(std::uint32_t id);
  void make_room(std::uint32_t id);

  /// A command at a node, with a connection of its own.
  shm::result<wire::fields> call(std::uint32_t id, const std::string& command,
                                 wire::fields fields = {}) const;

  /// Nothing: it does not answer, or knows of no region.
  std::optional<region_facts> region_at(std::uint32_t id) const;

  /// Whether it lets readers in: a replica does once it has all values.
  bool lets_readers_in(std::uint32_t id) const;

  /// Whether it has none of the others for dead.
  bool hears_all(std::uint32_t id) const;

  /// A node that ended by itself.
  struct end {
    std::uint32_t node = 0;
    int code = 0;
    std::string text; ///< with the last that it logged
  };

  /// Each is told once.
  std::vector<end> ended();

  /// The directories of all nodes stay.
  void keep();
  std::vector<std::string> directories() const;

private:
  std::optional<processes::split_network> network_;
  std::map<std::uint32_t, std::unique_ptr<processes::node_process>> running_;
};

/// Until packets can be cut between nodes here: as the process is, or in a
/// namespace of users of its own, in which it is root. Call it before anything
/// else is started. Why not; empty: they can.
std::string allow_cuts();

} // namespace holdfast::torture
