// What replies of the node must hold, read and checked.
//
// Nothing the node sends is believed before; errors are `protocol`.
#pragma once

#include "shm/client/connection.hpp"

#include <vector>

namespace holdfast::client {

shm::result<node_greeting> read_greeting(const wire::fields& from);

/// The version of what was stored.
shm::result<std::uint64_t> read_stored(const wire::fields& from);

shm::result<loaded_value> read_loaded(const wire::fields& from);

/// Appends one page of a list; whether there is more.
shm::result<bool> read_page(const wire::fields& from,
                            std::vector<region_listing>& into);
shm::result<bool> read_page(const wire::fields& from,
                            std::vector<variable_listing>& into);

} // namespace holdfast::client
