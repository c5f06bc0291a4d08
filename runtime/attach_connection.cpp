#include "runtime/attach_connection.hpp"

#include "config/defaults.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace holdfast::runtime {

namespace {

/// Bytes that wait for a client which does not read: a few replies.
constexpr std::size_t queue_bytes_max = 4 * config::frame_bytes_max;

/// Packets read before others get their turn.
constexpr int packets_per_turn = 64;

/// Descriptors in one packet: an attach has two.
constexpr std::size_t descriptors_max = 4;

/// Does it to the connection if that is still there.
template <class Action>
auto on_living(std::weak_ptr<attach_connection> connection, Action action) {
  return
    [connection = std::move(connection), action = std::move(action)]() mutable {
      if (const auto to = connection.lock())
        action(*to);
    };
}

/// The session's end: any thread. A session that runs on the loop's thread is
/// served at once, all others post. Only the end always waits until whoever is
/// at work on the line is done with it.
class posted_line final : public actors::session_line {
public:
  posted_line(boost::asio::io_context& io,
              std::weak_ptr<attach_connection> connection)
    : io_{io}, connection_{std::move(connection)} {
    // nop
  }

  void send(std::vector<std::byte> packet,
            std::vector<shm::shared_descriptor> descriptors) override {
    dispatch([packet = std::move(packet), descriptors = std::move(descriptors)](
               attach_connection& to) mutable {
      to.send(std::move(packet), std::move(descriptors));
    });
  }

  void admitted() override {
    dispatch([](attach_connection& to) { to.admit(); });
  }

  void next() override {
    dispatch([](attach_connection& to) { to.next(); });
  }

  void close() override {
    boost::asio::post(io_, on_living(connection_, [](attach_connection& to) {
                        to.finish("the session ended");
                      }));
  }

private:
  template <class Action>
  void dispatch(Action action) {
    boost::asio::dispatch(io_, on_living(connection_, std::move(action)));
  }

  boost::asio::io_context& io_;
  std::weak_ptr<attach_connection> connection_;
};

} // namespace

attach_connection::attach_connection(boost::asio::io_context& io,
                                     shm::descriptor socket,
                                     actors::peer_credentials credentials,
                                     callbacks events)
  : stream_{io},
    fresh_{std::move(socket)},
    socket_{fresh_.get()},
    deadline_{io},
    overdue_{io},
    credentials_{credentials},
    events_{std::move(events)} {
  // nop
}

std::shared_ptr<actors::session_line> attach_connection::line() {
  auto& io
    = static_cast<boost::asio::io_context&>(stream_.get_executor().context());
  return std::make_shared<posted_line>(io, weak_from_this());
}

void attach_connection::start(actors::session_actor session,
                              std::span<const std::byte> greeting,
                              std::chrono::milliseconds hello_deadline) {
  session_ = std::move(session);
  // A client that says hello as soon as it has connected has said it by now,
  // and may need none of what follows.
  read();
  if (!open_)
    return;
  // One that cannot be told sleeps a little longer.
  if (is_silent())
    (void)::send(socket_, greeting.data(), greeting.size(),
                 MSG_DONTWAIT | MSG_NOSIGNAL);
  wait_hung_up();
  if (admitted_)
    return;
  deadline_.expires_after(hello_deadline);
  deadline_.async_wait(
    [self = shared_from_this()](const boost::system::error_code& error) {
      if (!error)
        self->end_if_silent();
    });
}

/// A hello that waits, in the socket or with the session, came in time: if
/// anybody is slow then it is the node.
void attach_connection::end_if_silent() {
  if (!open_ || admitted_)
    return;
  read();
  if (open_ && is_silent())
    close("no hello in time");
}

boost::asio::posix::stream_descriptor& attach_connection::stream() {
  if (fresh_)
    stream_.assign(fresh_.release());
  return stream_;
}

// -- reading -----------------------------------------------------------------

void attach_connection::wait_readable() {
  if (waiting_ || busy_ || reading_ || resting_ || ending_ || !open_
      || !queue_.empty())
    return;
  waiting_ = true;
  stream().async_wait(
    boost::asio::posix::stream_descriptor::wait_read,
    [self = shared_from_this()](const boost::system::error_code& error) {
      self->waiting_ = false;
      if (!error && self->open_)
        self->read();
    });
}

/// A dead client is seen although nothing is read from it meanwhile. The loop
/// may wake up for what happened to another socket that had the same place in
/// its tables a moment ago, so the socket is asked.
void attach_connection::wait_hung_up() {
  stream().async_wait(
    boost::asio::posix::stream_descriptor::wait_error,
    [self = shared_from_this()](const boost::system::error_code& error) {
      if (error || !self->open_)
        return;
      pollfd one{self->socket_, 0, 0};
      if (::poll(&one, 1, 0) > 0 && (one.revents & (POLLHUP | POLLERR)) != 0)
        self->close("the client is gone");
      else
        self->wait_hung_up();
    });
}

void attach_connection::read() {
  bool rang = false;
  reading_ = true;
  for (int i = 0; i < packets_per_turn; ++i) {
    const auto got = read_one();
    rang = rang || got == received::ring;
    // After an answer that came at once the next request may be there.
    if (got == received::nothing || busy_ || ending_ || !open_ || writing_)
      break;
  }
  reading_ = false;
  if (rang && open_)
    pass_ring_on();
  if (busy_ && open_)
    wait_for_answer();
  if (!writing_)
    flush();
}

/// No actor blocks, so an answer that takes long is not coming.
void attach_connection::wait_for_answer() {
  overdue_.expires_after(config::answer_deadline);
  overdue_.async_wait(
    [self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && self->busy_ && self->open_)
        caf::anon_send(self->session_, line_overdue{});
    });
}

attach_connection::received attach_connection::read_one() {
  static std::array<std::byte, config::frame_bytes_max> buffer;
  iovec part{buffer.data(), buffer.size()};
  // Without room for control data the kernel drops descriptors that a client
  // sends, and says so.
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const auto length
    = ::recvmsg(socket_, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0) {
    if (errno == EAGAIN || errno == EINTR)
      return received::nothing;
    close(std::strerror(errno));
    return received::closed;
  }
  const char* fault = nullptr;
  if (length == 0)
    fault = "the client closed";
  else if ((message.msg_flags & MSG_CTRUNC) != 0)
    fault = "the client sent descriptors";
  else if ((message.msg_flags & MSG_TRUNC) != 0)
    fault = "the client sent a packet above 64 KiB";
  else if (length == 1 && !admitted_)
    fault = "the client rang before hello";
  if (fault != nullptr) {
    close(fault);
    return received::closed;
  }
  if (length == 1)
    return received::ring;
  busy_ = true;
  const auto session = session_; // outlives what it may do to this line
  events_.deliver(session,
                  line_packet{{buffer.begin(), buffer.begin() + length}});
  return received::packet;
}

void attach_connection::pass_ring_on() {
  const auto session = session_; // outlives what it may do to this line
  events_.ring(session);
  const auto now = std::chrono::steady_clock::now();
  // The doorbell is armed again after some idle drains at the earliest, so a
  // client that rings faster does so on its own account: let it wait.
  if (now - last_ring_ < config::drain_interval_min)
    rest_from_rings();
  last_ring_ = now;
}

void attach_connection::rest_from_rings() {
  resting_ = true;
  deadline_.expires_after(config::drain_interval_min);
  deadline_.async_wait([self = shared_from_this()](auto) {
    self->resting_ = false;
    self->wait_readable();
  });
}

void attach_connection::next() {
  busy_ = false;
  overdue_.cancel();
  wait_readable();
}

void attach_connection::admit() {
  if (!open_ || admitted_)
    return;
  admitted_ = true;
  deadline_.cancel();
  events_.admitted(*this);
  boost::asio::post(stream_.get_executor(),
                    on_living(weak_from_this(), [](attach_connection& to) {
                      if (to.open_)
                        to.events_.settle(to.session_);
                    }));
}

// -- writing -----------------------------------------------------------------

void attach_connection::send(std::vector<std::byte> packet,
                             std::vector<shm::shared_descriptor> descriptors) {
  if (!open_ || ending_)
    return;
  if (queue_bytes_ + packet.size() > config::frame_bytes_max)
    flush();
  queue_bytes_ += packet.size();
  queue_.push_back({std::move(packet), std::move(descriptors)});
  // While requests are read that came together, their answers wait for each
  // other, so that the client wakes once. Not so the first: it is read, or
  // woken up for, while we serve what was asked as well. And memory is what
  // the client was waiting for.
  if (!reading_ || !greeted_ || !queue_.back().descriptors.empty())
    flush();
  greeted_ = true;
  if (queue_bytes_ > queue_bytes_max)
    close("the client does not read");
}

void attach_connection::flush() {
  while (open_ && !writing_ && !queue_.empty())
    if (!send_front())
      return;
  if (open_)
    wait_readable();
}

/// False if the rest has to wait or the line is closed.
bool attach_connection::send_front() {
  auto& front = queue_.front();
  iovec part{front.packet.data(), front.packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(descriptors_max * sizeof(int))>
    control{};
  if (const auto count = std::min(front.descriptors.size(), descriptors_max)) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    auto* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i) {
      const int fd = front.descriptors[i]->get();
      std::memcpy(CMSG_DATA(head) + i * sizeof(int), &fd, sizeof(int));
    }
  }
  if (::sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
    queue_bytes_ -= front.packet.size();
    queue_.pop_front();
    return true;
  }
  if (errno == EAGAIN)
    wait_writable();
  else if (errno != EINTR)
    close(std::strerror(errno));
  return errno == EINTR && open_;
}

void attach_connection::wait_writable() {
  writing_ = true;
  stream().async_wait(
    boost::asio::posix::stream_descriptor::wait_write,
    [self = shared_from_this()](const boost::system::error_code& error) {
      self->writing_ = false;
      if (!error && self->open_)
        self->flush();
    });
}

// -- ending ------------------------------------------------------------------

void attach_connection::finish(std::string_view reason) {
  if (!open_)
    return;
  ending_ = true;
  // What the socket does not take at once is for a client that does not read.
  if (!writing_)
    flush();
  close(reason);
}

void attach_connection::close(std::string_view reason) {
  if (!open_)
    return;
  open_ = false;
  const auto keep = shared_from_this();
  boost::system::error_code ignored;
  stream_.close(ignored);
  fresh_ = {};
  deadline_.cancel();
  overdue_.cancel();
  queue_.clear();
  caf::anon_send(session_, line_closed{std::string{reason}});
  session_ = nullptr;
  events_.closed(*this, reason);
}

} // namespace holdfast::runtime
