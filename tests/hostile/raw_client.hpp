// A client that says what it likes.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/wire/frame.hpp"
#include "shm/wire/packet.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace holdfast::test {

class raw_client {
public:
  /// Connects; connected() says whether.
  explicit raw_client(const std::string& socket);

  bool connected() const noexcept {
    return static_cast<bool>(socket_);
  }

  int socket() const noexcept {
    return socket_.get();
  }

  /// Sends without waiting; false if the packet did not go out whole.
  bool send(std::span<const std::byte> packet) const noexcept;
  bool send(const wire::frame& frame) const;

  /// Sends one byte with copies of a descriptor of ours.
  bool send_descriptors(int count) const noexcept;

  /// Asks and waits for the answer; nothing if the node hung up or was silent.
  std::optional<wire::frame> ask(const std::string& command,
                                 wire::fields arguments);

  /// True if the node took us for a principal of that tenant.
  bool hello(const std::string& tenant);

  /// The two descriptors of a region; empty if the node refused.
  std::vector<shm::descriptor> attach(const std::string& region,
                                      const std::string& access);

  /// Reads and drops what comes until the node hangs up; true if it did.
  bool hung_up_within(std::chrono::milliseconds patience) const;

private:
  std::optional<wire::received_packet>
  receive(std::chrono::milliseconds patience) const;

  shm::descriptor socket_;
  std::vector<shm::descriptor> descriptors_; // of the last answer
  std::uint64_t asked_ = 0;
};

wire::frame request(std::uint64_t id, const std::string& command,
                    wire::fields arguments = {});

wire::fields hello_fields(const std::string& tenant,
                          std::uint64_t protocol = 1);

} // namespace holdfast::test
