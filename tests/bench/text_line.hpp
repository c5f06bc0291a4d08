// A connection over TCP to a server of this host that is asked in text, such as
// Redis and NATS.
#pragma once

#include "shm/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::bench {

class text_line {
public:
  /// To a port of 127.0.0.1. Throws when nobody listens.
  explicit text_line(std::uint16_t port);

  int socket() const noexcept {
    return socket_.get();
  }

  /// All of it, waiting for room; false if the connection is broken.
  bool send(std::string_view text);

  /// Adds what has come to received(), without waiting; false if the other side
  /// hung up.
  bool receive();

  /// As receive(), but waits for something to come. False also when the time
  /// is over.
  bool wait_and_receive(std::chrono::steady_clock::time_point until);

  /// What has come and was not dropped yet.
  std::string_view received() const noexcept {
    return std::string_view{text_}.substr(taken_);
  }

  /// The first bytes of it are done with.
  void drop(std::size_t count);

private:
  shm::descriptor socket_;
  std::string text_;
  std::size_t taken_ = 0;
};

} // namespace holdfast::bench
