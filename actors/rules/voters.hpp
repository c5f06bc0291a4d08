// Which members could lead, or be given a vote, by what the leader knows of
// their logs.
#pragma once

#include "actors/rules/lowest_leader.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace holdfast::rules {

/// A member, as the leader's core tells of it.
struct member_progress {
  std::uint64_t id = 0;
  bool votes = false;
  std::uint64_t match = 0; ///< the log is known to agree up to there
  std::optional<std::chrono::milliseconds> contact; ///< when it answered last
  bool caught_up = false; ///< a guess, as long as it never answered
};

/// What lowest_leader is shown: the voters but this node. One that never
/// answered has nothing of the log.
std::vector<voter_view>
other_voters(const std::vector<member_progress>& members, std::uint64_t self,
             const std::set<std::uint64_t>& draining);

/// The lowest of them that could lead now; 0: none.
std::uint64_t lowest_fit(const std::vector<voter_view>& voters,
                         std::chrono::milliseconds now,
                         std::chrono::milliseconds heard_within);

/// It answers this leader and has the whole log: a vote given before would be
/// missing from every majority.
bool may_vote(const std::vector<member_progress>& members, std::uint64_t node,
              std::chrono::milliseconds now,
              std::chrono::milliseconds heard_within);

} // namespace holdfast::rules
