// Messages that wait until what they speak of is on disk: term and vote, and a
// change of the membership at the leader (guards.hpp, waits_for_own_disk).
//
// The library takes a ballot for written as soon as it has asked for it. Here
// nothing that was said after it leaves before the disk has reported it; what
// was said later waits behind, so that links stay in order.
#pragma once

#include "actors/consensus/messages.hpp"

#include <deque>

namespace holdfast::consensus {

/// Counts the writes that a core has asked for.
using write_number = std::uint64_t;

class spoken {
public:
  /// `after`: the write that it waits for; 0: none. When more than `held_max`
  /// wait, the message is lost, as on a network.
  void say(message said, write_number after, std::size_t held_max) {
    if (waiting_.size() < held_max)
      waiting_.push_back({after, std::move(said)});
  }

  /// What may leave when all writes up to `stored` are on disk.
  void release(write_number stored, std::vector<message>& into) {
    while (!waiting_.empty() && waiting_.front().after <= stored) {
      into.push_back(std::move(waiting_.front().said));
      waiting_.pop_front();
    }
  }

private:
  struct held {
    write_number after = 0;
    message said;
  };

  std::deque<held> waiting_;
};

} // namespace holdfast::consensus
