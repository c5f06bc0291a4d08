#include "apps/processes/interruption.hpp"

#include <signal.h>
#include <time.h>

#include <algorithm>

namespace holdfast::processes {

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

volatile sig_atomic_t end_wanted = 0;

void note_end(int) {
  end_wanted = 1;
}

} // namespace

void end_on_signals() {
  struct sigaction action {};
  action.sa_handler = note_end;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void go_on_or_throw() {
  if (end_wanted != 0)
    throw interrupted{};
}

void rest(std::chrono::nanoseconds duration) {
  const auto until = steady_clock::now() + duration;
  for (;;) {
    go_on_or_throw();
    const auto left
      = std::min<std::chrono::nanoseconds>(until - steady_clock::now(), 100ms);
    if (left <= 0ns)
      return;
    const timespec time{0, static_cast<long>(left.count())};
    ::nanosleep(&time, nullptr);
  }
}

} // namespace holdfast::processes
