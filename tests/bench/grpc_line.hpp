// A connection for unary calls of gRPC, one at a time: HTTP/2 by nghttp2, and
// messages that the caller has put into bytes.
#pragma once

#include "shm/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct nghttp2_session;

namespace holdfast::bench {

struct grpc_answer {
  int status = -1; ///< 0 ok, above 0 what the server says, -1: hung up
  std::string message;
};

class grpc_line {
public:
  /// To a port of 127.0.0.1. Throws when nobody listens.
  explicit grpc_line(std::uint16_t port);
  ~grpc_line();
  grpc_line(const grpc_line&) = delete;
  grpc_line& operator=(const grpc_line&) = delete;

  int socket() const noexcept {
    return socket_.get();
  }

  /// False if the connection is broken.
  bool begin(const std::string& path, std::string_view message);

  /// Without waiting: nothing while the answer is not complete.
  std::optional<grpc_answer> take();

private:
  struct callbacks;

  bool send_all();
  void receive_all();

  shm::descriptor socket_;
  std::string authority_;
  nghttp2_session* session_ = nullptr;
  std::string request_; // with its prefix of five bytes
  std::size_t sent_ = 0;
  std::string body_;
  int status_ = -1;
  bool ended_ = false;
  bool hung_up_ = false;
};

/// begin() and take(), for at most `patience_ms`; nothing when it is over.
std::optional<grpc_answer> call(grpc_line& line, const std::string& path,
                                std::string_view message, int patience_ms);

} // namespace holdfast::bench
