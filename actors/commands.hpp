// The one list of commands, for every door: names, arguments, rights.
//
// A session checks each request against it before it looks at anything else,
// and `help` prints it.
#pragma once

#include "shm/error.hpp"
#include "shm/wire/frame.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::actors {

enum class argument_type : std::uint8_t { text, number, truth, bytes };

struct argument {
  std::string_view name;
  argument_type type = argument_type::text;
  bool required = true;
  /// The words it may be, parted by '|'; empty: any.
  std::string_view words{};
};

/// What a client must hold to run a command on the region it names.
enum class right_needed : std::uint8_t {
  none,
  read,
  write,
  create,
  admin,
  as_access,      ///< read or write, as the argument `access` says
  any,            ///< some right
  admin_anywhere, ///< admin on whatever pattern; the command names no region
  operate         ///< to be root or the node's own user
};

struct command {
  std::string_view name;
  std::span<const argument> arguments;
  right_needed right = right_needed::none;
  std::string_view summary;
};

/// All of them, in the order of `help`.
std::span<const command> all_commands() noexcept;

/// Errors: no_such_command, with the nearest name.
shm::result<const command*> find_command(std::string_view name);

/// Errors: bad_argument, naming what is missing, too much or not allowed.
shm::result<void> check_arguments(const command& command,
                                  const wire::fields& given);

/// "region text, access read|write, [after text]".
std::string describe_arguments(const command& command);

std::string_view name_of(right_needed right) noexcept;

} // namespace holdfast::actors
