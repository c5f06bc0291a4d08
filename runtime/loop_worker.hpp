// Runs short steps of actors on the thread of a loop: the event loop's, or that
// of CAF's network.
//
// A message that the loop sends through here is handled at once, and so is
// what it leads to: the actors answer each other without waking a thread. To
// CAF it is one more execution unit, so an actor runs here or on a worker as
// it comes, and on one of them at a time. Knows no socket.
#pragma once

#include "actors/rules/loop_share.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/message.hpp>
#include <caf/resumable.hpp>

#include <deque>
#include <utility>

namespace holdfast::runtime {

/// The loop's thread only. Outlives every actor that ever ran on it.
class loop_worker final : public caf::execution_unit {
public:
  loop_worker(caf::actor_system& system, rules::loop_share_options share);

  loop_worker(const loop_worker&) = delete;
  loop_worker& operator=(const loop_worker&) = delete;

  /// Sends without a sender, and runs what becomes ready as far as the loop's
  /// share goes. The workers get the rest.
  template <class Handle, class Message>
  void send(const Handle& to, Message message) {
    deliver(caf::actor_cast<caf::strong_actor_ptr>(to),
            caf::make_message(std::move(message)));
  }

  /// Runs this and what becomes ready, unless the loop's share is spent: then
  /// false, and it is not taken.
  bool run_at_once(caf::resumable* ready);

  /// CAF: an actor that runs here has woken this one.
  void exec_later(caf::resumable* ready) override;

private:
  void deliver(const caf::strong_actor_ptr& to, caf::message message);
  void run();
  void run_step(caf::resumable* ready);

  rules::loop_share share_;
  std::deque<caf::resumable*> ready_; // each with a reference of its own
  bool running_ = false;
};

} // namespace holdfast::runtime
