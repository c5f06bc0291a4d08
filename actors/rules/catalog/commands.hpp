// What the tables can be told to do, and the entry of the log that tells it.
//
// Names and numbers of commands are in the log of every cluster: they are
// appended, never changed (docs/catalog_format.md).
#pragma once

#include "actors/rules/catalog/rows.hpp"
#include "actors/rules/wide_id.hpp"

#include <string_view>
#include <variant>

namespace holdfast::catalog {

// -- tenants ------------------------------------------------------------------

/// As the configuration names it: what is there already stays as it is.
struct ensure_tenant {
  std::string tenant;
  rules::quota_limits quota;
  bool operator==(const ensure_tenant&) const = default;
};

struct create_tenant {
  std::string tenant;
  rules::quota_limits quota;
  bool operator==(const create_tenant&) const = default;
};

/// Only one that has no region and no session.
struct remove_tenant {
  std::string tenant;
  bool operator==(const remove_tenant&) const = default;
};

/// May go below what is used: then nothing more fits.
struct change_quota {
  std::string tenant;
  rules::quota_limits quota;
  bool operator==(const change_quota&) const = default;
};

/// Adds one, or replaces the one of that name where it stands.
struct put_principal {
  std::string tenant;
  catalog::principal principal;
  bool operator==(const put_principal&) const = default;
};

struct remove_principal {
  std::string tenant;
  std::string name;
  bool operator==(const remove_principal&) const = default;
};

// -- regions ------------------------------------------------------------------

struct create_region {
  region_name name;
  region_options options;
  std::vector<variable> variables;
  node_id home = 0; ///< 0: the placement rule is to choose
  std::set<node_id> replicas;
  bool operator==(const create_region&) const = default;
};

struct remove_region {
  region_name name;
  bool operator==(const remove_region&) const = default;
};

/// The last client on that node let go of a removed region.
struct release_region {
  log_index id = 0;
  node_id node = 0;
  bool operator==(const release_region&) const = default;
};

/// The home has reserved so much.
struct grow_region {
  region_name name;
  std::uint64_t bytes = 0;
  bool operator==(const grow_region&) const = default;
};

/// All of them or none.
struct add_variables {
  region_name name;
  std::vector<variable> variables;
  bool operator==(const add_variables&) const = default;
};

struct remove_variables {
  region_name name;
  std::vector<std::string> variables;
  bool operator==(const remove_variables&) const = default;
};

/// To another holder that had settled; the old home becomes a replica.
struct move_home {
  region_name name;
  log_index expected_epoch = 0;
  node_id home = 0;
  bool operator==(const move_home&) const = default;
};

/// The first placement; one holder more or less; or, when no holder is a
/// member any more, a new and empty beginning.
struct set_placement {
  region_name name;
  log_index expected_epoch = 0;
  node_id home = 0;
  std::set<node_id> replicas;
  bool operator==(const set_placement&) const = default;
};

/// The home has written back to a majority in this epoch.
struct settle_region {
  region_name name;
  log_index epoch = 0;
  bool operator==(const settle_region&) const = default;
};

/// Where an operator wants it to live, as long as that node can have it; 0: as
/// the placement rule chooses.
struct prefer_home {
  region_name name;
  node_id home = 0;
  bool operator==(const prefer_home&) const = default;
};

enum class region_event : std::uint8_t {
  discarded = 1, ///< a deposed home gave up what nobody else had
  lost = 2,      ///< too few holders kept their memory
  took_over = 3  ///< a new home serves
};

/// For the audit trail; decides nothing.
struct report_region {
  region_name name;
  node_id node = 0; ///< that saw it
  log_index epoch = 0;
  region_event event = region_event::discarded;
  std::string text; ///< at most one line
  bool operator==(const report_region&) const = default;
};

// -- members ------------------------------------------------------------------

struct join_member {
  node_id node = 0;
  std::uint64_t incarnation = 0;
  std::string address;
  std::string key;
  member_role role = member_role::voter;
  std::uint32_t weight = 1;
  std::uint32_t format = 1;
  log_index seen = 0;       ///< up to where the proposer had applied the log
  rules::wide_id cluster{}; ///< the first one names the cluster
  bool operator==(const join_member&) const = default;
};

struct leave_member {
  node_id node = 0;
  bool operator==(const leave_member&) const = default;
};

/// What is absent stays.
struct change_member {
  node_id node = 0;
  std::optional<std::string> address;
  std::optional<std::string> key;
  std::optional<member_role> role;
  std::optional<std::uint32_t> weight;
  std::optional<bool> draining;
  bool operator==(const change_member&) const = default;
};

/// The leader's decision about a node's health.
struct decide_health {
  node_id node = 0;
  std::uint64_t incarnation = 0; ///< of which it was decided
  bool down = false;
  bool operator==(const decide_health&) const = default;
};

// -- sessions -----------------------------------------------------------------

/// The session's id is the number of this entry.
struct open_session {
  std::string tenant;
  std::string principal;
  std::string client;
  std::optional<std::uint32_t> uid;
  node_id node = 0;
  octets token_hash;
  bool operator==(const open_session&) const = default;
};

/// Goes on on another node, with a new token.
struct resume_session {
  std::uint64_t session = 0;
  node_id node = 0;
  octets token_hash;     ///< of the token that was shown
  octets new_token_hash; ///< of the one that replaces it
  bool operator==(const resume_session&) const = default;
};

struct close_session {
  std::uint64_t session = 0;
  bool operator==(const close_session&) const = default;
};

// -- the entry ----------------------------------------------------------------

/// Append only.
using command
  = std::variant<ensure_tenant, create_tenant, remove_tenant, change_quota,
                 put_principal, remove_principal, create_region, remove_region,
                 release_region, grow_region, add_variables, remove_variables,
                 move_home, set_placement, settle_region, join_member,
                 leave_member, change_member, decide_health, open_session,
                 resume_session, close_session, prefer_home, report_region>;

struct entry {
  std::uint64_t leader_ms = 0; ///< the only time there is
  catalog::origin origin;
  std::uint64_t request_id = 0; ///< ascends with each request of the origin
  caller by;
  catalog::command command;

  bool operator==(const entry&) const = default;
};

/// "create_region".
std::string_view name_of(const command& what) noexcept;

/// What it is about, for the audit trail: "prod/quotes". Not bounded.
std::string target_of(const command& what);

} // namespace holdfast::catalog
