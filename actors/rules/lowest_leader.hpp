// When a leader hands over, so that in the steady state the healthy voter with
// the lowest id leads.
//
// Only the leader decides, and it waits: until it leads for a while, until the
// other has answered for a while without a gap and has the whole log, and
// longer with every attempt. So links that come and go cost one change of
// leader and not one each time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace holdfast::rules {

struct lowest_leader_options {
  /// An answer older than this is a gap.
  std::chrono::milliseconds heard_within{150};
  /// How long the other has answered without a gap.
  std::chrono::milliseconds healthy_for{2000};
  /// How long this node leads.
  std::chrono::milliseconds leads_for{2000};
  /// Between two attempts, whoever is asked.
  std::chrono::milliseconds cooldown{5000};
  /// Between two attempts with the same voter, doubled with each.
  std::chrono::milliseconds backoff_max{60000};
};

struct voter_view {
  std::uint64_t id = 0;
  std::chrono::milliseconds last_heard{}; ///< when it answered last
  bool caught_up = false;                 ///< it has all of this leader's log
  bool draining = false;                  ///< it must not lead
};

/// Times count from any instant that stays the same.
class lowest_leader {
public:
  using time_point = std::chrono::milliseconds;

  explicit lowest_leader(std::uint64_t self,
                         lowest_leader_options options = {}) noexcept
    : self_{self}, options_{options} {
    // nop
  }

  void on_leading(time_point now) noexcept {
    leads_since_ = now;
    healthy_since_.clear();
  }

  void on_following() noexcept {
    leads_since_.reset();
  }

  /// To be asked in short, regular intervals while leading. The voter to hand
  /// over to, which counts as an attempt.
  std::optional<std::uint64_t> on_tick(time_point now,
                                       const std::vector<voter_view>& voters);

private:
  struct attempts {
    time_point not_before{};
    time_point wait{};
  };

  void note_health(time_point now, const voter_view& voter);
  bool is_fit(time_point now, const voter_view& voter) const;
  void note_attempt(time_point now, std::uint64_t voter);

  std::uint64_t self_;
  lowest_leader_options options_;
  std::optional<time_point> leads_since_;
  std::optional<time_point> last_attempt_;
  std::map<std::uint64_t, time_point> healthy_since_;
  std::map<std::uint64_t, attempts> attempts_;
};

} // namespace holdfast::rules
