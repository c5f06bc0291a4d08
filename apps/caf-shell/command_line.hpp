// The words that caf-shell was started with.
#pragma once

#include "apps/caf-shell/exit_code.hpp"
#include "shm/client/connection.hpp"

#include <string>
#include <variant>
#include <vector>

namespace holdfast::shell {

struct shell_options {
  client::connect_options node;
  bool json = false;
  std::vector<std::string> command; // empty: ask a person, or read a script
};

/// What to do, or how to end at once (after --help, or a complaint).
std::variant<shell_options, exit_code> read_command_line(int argc, char** argv);

} // namespace holdfast::shell
