// Reads one region with the variables it starts with.
#pragma once

#include "config/section_reader.hpp"

#include <string_view>

namespace holdfast::config {

region read_region(section_reader& keys, report& out);

/// Bytes of a type that every reader knows, by its tag ("f64"); else 0.
std::uint32_t scalar_bytes(std::string_view type);

} // namespace holdfast::config
