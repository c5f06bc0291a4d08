// What a simulated node looks after besides agreeing: who is alive, who should
// lead, that it is a member, and where regions live. As the real cast does it:
// the rules decide, and what is to be agreed on is proposed, one at a time.
//
// Knows no other process and no time but what it is told.
#pragma once

#include "actors/consensus/core.hpp"
#include "actors/rules/catalog/machine.hpp"
#include "actors/rules/catalog/member_notes.hpp"
#include "actors/rules/lowest_leader.hpp"
#include "actors/rules/peer_health.hpp"
#include "tests/simulation/world_options.hpp"

#include <map>
#include <optional>
#include <set>

namespace holdfast::simulation {

/// Shorter than in a cluster: a seed has seconds.
inline constexpr std::chrono::milliseconds look_interval{200};

/// The tenant of all clients, and whoever they say they are.
inline constexpr const char* tenant_name = "acme";
inline constexpr const char* principal_name = "anyone";

/// What was proposed and has no answer yet: it is proposed again, as it is.
struct proposal {
  std::uint64_t request = 0;
  catalog::octets content;
};

/// What a node can see for itself.
struct own_view {
  const consensus::core_status& core;
  const catalog::contents& tables;
};

class caretaker {
public:
  caretaker(consensus::node_id self, std::uint64_t incarnation,
            const world_faults& bugs);

  using instant = consensus::instant;

  struct seen_change {
    consensus::node_id node = 0;
    rules::health_change what;
  };

  /// The timer fired: who changed. To be told before they are asked again.
  std::vector<seen_change> count_misses(instant now,
                                        const consensus::membership& members);
  std::optional<seen_change> on_answer(consensus::node_id from,
                                       std::uint64_t start);
  std::optional<seen_change> on_refused(consensus::node_id from);

  /// The voter that should lead instead.
  std::optional<consensus::node_id> heir(instant now,
                                         const consensus::core_status& core);

  /// What is to be agreed on next; it is remembered until it ends.
  const proposal* next_proposal(instant now, const own_view& seen);
  void ended(std::uint64_t request);

  /// An entry of this node, for itself or for a client. Nothing while too many
  /// are under way.
  std::optional<proposal> write(catalog::command what, instant now);

  /// In its own opinion.
  std::set<catalog::node_id> down() const;

private:
  struct peer {
    rules::peer_health health;
    std::uint64_t start = 0; ///< which of its lives answered last
  };

  std::optional<catalog::command> wanted(const own_view& seen) const;
  std::optional<catalog::command> entering(const own_view& seen) const;
  std::optional<catalog::command> as_home(const own_view& seen) const;
  std::optional<catalog::command> as_leader(const own_view& seen) const;
  catalog::member_view seen_of(const own_view& seen, catalog::node_id node,
                               const catalog::member& known) const;
  bool is_healthy(catalog::node_id node) const;
  bool hears_majority(const std::set<catalog::node_id>& of) const;
  peer* find(consensus::node_id id);

  consensus::node_id self_;
  std::uint64_t incarnation_;
  world_faults bugs_;
  std::map<consensus::node_id, peer> peers_;
  std::optional<instant> last_look_;
  rules::lowest_leader leading_;
  bool leads_ = false;
  catalog::request_numbers numbers_;
  std::optional<proposal> open_;
};

} // namespace holdfast::simulation
