#include "actors/rules/voters.hpp"

#include <algorithm>

namespace holdfast::rules {

namespace {

using std::chrono::milliseconds;

bool has_whole_log(const member_progress& member) {
  return member.contact && member.match > 0 && member.caught_up;
}

} // namespace

std::vector<voter_view>
other_voters(const std::vector<member_progress>& members, std::uint64_t self,
             const std::set<std::uint64_t>& draining) {
  std::vector<voter_view> made;
  for (const auto& each : members)
    if (each.votes && each.id != self)
      made.push_back({each.id, each.contact.value_or(milliseconds{0}),
                      has_whole_log(each), draining.contains(each.id)});
  return made;
}

std::uint64_t lowest_fit(const std::vector<voter_view>& voters,
                         milliseconds now, milliseconds heard_within) {
  std::uint64_t lowest = 0;
  for (const auto& voter : voters)
    if (voter.caught_up && !voter.draining
        && now - voter.last_heard <= heard_within
        && (lowest == 0 || voter.id < lowest))
      lowest = voter.id;
  return lowest;
}

bool may_vote(const std::vector<member_progress>& members, std::uint64_t node,
              milliseconds now, milliseconds heard_within) {
  return std::any_of(members.begin(), members.end(),
                     [&](const member_progress& each) {
                       return each.id == node && has_whole_log(each)
                              && now - *each.contact <= heard_within;
                     });
}

} // namespace holdfast::rules
