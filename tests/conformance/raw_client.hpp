// A client that sends exactly the bytes a test wants, right or wrong.
//
// Shares the encoding of frames with the node, where a test does not write
// the bytes by hand; never its client library.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/error.hpp"
#include "shm/wire/frame.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::test {

/// One packet from the node and what travelled with it.
struct raw_answer {
  wire::bytes bytes;
  std::vector<shm::descriptor> descriptors;

  /// The packet decoded; fails the test if it cannot be.
  wire::frame frame() const;

  /// The error in it; `ok` if it is a reply.
  shm::errc code() const;
  std::string detail() const;
};

class raw_client {
public:
  /// Connects and says nothing.
  explicit raw_client(const std::string& path);

  /// Connects and says hello to that tenant.
  raw_client(const std::string& path, const std::string& tenant);

  void send(const wire::bytes& packet,
            std::initializer_list<int> descriptors = {}) const;

  /// The next packet; nothing when the node hung up. Fails the test when
  /// neither comes in time.
  std::optional<raw_answer> receive_any() const;

  /// The same, without the notice that the client was accepted.
  std::optional<raw_answer> receive() const;

  /// Sends a request with the next id and takes its answer.
  raw_answer ask(std::string_view command, wire::fields arguments = {});

  /// What the node says before it hangs up: the failure, if there is one, and
  /// the reason in its notice.
  struct farewell {
    shm::errc code = shm::errc::ok;
    std::uint64_t id = 0;
    std::string detail;
    std::string reason;
  };

  /// Reads up to the hang-up. Fails the test when it does not come.
  farewell wait_for_end() const;

  std::uint64_t last_id() const noexcept {
    return id_;
  }

private:
  shm::descriptor socket_;
  std::uint64_t id_ = 0;
};

/// The fields of a hello.
wire::fields hello_fields(const std::string& tenant,
                          std::uint64_t protocol = 1);

/// The packet of a request.
wire::bytes request_packet(std::uint64_t id, std::string_view command,
                           wire::fields arguments = {});

/// A text as a field's value; a literal would become a bool.
inline std::string text(const std::string& of) {
  return of;
}

/// Bytes as they are written in the documentation: "48 46  50".
wire::bytes bytes_of_hex(std::string_view text);

} // namespace holdfast::test
