// Checksums of rows: BLAKE2b, keyed, so that a row of another database is no
// row of this one. They find what disks do to files; they keep nobody out.
#pragma once

#include <sodium.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace holdfast::runtime {

using digest = std::array<std::uint8_t, 32>;
using digest_key = std::array<std::uint8_t, 16>;

/// Each field is told apart from the next by its kind and length.
class row_digest {
public:
  /// `table`: rows of one table are no rows of another.
  row_digest(const digest_key& key, std::string_view table);

  row_digest& add(std::uint64_t number);
  row_digest& add(std::string_view text);
  row_digest& add(std::span<const std::uint8_t> bytes);

  digest finish();

private:
  crypto_generichash_state state_;
};

bool is_digest(std::span<const std::uint8_t> bytes, const digest& expected);

/// False if there are more or fewer bytes than wanted.
bool copy_digest(std::span<const std::uint8_t> bytes,
                 std::span<std::uint8_t> wanted);

} // namespace holdfast::runtime
