// Another holder, as the home of an epoch sees it: what it reported, what it is
// still to be sent, and what it has.
//
// What is to be sent is a queue of variables, the one that has waited longest
// first, and each once: a slow holder costs memory by the variables and not by
// the changes. A value is read when it is sent. All changes up to the first
// that is not sent have been sent; that is what a delta covers.
//
// Variables that are stored in groups wait in a line of their own, since all of
// them that wait go together.
#pragma once

#include "actors/rules/region_replica/change_queue.hpp"
#include "actors/rules/region_replica/holding.hpp"
#include "actors/rules/region_replica/options.hpp"

#include <algorithm>
#include <deque>

namespace holdfast::region_replica {

class follower {
public:
  // -- its life, and its report -----------------------------------------------

  life known_life = 0;
  bool reported = false; ///< all of it
  holding has;           ///< as it was reported; the values go once compared
  grant granted{};
  boot_time lease_over{};                  ///< what it granted is over by then
  std::uint64_t stream = 0;                ///< number of the last ask
  std::optional<variable_key> heard_up_to; ///< of a report in parts
  std::optional<boot_time> asked_at;
  duration ask_again{}; ///< after which it is asked once more

  /// It is asked now: at first it may not be there yet, and is asked again
  /// soon; the longer it is silent, the more seldom.
  void note_asked(boot_time now, const options& how);

  /// Nothing that was said before counts.
  void begin_anew(life of);

  // -- what it is to be sent --------------------------------------------------

  /// A change: keeps its place if it waits already. Once a variable is stored
  /// in groups, it always is.
  void queue(variable_key key, sequence changed, bool grouped = false);
  void unqueue(variable_key key);
  /// Longest waiting first; see take().
  const change_queue& singles() const noexcept {
    return singles_;
  }
  const change_queue& groups() const noexcept {
    return groups_;
  }

  struct flight {
    std::uint64_t number = 0;
    std::vector<std::pair<variable_key, sequence>> taken;
    std::size_t bytes = 0;
    boot_time sent_at{}; ///< or when the one before it was acknowledged
  };

  bool window_open(const options& how) const {
    return in_flight_.size() < how.window_messages_max
           && (in_flight_.empty() || flight_bytes_ < how.window_bytes_max);
  }

  struct place {
    std::uint64_t number = 0;
    std::uint64_t follows = 0;
  };

  /// Takes these from the queue into a message; its place in the stream.
  place take(const std::vector<row>& rows, boot_time now);

  /// All changes up to here have been sent, if `applied` is the last.
  sequence covered(sequence applied) const {
    auto first = applied + 1;
    for (const auto* line : {&singles_, &groups_})
      if (const auto waits = line->first())
        first = std::min(first, std::max<sequence>(waits->first, 1));
    return first - 1;
  }

  /// What it has. True if that is news.
  bool on_ack(const delta_ack& said, boot_time now);

  /// What has no answer for too long is queued again.
  void send_again(boot_time now, const options& how);
  /// All that has no answer is queued again: a message never went out, and
  /// those behind it will not be taken.
  void queue_again(const options& how);

  sequence acknowledged = 0; ///< it has all changes up to here
  sequence durable = 0;
  sequence target = 0;  ///< from here on it is whole
  bool greeted = false; ///< it was sent the first delta of the stream
  sequence covers_sent = 0;
  /// It shows no groups, as it was told last; nothing: that may be lost.
  std::optional<bool> apart_sent = false;
  /// Versions it had that must not come back: it is sent newer ones only.
  std::map<variable_key, std::uint64_t> floors;

  std::optional<boot_time> beat_answered; ///< when that beat was sent

private:
  change_queue singles_;
  change_queue groups_;
  std::deque<flight> in_flight_;
  std::size_t flight_bytes_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t follows_ = 0;
  std::uint64_t taken_ = 0; ///< the last number that it has
};

} // namespace holdfast::region_replica
