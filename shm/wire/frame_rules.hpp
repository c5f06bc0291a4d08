// What encoding and decoding agree on: the type bytes, and the rules that a
// frame keeps to whichever way it goes. Known to these two alone.
#pragma once

#include "shm/wire/frame.hpp"
#include "shm/wire/utf8.hpp"

#include <string>
#include <string_view>

namespace holdfast::wire {

/// The index of a value's alternative, as it travels.
enum type_byte : std::uint8_t {
  null_type,
  bool_type,
  i64_type,
  u64_type,
  f64_type,
  text_type,
  bytes_type,
  rows_type
};

/// Whether a name comes twice, and which one.
bool has_twin(const fields& of, std::string_view& twin);

/// What a frame of that kind may not carry; empty if all is well.
std::string misplaced_in(const frame& of);

/// A name from the other side, fit to be shown.
inline std::string in_quotes(std::string_view text) {
  return "'" + readable_utf8(text, name_bytes_max) + "'";
}

} // namespace holdfast::wire
