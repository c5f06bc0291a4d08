#include "apps/caf-shell/interrupt.hpp"

#include <csignal>

namespace holdfast::shell {

namespace {

// The one type that a signal handler may write.
volatile std::sig_atomic_t came = 0;

extern "C" void on_interrupt(int) {
  came = 1;
}

} // namespace

void note_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  // Without SA_RESTART, so that reading a line ends.
  ::sigaction(SIGINT, &action, nullptr);
}

bool interrupted() noexcept {
  return came != 0;
}

void forget_interrupt() noexcept {
  came = 0;
}

} // namespace holdfast::shell
