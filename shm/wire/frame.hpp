// The frames that sessions and the node exchange, whatever the door.
//
// A request names a command and carries fields; its reply carries fields, its
// failure a stable code. Byte by byte in docs/protocol.md. Everything decoded
// is untrusted: sizes are bounded before anything is allocated.
#pragma once

#include "shm/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace holdfast::wire {

inline constexpr std::uint32_t magic = 0x3150'4648; // "HFP1"
inline constexpr std::uint16_t version = 1;
inline constexpr std::size_t header_bytes = 24;
inline constexpr std::size_t frame_bytes_max = 64U << 10;
inline constexpr std::size_t fields_max = 4096;
inline constexpr std::size_t name_bytes_max = 63;

enum class frame_kind : std::uint16_t {
  request = 1,
  reply = 2,
  failure = 3,
  notice = 4,
};

struct field;
using fields = std::vector<field>;
using bytes = std::vector<std::byte>;
using rows = std::vector<fields>;

/// What a field holds; the index is the type byte on the wire.
using value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t,
                           double, std::string, bytes, rows>;

struct field {
  std::string name;
  wire::value value;
};

struct frame {
  frame_kind kind = frame_kind::request;
  std::uint64_t request_id = 0;
  std::uint16_t descriptors = 0; // that travel with the packet
  std::string command;           // of a request
  wire::fields fields;
};

/// The packet of a frame; whatever it returns, decode() accepts. Errors:
/// too_long beyond frame_bytes_max, bad_argument naming the field that cannot
/// travel (a name twice or too long, text that is not UTF-8, rows in rows).
shm::result<bytes> encode(const frame& from);

/// The frame of a packet. Errors: protocol, saying what is wrong where.
shm::result<frame> decode(std::span<const std::byte> packet);

/// A failure frame that answers `request_id`. Always small enough and fit to
/// encode: a long detail is cut, bytes that are not UTF-8 become '?'.
frame failure_of(std::uint64_t request_id, const shm::error& error);

/// The error in a failure frame; never `ok`. A code that this side does not
/// know becomes `protocol`, with its number and name in the detail.
shm::error error_of(const frame& failure);

/// The field of that name, or null.
const value* find(const fields& in, std::string_view name);

/// Typed look-ups for readers of replies: nothing if absent or of another
/// type; a u64 is found in a non-negative i64 and the reverse.
const std::string* find_text(const fields& in, std::string_view name);
std::uint64_t number_or(const fields& in, std::string_view name,
                        std::uint64_t otherwise);

} // namespace holdfast::wire
