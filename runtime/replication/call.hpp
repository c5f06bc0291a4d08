// Calls another node for replication, again and again until it is there, and
// once more each time the connection has ended.
#pragma once

#include "actors/peer_messages.hpp"
#include "actors/rules/reconnect.hpp"
#include "runtime/replication/frame.hpp"
#include "runtime/replication/stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace holdfast::runtime {

struct replication_call_options {
  std::uint64_t node = 0; ///< this one
  replication_place to;
  boost::asio::ssl::context* tls = nullptr; ///< null: in plain; outlives this
  std::function<double()> chance;           ///< in [0, 1]
  /// The other side knows who calls.
  std::function<void(std::shared_ptr<replication_stream> stream)> stands;
  std::function<void(const std::string& why)> failed;
};

/// The loop's thread only. Ends with its last owner.
class replication_call : public std::enable_shared_from_this<replication_call> {
public:
  replication_call(boost::asio::io_context& io,
                   replication_call_options options);

  replication_call(const replication_call&) = delete;
  replication_call& operator=(const replication_call&) = delete;

  ~replication_call();

  /// Once.
  void begin();

  /// The connection that came of it has ended.
  void on_ended();

private:
  using stream_pointer = std::shared_ptr<replication_stream>;

  void begin_later();

  void say_who(const stream_pointer& stream);
  void give_up(const stream_pointer& stream, const std::string& why);

  /// `then` unless this has ended, gave that one up, or there was an error.
  template <class Then>
  auto going_on(const stream_pointer& stream, Then then);

  boost::asio::io_context& io_;
  replication_call_options options_;
  rules::reconnect delays_;
  boost::asio::steady_timer timer_; ///< of the pause, or of the try
  boost::asio::ip::tcp::resolver resolver_;
  stream_pointer under_way_; ///< null: no try is
  std::chrono::steady_clock::time_point stood_since_{};
  replication_head head_{};
};

} // namespace holdfast::runtime
