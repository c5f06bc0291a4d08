// Carries out what was planned, one fault after the other: the next one comes
// when somebody is served again and every replica has everything.
#pragma once

#include "apps/holdfast-torture/checker/findings.hpp"
#include "apps/holdfast-torture/checker/history_file.hpp"
#include "apps/holdfast-torture/crew.hpp"
#include "apps/holdfast-torture/history_tail.hpp"
#include "apps/holdfast-torture/nodes.hpp"
#include "apps/holdfast-torture/plan.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::torture {

/// The run cannot go on; the run is void.
struct run_problem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A promise was broken that no history tells of; the run cannot go on.
struct promise_broken : std::runtime_error {
  promise_broken(rule which, const std::string& text)
    : std::runtime_error{text}, broken{which} {
    // nop
  }

  rule broken;
};

class faults {
public:
  /// All outlive it. `replicas` is how many the region has when all is well.
  faults(const torture_options& options, nodes& at, crew& clients,
         history_writer& record_in, history_tail& tail, std::size_t replicas);

  /// Whatever stops it, the node is well again afterwards, as far as it can
  /// be. Throws run_problem, promise_broken, and processes::interrupted; so do
  /// those below.
  void carry_out(const planned_fault& what);

  /// Until a flush that began after that time is acknowledged.
  void await_service(std::int64_t since_ns);

  /// Until all nodes hear each other and name one home, which serves and has
  /// all its replicas.
  void await_whole();

  /// Nodes that ended since their disk had no room, and were started again.
  std::uint64_t ended_full() const noexcept {
    return ended_full_;
  }

private:
  struct target {
    std::uint32_t node = 0;
    bool at_home = false;
    std::uint64_t epoch = 0;
  };
  struct full_disk {
    std::uint32_t node = 0;
    bool ended = false; ///< the node, for it
  };

  target choose(const planned_fault& what) const;
  void kill_client(const planned_fault& what);
  void befall(const planned_fault& what, std::uint32_t node);
  void begin(fault_kind kind, const target& victim);
  void end(fault_kind kind, std::uint32_t node);
  void start_all();
  void make_room(std::uint32_t node);
  bool goes_on_in(fault_kind kind) const noexcept;
  void await_leaving(std::uint32_t node);
  void await_full_disk(std::uint32_t node);
  bool is_whole();
  bool all_hear_each_other() const;
  bool all_let_readers_in(std::uint32_t home) const;
  void expect_no_end();
  void note_reset(std::uint64_t epoch);
  void note_memory_lost(std::uint64_t epoch);
  void note(record_kind what, std::uint64_t epoch);
  std::string where_it_stands() const;

  const torture_options& options_;
  nodes& nodes_;
  crew& clients_;
  history_writer& history_;
  history_tail& tail_;
  std::size_t replicas_;
  std::uint64_t began_empty_ = 0;
  std::optional<full_disk> full_;
  std::uint64_t ended_full_ = 0;
  std::string last_; ///< what was done last
};

} // namespace holdfast::torture
