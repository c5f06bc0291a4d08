// The replicated tables: committed entries in, the same decision on every node.
//
// Deterministic: no clock, no chance, no floating point, no unordered
// container. The only time is the leader's, which travels in the entry, and
// nothing is decided by it. Rights are not looked at here: whoever proposes has
// checked them (session_rights.hpp), since a grant may change meanwhile either
// way. What holds across proposers is decided here: names, quotas, epochs.
#pragma once

#include "actors/rules/catalog/audit.hpp"
#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/catalog/limits.hpp"
#include "actors/rules/catalog/request_results.hpp"

#include <map>
#include <string>

namespace holdfast::catalog {

/// All that replicas agree on.
struct contents {
  log_index applied = 0;
  rules::wide_id cluster;      ///< as its first member has named it
  std::uint64_t leader_ms = 0; ///< of the last entry
  log_index last_leave = 0;    ///< when a member last left; see join_member
  std::map<node_id, member> members;
  std::map<std::string, tenant> tenants;
  std::map<region_name, region> regions;
  std::map<log_index, retired_region> retired;
  std::map<std::uint64_t, session> sessions;
  std::map<origin, request_results> results;
  audit_trail audit;

  bool operator==(const contents&) const = default;
};

class tables {
public:
  explicit tables(limits bounds = {}) : bounds_{bounds} {
    // nop
  }

  /// Takes over contents that a snapshot brought; the quotas' use is counted
  /// anew. Errors: corrupt, naming what no log could have led to.
  static shm::result<tables> restore(contents from, limits bounds = {});

  /// Decides the entry of that index, which is above applied(). An entry that
  /// was decided before has its first outcome and no effect.
  outcome apply(log_index index, const entry& what);

  /// Nothing to decide there: a barrier or a change of voters.
  void skip(log_index index);

  log_index applied() const noexcept {
    return now_.applied;
  }

  const contents& all() const noexcept {
    return now_;
  }

  const limits& bounds() const noexcept {
    return bounds_;
  }

  /// The newest format that every member can read; what may be proposed.
  std::uint32_t format_agreed() const noexcept;

  bool operator==(const tables&) const = default;

private:
  bool is_known(const origin& from) const;
  bool may_join(const entry& what) const;
  outcome decide(const entry& what);
  void remember(const entry& what, const outcome& result);

  outcome decide(const ensure_tenant& what);
  outcome decide(const create_tenant& what);
  outcome decide(const remove_tenant& what);
  outcome decide(const change_quota& what);
  outcome decide(const put_principal& what);
  outcome decide(const remove_principal& what);
  outcome decide(const create_region& what);
  outcome decide(const remove_region& what);
  outcome decide(const release_region& what);
  outcome decide(const grow_region& what);
  outcome decide(const add_variables& what);
  outcome decide(const remove_variables& what);
  outcome decide(const move_home& what);
  outcome decide(const set_placement& what);
  outcome decide(const settle_region& what);
  outcome decide(const prefer_home& what);
  outcome decide(const report_region& what);
  outcome decide(const join_member& what);
  outcome decide(const leave_member& what);
  outcome decide(const change_member& what);
  outcome decide(const decide_health& what);
  outcome decide(const open_session& what);
  outcome decide(const resume_session& what);
  outcome decide(const close_session& what);

  // What several of them need.
  outcome check_nodes(const std::set<node_id>& holders) const;
  bool any_member(const std::set<node_id>& holders) const;
  std::uint64_t variables_count() const;
  outcome check_room(std::size_t variables, std::size_t regions) const;
  std::string why_leave(node_id home) const;
  void begin_epoch(placement& of, node_id home, std::set<node_id> replicas);
  void let_go(node_id holder);
  void begin_anew(node_id holder);
  void forget_origin(const origin& from);

  limits bounds_;
  contents now_;
};

} // namespace holdfast::catalog
