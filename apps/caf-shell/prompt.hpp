// The interactive prompt: lines with history and completion, by libedit.
#pragma once

#include "apps/caf-shell/command.hpp"

namespace holdfast::shell {

/// Reads and runs commands until `quit` or the end of input. The exit code is
/// that of leaving, not of the last command.
exit_code run_prompt(workplace& at);

/// Runs the lines of standard input up to the first that fails: a script.
exit_code run_script(workplace& at);

} // namespace holdfast::shell
