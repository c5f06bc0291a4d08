// One client's presence: who it is, what it asks, what it holds.
//
// Talks to its line, the catalog, the region keeper and the regions it
// attached. Serves one request at a time; all that it holds ends with it.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "shm/clock.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace holdfast::actors {

/// What a client may learn about the node.
struct node_facts {
  std::uint64_t id = 1;
  rules::wide_id incarnation; ///< of its process
  std::uint32_t uid = 0;      ///< its user, who may operate it, as root may
  std::string name;
  std::string version;
  std::chrono::milliseconds lease{};
  shm::boot_clock::time_point started{};
};

struct session_options {
  std::shared_ptr<session_line> line;
  peer_credentials credentials;
  catalog_actor catalog;
  region_keeper_actor keeper;
  region_router_actor router;
  cluster_actor cluster; ///< null: the node is alone
  node_facts node;
  std::function<shm::boot_clock::time_point()> now;
  std::function<std::chrono::system_clock::time_point()> wall_now;
  log_function log;
};

/// Ends the line when the session ends, however it ends.
class line_owner {
public:
  line_owner() = default;

  explicit line_owner(std::shared_ptr<session_line> line)
    : line_{std::move(line)} {
    // nop
  }

  line_owner(line_owner&&) = default;
  line_owner& operator=(line_owner&&) = default;

  ~line_owner() {
    if (line_)
      line_->close();
  }

  session_line* operator->() const noexcept {
    return line_.get();
  }

private:
  std::shared_ptr<session_line> line_;
};

struct session_state {
  static constexpr const char* name = "session";

  /// A decision, memory and a majority take their time, and whoever is asked
  /// for them gives up by itself; all else is overdue at some point.
  enum class work { none, request, unhurried };

  /// A store of the client, by the id of its request: asked for again, it is
  /// not made again.
  struct made_store {
    std::uint64_t request = 0;
    std::size_t digest = 0;    ///< of what was asked
    std::uint64_t serial = 0;  ///< by which homes know it
    std::uint64_t version = 0; ///< 0: not committed, for all it knows
    bool in_doubt = false;     ///< it may have been made
  };

  struct holding {
    tenant_region_actor region;
    std::uint32_t owner = 0;
    shm::access access = shm::access::read;
  };

  session_options options;
  line_owner line;
  work under_way = work::none;
  std::optional<admission> who;            ///< nothing before hello
  std::optional<std::string> newcomer;     ///< its name, while unlogged
  std::map<std::string, holding> holdings; ///< by region
  std::list<made_store> stores;            ///< the latest ones
  std::uint64_t last_serial = 0;           ///< of them
  std::function<void()> again;             ///< what is to be tried again
};

session_actor::behavior_type
session(session_actor::stateful_pointer<session_state> self,
        session_options options);

} // namespace holdfast::actors
