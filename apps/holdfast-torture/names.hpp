// What the tool's parts call the same things.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::torture {

inline constexpr const char* tenant_name = "torture";
inline constexpr const char* region_name = "torture";

inline std::string variable_name(std::uint32_t number) {
  std::string made = "v";
  return made += std::to_string(number);
}

} // namespace holdfast::torture
