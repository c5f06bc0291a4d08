// What values may go into a row, whether a command or a snapshot brings them.
// An outcome that is not ok says which one may not.
#pragma once

#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/catalog/limits.hpp"

#include <string>
#include <string_view>

namespace holdfast::catalog {

outcome refuse(shm::errc code, std::string text);

/// A text from outside inside one of ours: bounded, readable, in quotes.
std::string in_quotes(std::string_view text);

/// There is none of that name.
outcome no_region(const region_name& name);

outcome check_name(std::string_view what, std::string_view name);
outcome check(const rules::quota_limits& limits);
outcome check(const principal& of, const limits& bounds);
outcome check(const region_options& of, const limits& bounds);
outcome check(const variable& of);
outcome check(node_id id, const member& of);
outcome check(const session& of);

} // namespace holdfast::catalog
