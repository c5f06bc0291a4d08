// How CAF's workers share what is to be run: what a step has woken comes next
// on the same thread.
//
// With CAF's own sharing each message to an idle actor wakes another worker,
// which takes longer than most steps do; a question and its answer would cross
// threads several times. Knows no actor.
#pragma once

#include "runtime/network_steps.hpp"

#include <caf/policy/work_sharing.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cstddef>
#include <utility>

namespace holdfast::runtime {

class next_first : public caf::policy::work_sharing {
public:
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {
      // nop
    }

    caf::resumable* next = nullptr; ///< with a reference of its own
    std::size_t in_a_row = 0;       ///< taken without a look at the queue
  };

  /// By a thread that is no worker.
  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    if (!run_on_network_thread(job))
      enqueue(self, job);
  }

  /// By a step that runs on this worker. What more it wakes is for others.
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    auto& next = d(self).next;
    if (next == nullptr)
      next = job;
    else
      enqueue(self->parent(), job);
  }

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    auto& [next, in_a_row] = d(self);
    if (next != nullptr && in_a_row < in_a_row_max) {
      ++in_a_row;
      return std::exchange(next, nullptr);
    }
    // Two that wake each other for ever must not hold up the queue.
    in_a_row = 0;
    if (next != nullptr)
      enqueue(self->parent(), std::exchange(next, nullptr));
    return work_sharing::dequeue(self);
  }

  /// What is left when the workers have ended.
  template <class Worker, class UnaryFunction>
  void foreach_resumable(Worker* self, UnaryFunction f) {
    if (auto* left = std::exchange(d(self).next, nullptr))
      f(left);
  }

private:
  static constexpr std::size_t in_a_row_max = 16;
};

} // namespace holdfast::runtime
