// Ends a process whose shutdown does not end.
#pragma once

#include <chrono>

namespace holdfast::runtime {

/// After the deadline the process says so on standard error and exits with the
/// code, whatever its threads do. There is one per process.
void start_watchdog(std::chrono::milliseconds deadline, int exit_code) noexcept;

} // namespace holdfast::runtime
