#include "runtime/replication/door.hpp"

#include <optional>

namespace holdfast::runtime {

using boost::asio::ip::tcp;
using boost::system::error_code;

struct replication_door::caller {
  caller(tcp::socket socket, boost::asio::ssl::context* tls,
         boost::asio::io_context& io)
    : stream{std::make_shared<replication_stream>(std::move(socket), tls)},
      timer{io} {
    // nop
  }

  std::shared_ptr<replication_stream> stream;
  boost::asio::steady_timer timer;
  replication_head head{};
  std::optional<replication_opening> opening{}; ///< once it is heard
};

replication_door::replication_door(boost::asio::io_context& io,
                                   boost::asio::ssl::context* tls,
                                   on_caller tell)
  : io_{io}, tls_{tls}, tell_{std::move(tell)}, acceptor_{io}, pause_{io} {
  // nop
}

shm::result<void> replication_door::open(const std::string& host,
                                         std::uint16_t port) {
  error_code error;
  tcp::resolver resolver{io_};
  const auto found = resolver.resolve(host, std::to_string(port), error);
  if (!error) {
    const auto where = found.begin()->endpoint();
    acceptor_.open(where.protocol(), error);
    if (!error)
      acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error)
      acceptor_.bind(where, error);
    if (!error)
      acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
  }
  if (error)
    return shm::failed(shm::errc::exists, "cannot listen for replication on "
                                            + host + ":" + std::to_string(port)
                                            + ": " + error.message());
  accept();
  return boost::outcome_v2::success();
}

std::uint16_t replication_door::port() const {
  return acceptor_.local_endpoint().port();
}

void replication_door::accept() {
  acceptor_.async_accept(
    [weak = weak_from_this()](const error_code& error, tcp::socket socket) {
      const auto self = weak.lock();
      if (!self || !self->acceptor_.is_open())
        return;
      if (error)
        return self->accept_later();
      self->take_in(std::move(socket));
      self->accept();
    });
}

/// Out of descriptors or memory.
void replication_door::accept_later() {
  pause_.expires_after(config::accept_pause);
  pause_.async_wait([weak = weak_from_this()](const error_code& error) {
    if (const auto self = weak.lock(); self && !error)
      self->accept();
  });
}

void replication_door::take_in(tcp::socket socket) {
  // Whoever waits longest makes room: a flood ends by itself.
  if (waiting_.size() >= config::replication_callers_max)
    turn_away(waiting_.front());
  const auto who = std::make_shared<caller>(std::move(socket), tls_, io_);
  waiting_.push_back(who);
  who->stream->tune();
  who->timer.expires_after(config::peer_hello_deadline);
  who->timer.async_wait(
    [weak = weak_from_this(), who](const error_code& error) {
      if (const auto self = weak.lock(); self && !error)
        self->turn_away(who);
    });
  who->stream->handshake(
    replication_stream::side::server,
    [weak = weak_from_this(), who](const error_code& error) {
      const auto self = weak.lock();
      if (!self)
        return;
      if (error)
        self->turn_away(who);
      else
        self->hear(who);
    });
}

void replication_door::hear(const caller_pointer& who) {
  who->stream->read_all(
    boost::asio::buffer(who->head),
    [weak = weak_from_this(), who](const error_code& error, std::size_t) {
      const auto self = weak.lock();
      if (!self)
        return;
      if (!error)
        who->opening = unpack_opening(who->head);
      if (who->opening)
        self->let_in(who);
      else
        self->turn_away(who);
    });
}

void replication_door::let_in(const caller_pointer& who) {
  if (!tell_(*who->opening, who->stream))
    return;
  who->timer.cancel();
  waiting_.remove(who);
}

void replication_door::look_again() {
  const auto all = waiting_;
  for (const auto& each : all)
    if (each->opening)
      let_in(each);
}

void replication_door::turn_away(const caller_pointer& who) {
  const auto kept = who; // it may be the list's own
  kept->timer.cancel();
  kept->stream->close();
  waiting_.remove(kept);
}

void replication_door::close() {
  error_code ignored; // it is closed in any case
  acceptor_.close(ignored);
  pause_.cancel();
  while (!waiting_.empty())
    turn_away(waiting_.front());
}

} // namespace holdfast::runtime
