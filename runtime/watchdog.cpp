#include "runtime/watchdog.hpp"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <string_view>

namespace holdfast::runtime {

namespace {

volatile sig_atomic_t code_to_exit_with = 1;

/// Only what is safe in a signal handler: threads may hold any lock.
void give_up(int) {
  constexpr std::string_view text
    = "holdfast: the shutdown overran its deadline; ending now\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size());
  ::_exit(code_to_exit_with);
}

} // namespace

void start_watchdog(std::chrono::milliseconds deadline,
                    int exit_code) noexcept {
  code_to_exit_with = exit_code;
  struct sigaction action {};
  action.sa_handler = give_up;
  ::sigaction(SIGALRM, &action, nullptr);
  const auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(deadline);
  itimerval timer{};
  timer.it_value.tv_sec = seconds.count();
  timer.it_value.tv_usec
    = std::chrono::microseconds{deadline - seconds}.count();
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

} // namespace holdfast::runtime
