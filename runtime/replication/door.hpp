// Where other nodes call for replication: takes connections and hears who each
// of them says it is.
#pragma once

#include "config/node_config.hpp"
#include "runtime/replication/frame.hpp"
#include "runtime/replication/stream.hpp"
#include "shm/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>
#include <memory>

namespace holdfast::runtime {

/// The loop's thread only.
class replication_door : public std::enable_shared_from_this<replication_door> {
public:
  /// Of one that calls: false, nobody expects it yet. Then it waits for
  /// look_again(), and not for long.
  using on_caller
    = std::function<bool(const replication_opening& who,
                         const std::shared_ptr<replication_stream>& stream)>;

  /// Null: in plain. The context outlives this.
  replication_door(boost::asio::io_context& io, boost::asio::ssl::context* tls,
                   on_caller tell);

  /// Error: exists, the port is taken.
  shm::result<void> open(const std::string& host, std::uint16_t port);

  std::uint16_t port() const;

  /// Somebody else is expected now.
  void look_again();

  /// Everybody who waits is turned away.
  void close();

private:
  struct caller;
  using caller_pointer = std::shared_ptr<caller>;

  void accept();
  void accept_later();
  void take_in(boost::asio::ip::tcp::socket socket);
  void hear(const caller_pointer& who);
  void let_in(const caller_pointer& who);
  void turn_away(const caller_pointer& who);

  boost::asio::io_context& io_;
  boost::asio::ssl::context* tls_;
  on_caller tell_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::list<caller_pointer> waiting_; ///< the oldest first
};

} // namespace holdfast::runtime
