#include "runtime/loop_worker.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/logger.hpp>
#include <caf/message_id.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <chrono>

namespace holdfast::runtime {

namespace {

/// Messages that one actor handles before others get their turn. One that has
/// more waiting is busy: that is what workers are for.
constexpr std::size_t messages_per_step = 4;

rules::loop_share::time now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

} // namespace

loop_worker::loop_worker(caf::actor_system& system,
                         rules::loop_share_options share)
  : caf::execution_unit{&system}, share_{share} {
  // nop
}

void loop_worker::exec_later(caf::resumable* ready) {
  ready_.push_back(ready);
}

void loop_worker::deliver(const caf::strong_actor_ptr& to,
                          caf::message message) {
  if (!to)
    return;
  to->get()->enqueue(nullptr, caf::make_message_id(), std::move(message), this);
  // Called by a step that runs: the one who runs it goes on with ours.
  if (!running_)
    run();
}

bool loop_worker::run_at_once(caf::resumable* ready) {
  if (!share_.may_run(now()))
    return false;
  ready_.push_back(ready);
  if (!running_)
    run();
  return true;
}

void loop_worker::run() {
  running_ = true;
  // CAF's logger keeps note of who runs, in a table with a lock, though Debian
  // builds CAF without a single line to log. Each spawn brings it back.
  caf::logger::set_current_actor_system(nullptr);
  auto began = now();
  while (!ready_.empty()) {
    auto* const next = ready_.front();
    ready_.pop_front();
    if (!share_.may_run(began)) {
      system().scheduler().enqueue(next);
      continue;
    }
    run_step(next);
    const auto ended = now();
    share_.ran(ended - began);
    began = ended;
  }
  running_ = false;
}

void loop_worker::run_step(caf::resumable* ready) {
  if (ready->resume(this, messages_per_step) == caf::resumable::resume_later)
    system().scheduler().enqueue(ready); // along with its reference
  else
    caf::intrusive_ptr_release(ready);
}

} // namespace holdfast::runtime
