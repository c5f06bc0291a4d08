#include "actors/travelling_types.hpp"

#include "actors/type_ids.hpp"

#include <caf/actor_system_config.hpp>

namespace holdfast::actors {

void add_travelling_types_to(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::holdfast_peers>();
  config.add_message_types<caf::id_block::holdfast_electors>();
  config.add_message_types<caf::id_block::holdfast_regions>();
}

} // namespace holdfast::actors
