#include "runtime/attach_endpoint.hpp"

#include "shm/wire/frame.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace holdfast::runtime {

namespace {

/// Clients accepted before others get their turn.
constexpr int clients_per_turn = 32;

/// Lines in the log about dropped clients: one in this time, with a count.
constexpr std::chrono::seconds drop_log_interval{1};

shm::descriptor open_reserve() {
  return shm::descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

shm::result<wire::bytes> notice_of(std::string_view event,
                                   wire::fields more = {}) {
  wire::frame notice;
  notice.kind = wire::frame_kind::notice;
  notice.fields = {{"event", std::string{event}}};
  notice.fields.insert(notice.fields.end(), more.begin(), more.end());
  return wire::encode(notice);
}

shm::result<wire::bytes> closing_notice(std::string_view reason) {
  return notice_of("closing", {{"reason", std::string{reason}}});
}

/// Wakes a client that is about to say hello or has just said it: it takes as
/// long to wake up as the node to serve it.
const wire::bytes& greeting() {
  static const auto packet = notice_of("accepted").assume_value();
  return packet;
}

/// Tells a client why before it is dropped; if it cannot be told, so be it.
void say_closing(int fd, std::string_view reason) {
  if (const auto packet = closing_notice(reason))
    (void)::send(fd, packet.assume_value().data(), packet.assume_value().size(),
                 MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// The same for one that has a line already.
void dismiss(attach_connection& connection, std::string_view reason) {
  if (auto packet = closing_notice(reason))
    connection.send(std::move(packet).assume_value(), {});
  connection.finish(reason);
}

} // namespace

shm::result<std::unique_ptr<attach_endpoint>>
attach_endpoint::open(boost::asio::io_context& io,
                      attach_endpoint_options options) {
  auto socket = attach_socket::open(options.socket);
  if (!socket)
    return std::move(socket).assume_error();
  return std::unique_ptr<attach_endpoint>{new attach_endpoint{
    io, std::move(options), std::move(socket).assume_value()}};
}

attach_endpoint::attach_endpoint(boost::asio::io_context& io,
                                 attach_endpoint_options options,
                                 attach_socket socket)
  : io_{io},
    options_{std::move(options)},
    socket_{std::make_unique<attach_socket>(std::move(socket))},
    // The loop gets a descriptor of its own, so that each closes its own.
    acceptor_{io, ::fcntl(socket_->get(), F_DUPFD_CLOEXEC, 0)},
    pause_{io},
    reserve_{open_reserve()},
    made_directory_{socket_->made_directory()} {
  // nop
}

attach_endpoint::~attach_endpoint() {
  stop_listening();
  close_lines("the node ended");
}

void attach_endpoint::start() {
  wait_for_clients();
}

void attach_endpoint::stop_listening() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  socket_.reset();
}

void attach_endpoint::close_lines(const std::string& reason) {
  const auto all = connections_;
  for (const auto& each : all)
    dismiss(*each, reason);
}

// -- accepting ---------------------------------------------------------------

void attach_endpoint::wait_for_clients() {
  acceptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const boost::system::error_code& error) {
                         if (!error)
                           accept_batch();
                       });
}

void attach_endpoint::accept_batch() {
  for (int i = 0; i < clients_per_turn; ++i)
    if (!accept_one())
      return;
  wait_for_clients();
}

/// False when this turn is over; whoever says so arranges for the next.
bool attach_endpoint::accept_one() {
  // Another thread was quicker than make_room(): what is free goes here first,
  // or the next clients are left hanging.
  if (!reserve_)
    reserve_ = open_reserve();
  shm::descriptor client{::accept4(acceptor_.native_handle(), nullptr, nullptr,
                                   SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (client) {
    admit_or_drop(std::move(client));
    return true;
  }
  if (errno == EINTR || errno == ECONNABORTED)
    return true;
  if ((errno == EMFILE || errno == ENFILE) && make_room())
    return true;
  if (errno == EAGAIN) {
    wait_for_clients();
    return false;
  }
  count_drop("the node is out of descriptors or memory", 0);
  pause_.expires_after(config::accept_pause);
  pause_.async_wait([this](const boost::system::error_code& error) {
    if (!error)
      wait_for_clients();
  });
  return false;
}

/// Out of descriptors: one is kept back to accept the next client with, so
/// that it is told instead of left hanging.
bool attach_endpoint::make_room() noexcept {
  if (!reserve_)
    return false;
  reserve_ = {};
  bool dropped = false;
  {
    const shm::descriptor client{
      ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC)};
    dropped = static_cast<bool>(client);
    if (dropped)
      say_closing(client.get(), "overloaded: the node has no descriptors left");
  }
  reserve_ = open_reserve();
  return dropped && reserve_;
}

/// A user who is silent on many lines keeps nobody out: the oldest line of
/// whoever has most of them is let go. The newcomer counts for its own user,
/// so that nobody who has fewer ever pays for it.
void attach_endpoint::make_place_for(std::uint32_t uid) {
  const auto fewer = [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  };
  auto most
    = std::max_element(pending_by_uid_.begin(), pending_by_uid_.end(), fewer);
  const auto own = pending_by_uid_.find(uid);
  if (own != pending_by_uid_.end() && !fewer(*own, *most))
    most = own;
  const auto& lines = most->second;
  // One whose hello is with its session is about to be no stranger.
  const auto silent
    = std::find_if(lines.begin(), lines.end(),
                   [](const auto* each) { return each->is_silent(); });
  const auto chosen
    = (silent != lines.end() ? *silent : lines.front())->shared_from_this();
  constexpr std::string_view reason
    = "overloaded: made a place for another that has not said hello";
  count_drop(reason, chosen->credentials().uid);
  dismiss(*chosen, reason);
}

std::string_view attach_endpoint::refusal(std::uint32_t uid) {
  const auto& limits = options_.limits;
  const auto found = by_uid_.find(uid);
  if (connections_.size() >= limits.sessions_max)
    return "overloaded: attach.sessions_max is reached";
  if (found != by_uid_.end() && found->second >= limits.sessions_per_uid_max)
    return "overloaded: attach.sessions_per_uid_max is reached";
  return {};
}

void attach_endpoint::admit_or_drop(shm::descriptor client) {
  ucred who{};
  socklen_t size = sizeof(who);
  if (::getsockopt(client.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return;
  if (const auto reason = refusal(who.uid); !reason.empty()) {
    say_closing(client.get(), reason);
    count_drop(reason, who.uid);
    return;
  }
  if (pending_ >= options_.limits.pending_max)
    make_place_for(who.uid);
  welcome(std::move(client), {who.uid, who.gid, who.pid});
}

void attach_endpoint::welcome(shm::descriptor client,
                              const actors::peer_credentials& credentials) {
  const auto connection = std::make_shared<attach_connection>(
    io_, std::move(client), credentials,
    attach_connection::callbacks{
      options_.deliver, options_.ring, options_.settle,
      [this](attach_connection& admitted) { on_settled(admitted); },
      [this](attach_connection& closed, std::string_view reason) {
        on_closed(closed, reason);
      }});
  connections_.insert(connection);
  ++by_uid_[credentials.uid];
  pending_by_uid_[credentials.uid].push_back(connection.get());
  ++pending_;
  connection->start(options_.open_session(credentials, connection->line()),
                    greeting(), options_.limits.hello_deadline);
}

void attach_endpoint::on_settled(attach_connection& connection) {
  const auto of_user = pending_by_uid_.find(connection.credentials().uid);
  of_user->second.remove(&connection);
  if (of_user->second.empty())
    pending_by_uid_.erase(of_user);
  --pending_;
}

void attach_endpoint::on_closed(attach_connection& connection,
                                std::string_view reason) {
  const auto uid = connection.credentials().uid;
  if (--by_uid_[uid] == 0)
    by_uid_.erase(uid);
  if (!connection.is_admitted()) {
    on_settled(connection);
    options_.log(
      actors::log_level::debug, "a client left without a session",
      {{"uid", std::to_string(uid)}, {"reason", std::string{reason}}});
  }
  connections_.erase(connection.shared_from_this());
}

void attach_endpoint::count_drop(std::string_view reason, std::uint32_t uid) {
  ++dropped_;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_drop_logged_ < drop_log_interval)
    return;
  last_drop_logged_ = now;
  options_.log(actors::log_level::warning, "dropped clients",
               {{"count", std::to_string(dropped_)},
                {"reason", std::string{reason}},
                {"uid", std::to_string(uid)}});
  dropped_ = 0;
}

} // namespace holdfast::runtime
