// Ctrl-C cancels the command, not the shell.
#pragma once

namespace holdfast::shell {

/// From now on SIGINT is noted instead of ending the program.
void note_interrupts();

/// Sleeps until the descriptor can be read; false when Ctrl-C came, be it
/// just before.
bool wait_readable(int fd) noexcept;

/// Whether it came since the last call of forget_interrupt().
bool interrupted() noexcept;
void forget_interrupt() noexcept;

} // namespace holdfast::shell
