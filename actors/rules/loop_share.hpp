// How much of its time the event loop lends to actors.
//
// The loop runs short steps of actors itself, because handing them to another
// thread costs more than the steps. It lends a stretch at once and a share in
// the long run, so that no client, however much it asks, keeps the loop from
// its sockets; what is beyond goes to the workers.
#pragma once

#include <algorithm>
#include <chrono>

namespace holdfast::rules {

struct loop_share_options {
  /// Lent at once, after a rest.
  std::chrono::nanoseconds stretch{};
  /// One nanosecond is earned back in so many that pass: 2 is half the time.
  unsigned rest_per_work = 2;
};

class loop_share {
public:
  using time = std::chrono::nanoseconds; // on one clock; differences matter

  explicit loop_share(loop_share_options options) noexcept : options_{options} {
    // nop
  }

  /// True if the loop may run one more step itself.
  bool may_run(time now) noexcept {
    spent_ -= std::min(spent_, (now - seen_) / options_.rest_per_work);
    seen_ = now;
    return spent_ < options_.stretch;
  }

  /// A step has taken as long as this.
  void ran(std::chrono::nanoseconds took) noexcept {
    spent_ += took;
  }

private:
  loop_share_options options_;
  std::chrono::nanoseconds spent_{};
  time seen_{};
};

} // namespace holdfast::rules
