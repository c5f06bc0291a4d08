#include "apps/caf-shell/interrupt.hpp"

#include <poll.h>

#include <cerrno>
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

bool wait_readable(int fd) noexcept {
  // SIGINT is let in only while ppoll sleeps: between the look at the flag and
  // the sleep it would be missed.
  sigset_t interrupts;
  ::sigemptyset(&interrupts);
  ::sigaddset(&interrupts, SIGINT);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &interrupts, &before);
  pollfd readable{fd, POLLIN, 0};
  while (!interrupted() && ::ppoll(&readable, 1, nullptr, &before) < 0
         && errno == EINTR) {
    // Some other signal, such as a changed size of the window.
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return !interrupted();
}

bool interrupted() noexcept {
  return came != 0;
}

void forget_interrupt() noexcept {
  came = 0;
}

} // namespace holdfast::shell
