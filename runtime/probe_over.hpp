// How the answer of a probe comes from the loop to the network's actor.
#pragma once

#include "runtime/reach_probe.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace holdfast::runtime {

struct probe_over {
  std::uint64_t question = 0;
  probe_result result;
};

} // namespace holdfast::runtime

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::runtime::probe_over)
