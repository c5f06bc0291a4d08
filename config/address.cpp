#include "config/address.hpp"

#include "config/defaults.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace holdfast::config {

namespace {

bool is_ip4(const std::string& host) {
  in_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1;
}

bool is_ip6(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

bool is_host_name(const std::string& host) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  // Numbers and dots only would be an address with a mistake in it.
  const auto is_digit
    = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return !host.empty() && host.size() <= host_bytes_max
         && std::all_of(host.begin(), host.end(), is_part)
         && !std::all_of(host.begin(), host.end(), is_digit)
         && host.front() != '-' && host.front() != '.';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0)
    return std::nullopt;
  return port;
}

} // namespace

std::optional<address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  std::string host{text.substr(0, colon)};
  const auto port = parse_port(text.substr(colon + 1));
  const bool bracketed
    = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  const bool good
    = bracketed ? is_ip6(host) : is_ip4(host) || is_host_name(host);
  if (!port || !good)
    return std::nullopt;
  return address{std::move(host), *port};
}

std::string print_address(const address& where) {
  const bool ip6 = where.host.find(':') != std::string::npos;
  return (ip6 ? "[" + where.host + "]" : where.host) + ":"
         + std::to_string(where.port);
}

bool is_loopback(const address& where) {
  return where.host == "localhost" || where.host == "::1"
         || (is_ip4(where.host) && where.host.starts_with("127."));
}

bool is_everywhere(const address& where) {
  in6_addr found{};
  return where.host == "0.0.0.0"
         || (::inet_pton(AF_INET6, where.host.c_str(), &found) == 1
             && IN6_IS_ADDR_UNSPECIFIED(&found));
}

} // namespace holdfast::config
