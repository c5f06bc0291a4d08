// Registers the messages that travel between nodes. Their numbers and names
// are in type_ids.hpp.
#pragma once

namespace caf {
class actor_system_config;
} // namespace caf

namespace holdfast::actors {

/// Before the actor system starts.
void add_travelling_types_to(caf::actor_system_config& config);

} // namespace holdfast::actors
