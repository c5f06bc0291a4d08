// A node that says exactly what a test wrote down, right or wrong, on a real
// socket.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/wire/frame.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <thread>

namespace holdfast::test {

/// The node's end of one connection.
class fake_session {
public:
  explicit fake_session(int socket) noexcept : socket_{socket} {
    // nop
  }

  /// The next packet; empty when the client hung up.
  wire::bytes next_packet() const;

  /// The next packet as a request; an empty command when the client hung up.
  wire::frame next() const;

  void send(const wire::bytes& packet,
            std::initializer_list<int> descriptors = {}) const;
  void send(const wire::frame& frame,
            std::initializer_list<int> descriptors = {}) const;

  void reply(const wire::frame& to, wire::fields fields = {}) const;
  void refuse(const wire::frame& request, const shm::error& why) const;
  void say_closing(std::string_view reason) const;

  /// Answers the hello that must come first.
  void greet() const;

  /// Sleeps until a packet has come, and leaves it unread.
  void wait_for_packet() const;

  /// Sleeps until the client hangs up.
  void wait_for_hang_up() const;

  void hang_up() const;

private:
  int socket_;
};

/// Listens in a directory of its own and plays the script once to each of the
/// connections, one after the other. The end waits for the script, so a
/// script must end when its client hangs up.
class fake_node {
public:
  using script = std::function<void(fake_session&)>;

  explicit fake_node(script play, int connections = 1);
  fake_node(const fake_node&) = delete;
  fake_node& operator=(const fake_node&) = delete;
  ~fake_node();

  const std::string& path() const noexcept {
    return path_;
  }

private:
  std::string directory_;
  std::string path_;
  shm::descriptor listener_;
  std::jthread thread_;
};

/// A directory that goes with its content.
std::string make_directory();
void remove_directory(const std::string& path);

/// A bound socket of the given type that listens, unless backlog is negative.
shm::descriptor bound_socket(const std::string& path, int type, int backlog);

std::size_t open_descriptors();

} // namespace holdfast::test
