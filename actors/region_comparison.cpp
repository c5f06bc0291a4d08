#include "actors/region_comparison.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <xxhash.h>

namespace holdfast::actors {

// The order of the fields is the format between nodes.
template <class Inspector>
auto inspect(Inspector& f, compared_value& x) {
  return f(x.key, x.stored.epoch, x.stored.version, x.digest, x.bytes);
}

namespace {

bool adds_up(const comparison& of) {
  if (of.what < comparison::step::digests || of.what > comparison::step::values)
    return false;
  if (of.what != comparison::step::values)
    return of.payload.empty();
  std::uint64_t left = of.payload.size();
  for (const auto& each : of.rows) {
    if (each.bytes > left)
      return false;
    left -= each.bytes;
  }
  return left == 0;
}

} // namespace

std::uint64_t digest_of_bytes(std::span<const char> bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::vector<char> pack(const comparison& what) {
  std::vector<char> content;
  caf::binary_serializer sink{nullptr, content};
  // Memory is all that writing to a buffer can fail for.
  [[maybe_unused]] const auto failed = sink(
    static_cast<std::uint8_t>(what.what), what.epoch, what.rows, what.payload);
  return content;
}

std::optional<comparison> unpack_comparison(const std::vector<char>& content) {
  comparison made;
  std::uint8_t step = 0;
  caf::binary_deserializer source{nullptr, content};
  if (source(step, made.epoch, made.rows, made.payload)
      || source.remaining() != 0)
    return std::nullopt;
  made.what = static_cast<comparison::step>(step);
  return adds_up(made) ? std::optional{std::move(made)} : std::nullopt;
}

} // namespace holdfast::actors
