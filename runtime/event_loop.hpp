// The node's one event loop, on the main thread: sockets, timers, signals.
//
// Actors reach it by posting; it reaches them by sending. Nothing on it blocks.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <memory>

namespace holdfast::runtime {

class event_loop {
public:
  event_loop() : io_{1} {
    // nop
  }

  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  boost::asio::io_context& io() noexcept {
    return io_;
  }

  /// Serves until stop() is called from within.
  void run();

  /// Serves, after it was stopped, until what it hands to `begin` is called, on
  /// whichever thread.
  void
  serve_until(const std::function<void(std::function<void()> over)>& begin);

  void stop() {
    io_.stop();
  }

private:
  boost::asio::io_context io_;
};

/// Keeps the signals that mean something to a node away from every thread that
/// is started later, and ignores SIGPIPE and SIGXFSZ. Call before any thread
/// exists.
void block_signals();

/// Hands those signals to the loop.
class signal_source {
public:
  static shm::result<signal_source>
  open(event_loop& loop, std::function<void(int signal)> on_signal);

private:
  struct state;

  explicit signal_source(std::shared_ptr<state> shared);

  std::shared_ptr<state> state_;
};

} // namespace holdfast::runtime
