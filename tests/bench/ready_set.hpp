// Waits for the sockets of many clients.
#pragma once

#include "shm/descriptor.hpp"
#include "tests/bench/consensus_cluster.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

namespace holdfast::bench {

/// Sockets of clients, each under its index.
class ready_set {
public:
  ready_set() : epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
    // nop
  }

  void watch(const decider& client, std::size_t index) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.socket(), &event) != 0)
      throw std::runtime_error{"a client's socket cannot be watched"};
  }

  /// Calls `then` with the index of each that is readable.
  template <class Then>
  void wait(std::chrono::steady_clock::time_point until, Then then) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    const auto patience = static_cast<int>(std::max<long>(left.count(), 0));
    const int count = ::epoll_wait(epoll_.get(), events_.data(),
                                   static_cast<int>(events_.size()), patience);
    for (int i = 0; i < count; ++i)
      then(static_cast<std::size_t>(
        events_[static_cast<std::size_t>(i)].data.u64));
  }

private:
  shm::descriptor epoll_;
  std::array<epoll_event, 64> events_;
};

} // namespace holdfast::bench
