#include "actors/rules/region_replica/change_queue.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::region_replica {

std::optional<sequence> change_queue::place_of(variable_key key) const {
  const auto* at = places_.find(key);
  return at == nullptr || at->at == nowhere ? std::nullopt
                                            : std::optional{at->at};
}

bool change_queue::stands(const place& who) const {
  const auto* known = places_.find(who.second);
  return known != nullptr && known->at == who.first;
}

void change_queue::put(variable_key key, sequence changed) {
  auto& to = places_[key];
  if (to.at != nowhere)
    leave(to, key);
  to.at = changed;
  ++waiting_;
  const place stand{changed, key};
  if (line_.empty() || line_.back() < stand)
    line_.push_back(stand);
  // It may have stood there before.
  else if (!std::binary_search(line_.begin(), line_.end(), stand))
    early_.insert(stand);
}

sequence change_queue::leave(spot& from, variable_key key) {
  const auto was = std::exchange(from.at, nowhere);
  if (!early_.empty())
    early_.erase({was, key});
  --waiting_;
  while (!line_.empty() && !stands(line_.front()))
    line_.pop_front();
  // One that stays in front keeps those that left behind it.
  if (line_.size() > 2 * waiting_ + 64)
    std::erase_if(line_, [this](const place& each) { return !stands(each); });
  return was;
}

std::optional<sequence> change_queue::take(variable_key key) {
  auto* const from = places_.find(key);
  if (from == nullptr || from->at == nowhere)
    return std::nullopt;
  return leave(*from, key);
}

void change_queue::forget(variable_key key) {
  take(key);
  places_.erase(key);
}

void change_queue::clear() {
  *this = {};
}

std::optional<std::pair<sequence, variable_key>> change_queue::first() const {
  std::optional<place> found;
  visit([&](sequence changed, variable_key key) {
    found = {changed, key};
    return false;
  });
  return found;
}

} // namespace holdfast::region_replica
