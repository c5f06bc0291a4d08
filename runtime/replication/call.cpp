#include "runtime/replication/call.hpp"

#include <boost/asio/connect.hpp>

namespace holdfast::runtime {

using boost::asio::ip::tcp;
using boost::system::error_code;

replication_call::replication_call(boost::asio::io_context& io,
                                   replication_call_options options)
  : io_{io},
    options_{std::move(options)},
    delays_{{config::reconnect_delay_min, config::reconnect_delay_max}},
    timer_{io},
    resolver_{io} {
  // nop
}

replication_call::~replication_call() {
  if (under_way_)
    under_way_->close();
}

template <class Then>
auto replication_call::going_on(const stream_pointer& stream, Then then) {
  return [weak = weak_from_this(), stream, then](const error_code& error,
                                                 const auto&... found) {
    const auto self = weak.lock();
    if (!self || self->under_way_ != stream)
      return;
    if (error)
      self->give_up(stream, error.message());
    else
      then(*self, found...);
  };
}

void replication_call::begin() {
  const auto stream
    = std::make_shared<replication_stream>(tcp::socket{io_}, options_.tls);
  under_way_ = stream;
  timer_.expires_after(config::dial_deadline);
  timer_.async_wait([weak = weak_from_this(), stream](const error_code& error) {
    const auto self = weak.lock();
    if (self && !error && self->under_way_ == stream)
      self->give_up(stream, "nobody answers");
  });
  const auto secure = [stream](replication_call& self, const auto&) {
    stream->tune();
    stream->handshake(replication_stream::side::client,
                      self.going_on(stream, [stream](replication_call& still) {
                        still.say_who(stream);
                      }));
  };
  const auto connect = [stream, secure](replication_call& self,
                                        const tcp::resolver::results_type& at) {
    boost::asio::async_connect(stream->socket(), at,
                               self.going_on(stream, secure));
  };
  resolver_.async_resolve(options_.to.host, std::to_string(options_.to.port),
                          going_on(stream, connect));
}

void replication_call::say_who(const stream_pointer& stream) {
  head_ = pack_opening({options_.node, options_.to.link});
  stream->write(boost::asio::buffer(head_),
                going_on(stream, [stream](replication_call& self, std::size_t) {
                  self.timer_.cancel();
                  self.under_way_ = nullptr;
                  self.stood_since_ = std::chrono::steady_clock::now();
                  self.options_.stands(stream);
                }));
}

void replication_call::give_up(const stream_pointer& stream,
                               const std::string& why) {
  under_way_ = nullptr;
  stream->close();
  options_.failed(why);
  begin_later();
}

void replication_call::on_ended() {
  // One that the other side takes and drops is not called in the shortest
  // interval for ever.
  if (std::chrono::steady_clock::now() - stood_since_
      >= config::link_held_after)
    delays_.on_held();
  begin_later();
}

/// After a pause that grows with each failure.
void replication_call::begin_later() {
  timer_.expires_after(delays_.on_failure(options_.chance()));
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    if (const auto self = weak.lock(); self && !error)
      self->begin();
  });
}

} // namespace holdfast::runtime
