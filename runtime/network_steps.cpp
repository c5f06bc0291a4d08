#include "runtime/network_steps.hpp"

#include "runtime/loop_worker.hpp"

#include <caf/io/basp/worker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/multiplexer.hpp>

namespace holdfast::runtime {

namespace {

thread_local loop_worker* lent = nullptr;

} // namespace

void lend_network_thread(caf::actor_system& system, loop_worker& to) {
  system.middleman().backend().post([worker = &to] { lent = worker; });
}

bool run_on_network_thread(caf::resumable* what) {
  return lent != nullptr
         && dynamic_cast<caf::io::basp::worker*>(what) != nullptr
         && lent->run_at_once(what);
}

} // namespace holdfast::runtime
