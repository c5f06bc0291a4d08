// The text of a file in the discovery directory. Everything in it is hostile.
#pragma once

#include "actors/rules/discovery.hpp"
#include "shm/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::runtime {

/// JSON, one line.
std::string text_of(const rules::instance& from);

/// Errors: bad_argument, with what is wrong in half a sentence. Unknown
/// members are left alone: a newer version may write them.
shm::result<rules::instance> instance_in(std::string_view json);

/// "instance_7_info.json".
std::string instance_file_name(std::uint64_t node);

/// The node in such a name; nothing for any other name.
std::optional<std::uint64_t> node_in_file_name(std::string_view name);

} // namespace holdfast::runtime
