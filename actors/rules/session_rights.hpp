// Who a client is in a tenant, and what it may do there.
//
// Default deny: a right exists only where a grant's pattern matches.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::rules {

enum class right : std::uint8_t { read = 1, write = 2, create = 4, admin = 8 };

/// The word of the protocol: "read".
std::string_view name_of(right asked) noexcept;

/// Some of the four rights.
class right_set {
public:
  right_set() = default;

  right_set(std::initializer_list<right> rights) noexcept {
    for (const auto each : rights)
      add(each);
  }

  void add(right other) noexcept {
    bits_ |= static_cast<unsigned>(other);
  }

  void add(right_set other) noexcept {
    bits_ |= other.bits_;
  }

  bool has(right asked) const noexcept {
    return (bits_ & static_cast<unsigned>(asked)) != 0;
  }

  bool empty() const noexcept {
    return bits_ == 0;
  }

  bool operator==(const right_set&) const = default;

private:
  unsigned bits_ = 0;
};

/// "read write", in the order of the enumeration.
std::string to_string(right_set rights);

struct grant {
  std::string regions; ///< glob pattern with '*' and '?'
  right_set rights;

  bool operator==(const grant&) const = default;
};

/// A Unix user or group; a client that matches both given ids is the one.
struct principal {
  std::string name;
  std::optional<std::uint32_t> uid{};
  std::optional<std::uint32_t> gid{};
  std::vector<grant> grants{};

  bool operator==(const principal&) const = default;
};

/// True if '*' (any characters) and '?' (one) make the pattern the text. Time
/// is bounded by the product of both lengths, whatever the pattern.
bool matches(std::string_view pattern, std::string_view text) noexcept;

/// All rights that the grants give over a region.
right_set rights_on(const std::vector<grant>& grants,
                    std::string_view region) noexcept;

/// True if some grant holds the right, over whatever regions.
bool has_anywhere(const std::vector<grant>& grants, right asked) noexcept;

/// The principal that a user with this primary group is, or null. One that
/// names both ids comes before one that names the user, that before one that
/// names the group; among equals the first.
const principal* find_principal(const std::vector<principal>& principals,
                                std::uint32_t uid, std::uint32_t gid) noexcept;

} // namespace holdfast::rules
