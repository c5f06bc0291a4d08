// How a node is emptied before it stops: homes move away first, since that is
// planned by the leader, then leadership is handed over, then it is done. It
// ends in any case: what has not gone by then is named.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace holdfast::rules {

struct drain_options {
  /// From the first to the last step.
  std::chrono::milliseconds patience{30000};
  /// Between two attempts to hand over leadership.
  std::chrono::milliseconds retry{500};
};

struct drain_view {
  std::uint32_t homes = 0;    ///< regions whose home is here
  std::uint32_t stranded = 0; ///< of these, those that no other node could take
  bool leads = false;
  /// Voters that could lead: healthy, caught up, not draining.
  std::vector<std::uint64_t> successors;
};

enum class drain_phase : std::uint8_t {
  moving = 1,       ///< homes are on their way
  handing_over = 2, ///< leadership is
  done = 3,
  out_of_time = 4 ///< something stayed
};

struct drain_step {
  drain_phase phase = drain_phase::moving;
  std::optional<std::uint64_t> hand_over_to; ///< to be tried now
};

/// Times count from any instant that stays the same.
class drain {
public:
  using time_point = std::chrono::milliseconds;

  explicit drain(time_point now, drain_options options = {}) noexcept
    : began_{now}, options_{options} {
    // nop
  }

  /// To be asked in short intervals until `done` or `out_of_time`, which are
  /// the last word.
  drain_step on_tick(time_point now, const drain_view& view);

private:
  time_point began_;
  drain_options options_;
  std::optional<time_point> last_attempt_;
  std::optional<drain_phase> ended_;
};

} // namespace holdfast::rules
