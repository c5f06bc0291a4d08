// Makes histories as a region may write them that keeps its promises: homes
// that are cut off and come back, nodes that lose their memory, provisional
// values that are discarded, replicas that lag, and disks that are all that is
// left when all nodes were killed. One seed, one history.
#pragma once

#include "apps/holdfast-torture/checker/history.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace holdfast::test {

struct story_options {
  std::uint64_t seed = 1;
  int steps = 1500;
  std::uint32_t variables = 2;
  bool faults = true;
  bool on_disk = false; ///< durable flushes, and all nodes killed at once
};

class region_story {
public:
  explicit region_story(const story_options& options);

  /// All of it; once.
  torture::history tell();

private:
  static constexpr std::uint32_t node_count = 3;

  struct kept {
    std::uint64_t version = 0, value = 0, committed = 0;
  };
  using kept_cells = std::map<std::uint32_t, kept>;
  /// What outlives a node: a copy of its memory, made now and then.
  struct disk {
    std::uint64_t accepted = 0;
    kept_cells cells;
  };
  struct node {
    std::uint32_t id = 0;
    bool up = true;
    bool cut = false; ///< its clients go on, nobody else hears it
    bool home = false;
    std::uint64_t epoch = 1;
    std::uint64_t accepted
      = 1; ///< the epoch in which it was whole; 0: it is not
    std::uint32_t mapping = 1;
    kept_cells cells;
    disk on_disk;
  };
  /// A process that stores, or one that only reads.
  struct client {
    std::uint32_t id = 0;
    std::uint32_t node = 0;
    bool writes = false;
    std::uint64_t stored = 0;
    /// What a flush or read that is under way waits for, by variable.
    std::optional<torture::record> waiting;
    std::map<std::uint32_t, std::uint64_t> wanted;
    std::map<std::uint32_t, std::uint64_t> unflushed;
    std::map<std::uint32_t, std::uint64_t> unsynced; ///< by no durable flush
    bool spoiled = false; ///< some of that was stored under an older home
    torture::client_records records;
  };

  void step();
  void client_step();
  void end_in_doubt(client& by, torture::record& flush);
  void store(client& by);
  void die_in_store(client& by);
  void begin_flush(client& by);
  void read(client& by, torture::record_kind kind);
  void begin_confirmed(client& by);
  void end_waits();
  void carry();
  void commit();
  void fault_step();
  void fail_over();
  void come_back(node& who);
  void sync();
  bool are_on_disks(const std::map<std::uint32_t, std::uint64_t>& wanted);
  void kill_all();
  kept newest_on_disk(std::uint32_t variable);
  void note_fault(const node& victim, torture::fault_kind kind);
  void finish();

  torture::record begin(const client& by, torture::record_kind kind,
                        std::uint32_t variable);
  void end(client& by, torture::record& what, torture::record_outcome outcome);
  node& at(const client& of) {
    return nodes_[of.node - 1];
  }
  node& home();
  bool all_well() const;
  std::uint64_t chance(std::uint64_t below) {
    return dice_() % below;
  }
  std::uint32_t any_variable() {
    return static_cast<std::uint32_t>(chance(options_.variables));
  }
  void pass(std::int64_t least = 100) {
    now_ += least + static_cast<std::int64_t>(chance(20'000));
  }

  story_options options_;
  std::mt19937_64 dice_;
  std::int64_t now_ = 1'000'000'000;
  std::uint64_t epoch_ = 1;
  std::uint32_t home_ = 1;
  std::uint32_t last_client_ = 0;
  std::vector<node> nodes_;
  std::vector<client> clients_;
  std::vector<torture::client_records> ended_;
  torture::client_records tool_;
};

} // namespace holdfast::test
