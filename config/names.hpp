// What may be a name, each rule in one function with the words that state it.
#pragma once

#include <string_view>

namespace holdfast::config {

struct verdict {
  bool ok;
  std::string_view allowed; ///< the rule in words, for a complaint
};

/// In every locale.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A node, tenant, region or principal.
verdict check_name(std::string_view text);

/// A variable; '.' and '/' group them by the owner's taste.
verdict check_variable_name(std::string_view text);

/// What a variable holds; compared byte by byte when a client attaches.
verdict check_type_tag(std::string_view text);

/// Which regions a grant speaks of.
verdict check_region_pattern(std::string_view text);

/// A Unix user or group by name.
verdict check_account(std::string_view text);

verdict check_data_directory(std::string_view text);
verdict check_socket(std::string_view text);
/// host:port of a node.
verdict check_address(std::string_view text);

/// A public key of Ed25519.
verdict check_peer_key(std::string_view text);

/// A file or a directory of the host.
verdict check_path(std::string_view text);

verdict check_schema_address(std::string_view text);

} // namespace holdfast::config
