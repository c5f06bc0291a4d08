// What the core tells of the members, as the rules are shown it. Knows no CAF:
// the simulation looks through the same eyes.
#pragma once

#include "actors/consensus/core.hpp"
#include "actors/rules/voters.hpp"

#include <chrono>
#include <vector>

namespace holdfast::actors {

inline std::vector<rules::member_progress>
progress_of(const consensus::core_status& seen) {
  std::vector<rules::member_progress> made;
  for (const auto& each : seen.progress) {
    rules::member_progress one{each.id,
                               each.role == consensus::member_role::voter,
                               each.match,
                               {},
                               each.caught_up};
    if (each.contact)
      one.contact
        = std::chrono::duration_cast<std::chrono::milliseconds>(*each.contact);
    made.push_back(one);
  }
  return made;
}

} // namespace holdfast::actors
