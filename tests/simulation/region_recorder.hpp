// What the clients of a simulated region see, as a history for the checker of
// holdfast-torture: so the checker meets the rule itself, right and with bugs.
#pragma once

#include "apps/holdfast-torture/checker/history.hpp"
#include "tests/simulation/region_node.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace holdfast::region_simulation {

/// Each memory of a node has one client, which uses it at the node's side.
class recorder {
public:
  void stored(const region_node& on, variable_key key, std::uint64_t version,
              value_id value, boot_time now);
  /// The session asks for its store, perhaps again: one record for all of that.
  void begin_session_store(const region_node& on, variable_key key,
                           std::uint64_t serial, boot_time now);
  void made_for_session(value_id value);
  /// It is told that its store is safe, and what it was called.
  void end_session_store(const stamp& made, boot_time now);
  void begin_flush(const region_node& on, waiter who, boot_time now);
  void begin_read(const region_node& on, waiter who, variable_key key,
                  boot_time now);
  void end(const region_node& on, waiter who, bool ok, boot_time now);
  void committed(const region_node& on, variable_key key,
                 std::uint64_t version);
  /// A read without asking anybody.
  void look(const region_node& on, variable_key key, torture::record_kind kind,
            boot_time now);
  /// The memory is gone.
  void forget(const region_node& on);
  /// A majority lost its memory: promises end here, and so does the history.
  void stop() {
    stopped_ = true;
  }

  torture::history take() {
    return {std::move(clients_)};
  }

private:
  struct place {
    std::size_t client;
    std::size_t index;
  };
  struct memory {
    std::size_t client = 0;
    std::map<variable_key, std::uint64_t> committed;
  };

  memory& memory_of(const region_node& on);
  torture::record begin(const region_node& on, torture::record_kind kind,
                        variable_key key, boot_time now);
  void show(const region_node& on, variable_key key, torture::record& into);
  place add(const region_node& on, const torture::record& what);
  void note_gone(const region_node& on, boot_time now);

  /// The session's last store.
  struct session {
    std::uint64_t serial = 0;
    std::optional<std::size_t> client;
  };

  bool stopped_ = false;
  session session_;
  std::vector<torture::client_records> clients_;
  std::map<node_id, memory> memories_;
  std::map<value_id, std::uint64_t> values_;
  std::map<std::pair<node_id, waiter>, std::vector<place>> waiting_;
};

} // namespace holdfast::region_simulation
