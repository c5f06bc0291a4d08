// A TCP connection, in plain or over TLS with both sides' certificates.
#pragma once

#include "config/node_config.hpp"
#include "shm/error.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <memory>
#include <utility>
#include <variant>

namespace holdfast::runtime {

/// By which both sides show a certificate of the cluster's authority. Error:
/// bad_argument, the files do not fit.
shm::result<std::unique_ptr<boost::asio::ssl::context>>
replication_tls(const config::tls_section& files);

/// One thread's only. Its handlers are called by the loop, never from within.
class replication_stream {
public:
  using tcp = boost::asio::ip::tcp;
  using side = boost::asio::ssl::stream_base::handshake_type;

  /// Null: in plain. The context outlives this.
  replication_stream(tcp::socket socket, boost::asio::ssl::context* tls)
    : stream_{make(std::move(socket), tls)} {
    // nop
  }

  /// Nothing waits for more bytes, and one whose other end does not answer
  /// ends, whether anything is sent or not. Once it is connected.
  void tune();

  tcp::socket& socket() {
    if (auto* plain = std::get_if<tcp::socket>(&stream_))
      return *plain;
    return std::get<secure>(stream_).next_layer();
  }

  template <class Handler>
  void handshake(side which, Handler handler) {
    if (auto* encrypted = std::get_if<secure>(&stream_))
      encrypted->async_handshake(which, std::move(handler));
    else
      boost::asio::post(socket().get_executor(),
                        [handler = std::move(handler)]() mutable {
                          handler(boost::system::error_code{});
                        });
  }

  /// Until the buffer is full.
  template <class Handler>
  void read_all(boost::asio::mutable_buffer into, Handler handler) {
    std::visit(
      [&](auto& stream) {
        boost::asio::async_read(stream, into, std::move(handler));
      },
      stream_);
  }

  /// What there is, at least a byte.
  template <class Handler>
  void read_some(boost::asio::mutable_buffer into, Handler handler) {
    std::visit(
      [&](auto& stream) { stream.async_read_some(into, std::move(handler)); },
      stream_);
  }

  /// All of it.
  template <class Buffers, class Handler>
  void write(const Buffers& buffers, Handler handler) {
    std::visit(
      [&](auto& stream) {
        boost::asio::async_write(stream, buffers, std::move(handler));
      },
      stream_);
  }

  /// What is under way ends with an error.
  void close() {
    boost::system::error_code ignored; // it is closed in any case
    socket().close(ignored);
  }

private:
  using secure = boost::asio::ssl::stream<tcp::socket>;
  using either = std::variant<tcp::socket, secure>;

  static either make(tcp::socket socket, boost::asio::ssl::context* tls) {
    if (tls != nullptr)
      return either{std::in_place_type<secure>, std::move(socket), *tls};
    return either{std::in_place_type<tcp::socket>, std::move(socket)};
  }

  either stream_;
};

} // namespace holdfast::runtime
