#include "runtime/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <memory>

namespace holdfast::runtime {

namespace {

sigset_t signals_of_a_node() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    ::sigaddset(&set, signal);
  return set;
}

} // namespace

void event_loop::run() {
  const auto work = boost::asio::make_work_guard(io_);
  io_.run();
}

void event_loop::serve_until(
  const std::function<void(std::function<void()> over)>& begin) {
  const auto is_over = std::make_shared<bool>(false);
  begin([this, is_over] {
    boost::asio::post(io_, [this, is_over] {
      *is_over = true;
      io_.stop();
    });
  });
  while (!*is_over) {
    io_.restart();
    run();
  }
}

void block_signals() {
  const auto set = signals_of_a_node();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN); // a write that fails is heard of, not deadly
}

struct signal_source::state : std::enable_shared_from_this<state> {
  state(event_loop& loop, std::function<void(int)> handler, int fd)
    : on_signal{std::move(handler)}, stream{loop.io(), fd} {
    // nop
  }

  void wait() {
    stream.async_wait(
      boost::asio::posix::stream_descriptor::wait_read,
      [weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!self || error)
          return;
        signalfd_siginfo found{};
        while (::read(self->stream.native_handle(), &found, sizeof(found))
               == sizeof(found))
          self->on_signal(static_cast<int>(found.ssi_signo));
        self->wait();
      });
  }

  std::function<void(int)> on_signal;
  boost::asio::posix::stream_descriptor stream;
};

shm::result<signal_source>
signal_source::open(event_loop& loop, std::function<void(int)> on_signal) {
  const auto set = signals_of_a_node();
  const int fd = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0)
    return shm::system_failure("signalfd");
  auto made = std::make_shared<state>(loop, std::move(on_signal), fd);
  made->wait();
  return signal_source{std::move(made)};
}

signal_source::signal_source(std::shared_ptr<state> shared)
  : state_{std::move(shared)} {
  // nop
}

} // namespace holdfast::runtime
