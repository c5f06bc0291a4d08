#include "actors/rules/region_replica/waiters.hpp"

namespace holdfast::region_replica {

void waiters::forget(waiter who) {
  std::erase_if(all_,
                [who](const auto& each) { return each.second.who == who; });
}

void waiters::end(sequence committed, sequence durable,
                  std::optional<boot_time> home_since, actions& into) {
  for (auto each = all_.begin();
       each != all_.end() && each->first <= committed;) {
    const auto& one = each->second;
    const bool has
      = one.what == kind::flush
        || (one.what == kind::durable && each->first <= durable)
        || (one.what == kind::read && home_since && *home_since >= one.since);
    if (!has) {
      ++each;
      continue;
    }
    into.push_back(end_wait{one.who, outcome::ok});
    each = all_.erase(each);
  }
}

void waiters::end_overdue(boot_time now, const options& how, actions& into) {
  std::erase_if(all_, [&](const auto& each) {
    if (now - each.second.since < how.wait_patience)
      return false;
    into.push_back(end_wait{each.second.who, outcome::unknown});
    return true;
  });
}

void waiters::end_all(outcome how, actions& into) {
  for (const auto& [target, one] : all_)
    into.push_back(end_wait{one.who, how});
  all_.clear();
}

} // namespace holdfast::region_replica
