// Values as people write and read them, by kind and type tag.
#pragma once

#include "shm/error.hpp"
#include "shm/layout.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shell {

/// What a variable holds.
struct value_type {
  shm::layout::variable_kind kind = shm::layout::variable_kind::value;
  std::string tag;
  std::size_t capacity = 0;
};

/// The value for people and for JSON alike: a number, a bool, a text, the
/// document itself, or bytes in hex. Bytes that do not fit their type (another
/// client stored them) are shown in hex too.
nlohmann::ordered_json json_of(const value_type& type,
                               std::span<const std::byte> bytes);

/// The bytes that a text means for that type. Numbers and bools by tag; text
/// as it is; JSON if it is valid; for bytes and own types hex digits or
/// @FILE. Errors: bad_argument saying what is expected, too_long, system.
shm::result<std::vector<std::byte>> bytes_of(const value_type& type,
                                             std::string_view text);

/// A bad_argument.
shm::error bad(std::string why);

/// Bytes of a number's type tag; 0 for the tag of an own type.
std::size_t bytes_of_tag(std::string_view tag) noexcept;

} // namespace holdfast::shell
