// Who waits until something is committed. All who wait for the same sequence
// share the round that carries it.
#pragma once

#include "actors/rules/region_replica/actions.hpp"
#include "actors/rules/region_replica/options.hpp"

#include <map>

namespace holdfast::region_replica {

class waiters {
public:
  enum class kind : std::uint8_t { flush, durable, read };

  struct waiting {
    waiter who = 0;
    kind what = kind::flush;
    boot_time since{};
  };

  bool full(const options& how) const noexcept {
    return all_.size() >= how.waiters_max;
  }
  void add(sequence target, waiting one) {
    all_.emplace(target, one);
  }
  void forget(waiter who);

  /// Those who have what they wait for: committed and durable up to here, home
  /// at least since that time.
  void end(sequence committed, sequence durable,
           std::optional<boot_time> home_since, actions& into);
  void end_overdue(boot_time now, const options& how, actions& into);
  void end_all(outcome how, actions& into);

private:
  std::multimap<sequence, waiting> all_;
};

} // namespace holdfast::region_replica
