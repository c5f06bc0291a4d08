// A message of the region rule on its way to another node: packed with the
// bytes of its rows, in parts of bounded size, and put together again.
#pragma once

#include "actors/region_messages.hpp"
#include "actors/rules/region_replica/values.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace holdfast::actors {

/// With the bytes of the rows of a delta or of values, one after the other.
struct carried_message {
  region_replica::message said;
  std::vector<char> payload;

  bool operator==(const carried_message&) const = default;
};

/// The rows whose bytes travel with it; null: there are none.
std::vector<region_replica::row>* rows_of(region_replica::message& said);
const std::vector<region_replica::row>*
rows_of(const region_replica::message& said);

/// The bytes of each row, in their order.
std::vector<std::span<const char>> slices_of(const carried_message& of);

/// So many bytes more than the rows have are enough for pack().
constexpr std::size_t room_for_words(std::size_t rows) noexcept {
  return rows * sizeof(region_replica::row) + 256;
}

/// The bytes of the rows, which are not copied, then the message, and how many
/// bytes they were.
std::vector<char> pack(carried_message what);

/// Nothing if it is no message, or its rows do not account for its bytes.
std::optional<carried_message> unpack(std::vector<char> content);

/// Cuts a packed message so that each part has at most `bytes_max` of it, and
/// a checksum.
std::vector<region_packet> in_parts(const region_packet& envelope,
                                    std::vector<char> content,
                                    std::size_t bytes_max);

/// Puts together what one sender cut. Parts come in order or not at all; one
/// that is missing or damaged costs the message it belongs to, and no more.
class part_collector {
public:
  explicit part_collector(std::size_t bytes_max) noexcept
    : bytes_max_{bytes_max} {
    // nop
  }

  /// The whole content, once its last part is there.
  std::optional<std::vector<char>> add(region_packet&& part);

private:
  std::size_t bytes_max_;
  std::uint64_t number_ = 0;
  std::uint32_t next_ = 0; ///< the part that must come now
  std::vector<char> content_;
};

} // namespace holdfast::actors
