// What an operator asked of holdfast-node.
#pragma once

#include "apps/holdfast-node/exit_code.hpp"

#include <string>
#include <variant>

namespace holdfast {

struct serve_command {
  std::string config;
};

struct check_command {
  std::string config;
};

struct print_default_command {};

struct print_effective_command {
  std::string config;
};

struct print_version_command {};

using node_command
  = std::variant<serve_command, check_command, print_default_command,
                 print_effective_command, print_version_command>;

/// What was asked, or how to end after help or a mistake was printed.
std::variant<node_command, exit_code> read_command_line(int argc, char** argv);

} // namespace holdfast
