#include "actors/rules/placement_pace.hpp"

namespace holdfast::rules {

std::vector<placement_step>
placement_pace::begin(time_point now,
                      const std::vector<placement_step>& planned) {
  const auto is_over = [now](const auto& entry) { return entry.second <= now; };
  std::erase_if(refused_, is_over);
  std::erase_if(resting_, is_over);
  left_out_ = false;
  std::vector<placement_step> chosen;
  for (const auto& step : planned) {
    auto key = key_of(step);
    if (under_way_.contains(key) || refused_.contains(key))
      continue;
    if (step.why == placement_reason::balance && resting_.contains(key)) {
      left_out_ = true;
      continue;
    }
    if (under_way_.size() >= options_.under_way_max) {
      left_out_ = true;
      break;
    }
    under_way_.insert(std::move(key));
    chosen.push_back(step);
  }
  return chosen;
}

void placement_pace::ended(time_point now, const placement_step& step,
                           bool done) {
  auto key = key_of(step);
  under_way_.erase(key);
  if (done)
    resting_[std::move(key)] = now + options_.rest;
  else
    refused_[std::move(key)] = now + options_.retry;
}

} // namespace holdfast::rules
