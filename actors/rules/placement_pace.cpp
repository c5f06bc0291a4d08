#include "actors/rules/placement_pace.hpp"

namespace holdfast::rules {

std::vector<placement_step>
placement_pace::begin(time_point now,
                      const std::vector<placement_step>& planned) {
  std::erase_if(refused_,
                [now](const auto& entry) { return entry.second <= now; });
  left_out_ = false;
  std::vector<placement_step> chosen;
  for (const auto& step : planned) {
    auto key = key_of(step);
    if (under_way_.contains(key) || refused_.contains(key))
      continue;
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
  if (!done)
    refused_[std::move(key)] = now + options_.retry;
}

} // namespace holdfast::rules
