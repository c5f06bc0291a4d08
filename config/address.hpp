// host:port as people write it: "10.0.0.1:7400", "[::1]:7400", "db.lan:7400".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::config {

struct address {
  std::string host; ///< without brackets
  std::uint16_t port = 0;

  bool operator==(const address&) const = default;
};

std::optional<address> parse_address(std::string_view text);

std::string print_address(const address& where);

/// Nobody on another host reaches it: 127.x.x.x, ::1 or "localhost".
bool is_loopback(const address& where);

/// Every interface of the host: a place to listen, not one to call.
bool is_everywhere(const address& where);

} // namespace holdfast::config
