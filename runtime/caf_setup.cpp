#include "runtime/caf_setup.hpp"

#include "actors/error.hpp"
#include "actors/travelling_types.hpp"
#include "runtime/next_first.hpp"
#include "runtime/peer_network.hpp"

#include <caf/scheduler/coordinator.hpp>

#include <unistd.h>

#include <algorithm>

namespace holdfast::runtime {

namespace {

/// Threads. Actors never block, so more than cores only costs memory; two at
/// least, so that a long step does not hold up everybody.
std::size_t worker_count() {
  const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  return static_cast<std::size_t>(std::clamp(cores, 2L, 8L));
}

} // namespace

caf_setup::caf_setup(const std::optional<config::cluster_section>& cluster) {
  actors::describe_errors_in(*this);
  actors::add_travelling_types_to(*this);
  // CAF's default, stealing, burns 2 to 3 % of a core when idle and wakes late.
  load<caf::scheduler::coordinator<next_first>>();
  set("scheduler.max-threads", worker_count());
  if (cluster)
    load_network(*this, *cluster);
}

} // namespace holdfast::runtime
