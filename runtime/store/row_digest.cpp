#include "runtime/store/row_digest.hpp"

#include <algorithm>

namespace holdfast::runtime {

namespace {

std::array<std::uint8_t, 8> little_endian(std::uint64_t number) {
  std::array<std::uint8_t, 8> octets{};
  for (auto& octet : octets) {
    octet = static_cast<std::uint8_t>(number);
    number >>= 8U;
  }
  return octets;
}

} // namespace

row_digest::row_digest(const digest_key& key, std::string_view table) {
  crypto_generichash_init(&state_, key.data(), key.size(), digest{}.size());
  add(table);
}

row_digest& row_digest::add(std::uint64_t number) {
  const auto octets = little_endian(number);
  crypto_generichash_update(&state_, octets.data(), octets.size());
  return *this;
}

row_digest& row_digest::add(std::string_view text) {
  return add(
    std::span{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

row_digest& row_digest::add(std::span<const std::uint8_t> bytes) {
  add(bytes.size());
  crypto_generichash_update(&state_, bytes.data(), bytes.size());
  return *this;
}

digest row_digest::finish() {
  digest made{};
  crypto_generichash_final(&state_, made.data(), made.size());
  return made;
}

bool is_digest(std::span<const std::uint8_t> bytes, const digest& expected) {
  return std::equal(bytes.begin(), bytes.end(), expected.begin(),
                    expected.end());
}

bool copy_digest(std::span<const std::uint8_t> bytes,
                 std::span<std::uint8_t> wanted) {
  if (bytes.size() != wanted.size())
    return false;
  std::copy(bytes.begin(), bytes.end(), wanted.begin());
  return true;
}

} // namespace holdfast::runtime
