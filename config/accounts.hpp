// Unix users and groups of this host, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::config {

/// Nothing when this host knows no such account.
std::optional<std::uint32_t> find_user(const std::string& name);
std::optional<std::uint32_t> find_group(const std::string& name);

} // namespace holdfast::config
