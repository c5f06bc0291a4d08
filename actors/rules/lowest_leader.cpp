#include "actors/rules/lowest_leader.hpp"

#include <algorithm>

namespace holdfast::rules {

void lowest_leader::note_health(time_point now, const voter_view& voter) {
  if (now - voter.last_heard > options_.heard_within) {
    healthy_since_.erase(voter.id);
    return;
  }
  const auto since = healthy_since_.try_emplace(voter.id, now).first->second;
  // Quiet for as long as the longest wait: what was before is forgiven.
  if (now - since >= options_.backoff_max)
    attempts_.erase(voter.id);
}

bool lowest_leader::is_fit(time_point now, const voter_view& voter) const {
  const auto healthy = healthy_since_.find(voter.id);
  if (voter.id >= self_ || voter.draining || !voter.caught_up
      || healthy == healthy_since_.end()
      || now - healthy->second < options_.healthy_for)
    return false;
  const auto tried = attempts_.find(voter.id);
  return tried == attempts_.end() || now >= tried->second.not_before;
}

void lowest_leader::note_attempt(time_point now, std::uint64_t voter) {
  last_attempt_ = now;
  auto& tried = attempts_[voter];
  tried.wait
    = std::clamp(tried.wait * 2, options_.cooldown, options_.backoff_max);
  tried.not_before = now + tried.wait;
}

std::optional<std::uint64_t>
lowest_leader::on_tick(time_point now, const std::vector<voter_view>& voters) {
  for (const auto& voter : voters)
    note_health(now, voter);
  if (!leads_since_ || now - *leads_since_ < options_.leads_for)
    return std::nullopt;
  if (last_attempt_ && now - *last_attempt_ < options_.cooldown)
    return std::nullopt;
  const voter_view* lowest = nullptr;
  for (const auto& voter : voters)
    if (is_fit(now, voter) && (lowest == nullptr || voter.id < lowest->id))
      lowest = &voter;
  if (lowest == nullptr)
    return std::nullopt;
  note_attempt(now, lowest->id);
  return lowest->id;
}

} // namespace holdfast::rules
