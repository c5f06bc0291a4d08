// The reads after all was healed and nobody stores any more.
#pragma once

#include "apps/holdfast-torture/nodes.hpp"

#include <cstdint>
#include <string>

namespace holdfast::torture {

/// Waits until all nodes that hold the region show the same versions, all
/// committed, and records what each shows then, or that it shows nothing.
/// `on_all`: every node holds it; else its home alone. Uses ids of clients from
/// `first_id` on.
void read_finally(const nodes& at, const std::string& histories,
                  std::uint32_t first_id, std::uint32_t variables, bool on_all);

} // namespace holdfast::torture
