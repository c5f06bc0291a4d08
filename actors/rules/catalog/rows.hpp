// The rows of the replicated tables, as plain values. The number in the log of
// the entry that made something is its id: unique, ascending, never reused.
#pragma once

#include "actors/rules/quota.hpp"
#include "actors/rules/session_rights.hpp"
#include "shm/error.hpp"
#include "shm/layout.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::catalog {

using node_id = std::uint64_t;   ///< 0: nobody
using log_index = std::uint64_t; ///< 0: none
using octets = std::vector<std::uint8_t>;

// -- members ------------------------------------------------------------------

enum class member_role : std::uint8_t { learner = 1, voter = 2 };

struct member {
  std::uint64_t incarnation = 0; ///< ascends with each start of the node
  std::string address;           ///< host:port of its peer door
  std::string key;               ///< public key it proves itself with
  member_role role = member_role::voter;
  std::uint32_t weight = 1;
  std::uint32_t format = 1; ///< newest format of entries that it knows
  bool draining = false;
  bool down = false; ///< as the leader had it decided
  log_index joined = 0;

  bool operator==(const member&) const = default;
};

// -- tenants ------------------------------------------------------------------

struct principal {
  rules::principal who;
  std::string key_hash; ///< Argon2id in its text form; empty: none

  bool operator==(const principal&) const = default;
};

struct tenant {
  rules::quota quota; ///< what is used follows from regions and sessions
  std::vector<principal> principals{}; ///< in the order they came: it decides

  bool operator==(const tenant&) const = default;
};

// -- regions ------------------------------------------------------------------

using variable_kind = shm::layout::variable_kind;

struct variable {
  std::string name;
  variable_kind kind = variable_kind::value;
  std::string type;
  std::uint32_t capacity = 0; ///< bytes
  std::uint64_t id = 0; ///< in its region, never reused; the tables give it

  bool operator==(const variable&) const = default;
};

struct region_options {
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0;
  std::uint32_t variables_max = 0;
  std::uint32_t clients_max = 0;
  bool node_writes_only = false;
  bool durable = false;
  std::uint32_t copies = 1; ///< nodes that are to hold it, the home among them

  bool operator==(const region_options&) const = default;
};

/// Where a region lives. `epoch` is the number of the entry that said so.
///
/// A new epoch is settled once its home has written back what a majority of
/// `settled_holders` had accepted. Until then no holder may come or go: a
/// majority of the new ones need not meet a majority of the old ones. A holder
/// that began anew has nothing to take over from, until the home says so again;
/// it stays among those of whom a majority is asked, since a majority of the
/// rest need not have heard of all that was promised.
struct placement {
  node_id home = 0;
  std::set<node_id> replicas; ///< without the home
  log_index epoch = 0;
  log_index settled_epoch = 0;
  std::set<node_id> settled_holders; ///< of the last settled epoch
  std::set<node_id> forgot;          ///< those of them that began anew since
  log_index began_empty = 0; ///< the last epoch that took over no values

  std::set<node_id> holders() const {
    auto all = replicas;
    if (home != 0)
      all.insert(home);
    return all;
  }

  /// Settled holders whose memory is still there.
  std::set<node_id> keepers() const {
    auto all = settled_holders;
    for (const auto node : forgot)
      all.erase(node);
    return all;
  }

  bool operator==(const placement&) const = default;
};

struct region_name {
  std::string tenant;
  std::string region;

  auto operator<=>(const region_name&) const = default;
};

struct region {
  log_index id = 0;
  region_options options;
  std::map<std::string, variable> variables;
  std::uint64_t variables_made = 0; ///< so far; the id of the last one
  catalog::placement placement;
  node_id preferred = 0; ///< where an operator wants its home; 0: anywhere

  bool operator==(const region&) const = default;
};

/// Removed, and charged until the last holder's clients let go of it.
struct retired_region {
  std::string tenant;
  rules::region_cost cost;
  std::set<node_id> holders;

  bool operator==(const retired_region&) const = default;
};

// -- sessions -----------------------------------------------------------------

struct session {
  std::string tenant;
  std::string principal;
  std::string client; ///< what it calls itself, for people
  std::optional<std::uint32_t> uid;
  node_id node = 0;            ///< where it is, or was last
  octets token_hash;           ///< empty: it cannot be resumed
  std::uint64_t opened_ms = 0; ///< the leader's wall clock

  bool operator==(const session&) const = default;
};

// -- who asks, and what became of it ------------------------------------------

enum class origin_kind : std::uint8_t { node = 1, session = 2 };

/// Who numbers its requests. A node begins anew with each incarnation, a
/// session never does (its incarnation is 0).
struct origin {
  origin_kind kind = origin_kind::node;
  std::uint64_t id = 0;
  std::uint64_t incarnation = 0;

  auto operator<=>(const origin&) const = default;
};

/// On whose behalf, for the audit trail.
struct caller {
  std::string tenant;
  std::string principal;
  std::uint64_t session = 0;
  node_id node = 0;    ///< that brought the request in
  std::string address; ///< "uid 1000", or the remote end's

  bool operator==(const caller&) const = default;
};

struct outcome {
  shm::errc code = shm::errc::ok;
  std::string text;    ///< why not, for people; at most one line
  log_index index = 0; ///< of the entry that was decided

  bool ok() const noexcept {
    return code == shm::errc::ok;
  }

  bool operator==(const outcome&) const = default;
};

struct audit_record {
  log_index index = 0;
  std::uint64_t leader_ms = 0;
  caller by;
  std::string command;
  std::string target; ///< "prod/quotes", "node 3"
  shm::errc code = shm::errc::ok;
  std::string text;

  bool operator==(const audit_record&) const = default;
};

} // namespace holdfast::catalog
