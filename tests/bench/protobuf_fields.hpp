// As much of protobuf's encoding as a handful of small messages takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::bench {

/// Appends a field of bytes.
void put_bytes(std::string& into, std::uint32_t number, std::string_view bytes);

/// The first field of that number, or 0 and empty.
std::uint64_t number_in(std::string_view message, std::uint32_t field);
std::string_view bytes_in(std::string_view message, std::uint32_t field);

} // namespace holdfast::bench
