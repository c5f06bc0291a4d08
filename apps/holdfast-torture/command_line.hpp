// What the command line says.
#pragma once

#include "apps/holdfast-torture/options.hpp"
#include "apps/holdfast-torture/workload.hpp"

#include <variant>

namespace holdfast::torture {

enum class exit_code {
  clean = 0,     ///< no promise was broken
  violation = 1, ///< one was
  usage = 2,     ///< wrong arguments
  nothing = 3    ///< void: the run proves nothing
};

/// To do a run, to be one of its clients, or to end at once.
using torture_command
  = std::variant<torture_options, client_options, exit_code>;

torture_command read_command_line(int argc, char** argv);

} // namespace holdfast::torture
