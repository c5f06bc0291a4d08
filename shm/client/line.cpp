#include "shm/client/line.hpp"

#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace holdfast::client {

namespace {

using shm::errc;
using std::chrono::steady_clock;

// Looks for answers that are about to come, before they are slept for: as long
// as a node at rest takes to wake up and to serve an attach. Who sleeps costs
// the node more than itself: to wake a processor takes longer than to answer.
constexpr int looks_before_sleep = 64;

constexpr short end_of_line = POLLHUP | POLLRDHUP | POLLERR | POLLNVAL;

timespec left_until(deadline until) noexcept {
  const auto left
    = std::max(until - steady_clock::now(), steady_clock::duration::zero());
  const auto whole = std::chrono::floor<std::chrono::seconds>(left);
  return {static_cast<time_t>(whole.count()),
          static_cast<long>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(left - whole)
              .count())};
}

// What happened on the socket of the events asked for; 0: deadline passed.
short poll_until(int socket, short events, deadline until) noexcept {
  for (;;) {
    pollfd one{socket, events, 0};
    const auto left = left_until(until);
    const auto ready = ::ppoll(&one, 1, &left, nullptr);
    if (ready > 0)
      return one.revents;
    if (ready == 0 || errno != EINTR)
      return 0;
  }
}

std::string in_quotes(std::string_view text) {
  return "'" + std::string{text} + "'";
}

shm::error connect_failure(int code, const std::string& path) {
  switch (code) {
  case ENOENT:
  case ENOTDIR:
    return shm::failed(errc::unreachable, "there is no " + in_quotes(path));
  case ECONNREFUSED:
    return shm::failed(errc::unreachable,
                       in_quotes(path) + " is there but nobody listens");
  case EPROTOTYPE:
  case ENOTSOCK:
    return shm::failed(errc::unreachable,
                       in_quotes(path) + " is not a socket of a node");
  case EACCES:
  case EPERM:
    return shm::failed(errc::refused,
                       "user " + std::to_string(::geteuid()) + " may not open "
                         + in_quotes(path)
                         + ": it takes the right to enter the directory and"
                           " to write to the socket");
  case EAGAIN:
    return shm::failed(errc::timeout, "the node at " + in_quotes(path)
                                        + " takes no more connections in time");
  default:
    errno = code;
    return shm::system_failure("connect to " + in_quotes(path));
  }
}

// Bounds what waits in the kernel: a connect by SO_SNDTIMEO, a receive by
// SO_RCVTIMEO.
bool bound_waits(int socket, int option, deadline until) noexcept {
  const auto left = left_until(until);
  // 0 would mean to wait for ever.
  const timeval patience{left.tv_sec, std::max(left.tv_nsec / 1000, 1L)};
  return ::setsockopt(socket, SOL_SOCKET, option, &patience, sizeof(patience))
         == 0;
}

int connect_within(int socket, const sockaddr_un& address, deadline until) {
  for (;;) {
    if (!bound_waits(socket, SO_SNDTIMEO, until))
      return errno;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address),
                  sizeof(address))
        == 0)
      return 0;
    if (errno != EINTR)
      return errno;
  }
}

shm::error no_answer(std::string_view command) {
  return shm::failed(errc::timeout, "no answer to " + in_quotes(command)
                                      + " in time; it may still be served");
}

} // namespace

shm::result<std::shared_ptr<line>> line::open(const std::string& path,
                                              deadline until) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path))
    return shm::failed(errc::bad_argument,
                       "a socket's path has 1 to "
                         + std::to_string(sizeof(address.sun_path) - 1)
                         + " bytes, not " + std::to_string(path.size()));
  std::memcpy(address.sun_path, path.data(), path.size());
  shm::descriptor socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  if (!socket)
    return shm::system_failure("socket");
  if (const int code = connect_within(socket.get(), address, until); code != 0)
    return connect_failure(code, path);
  return std::shared_ptr<line>{new line{std::move(socket)}};
}

void alertness::wake() noexcept {
  if (!std::exchange(woken, true))
    looks = looks_before_sleep;
}

shm::result<answer> line::ask(std::string_view command, wire::fields arguments,
                              deadline until, std::size_t descriptors) {
  std::vector<question> one;
  one.push_back({command, std::move(arguments), descriptors});
  auto heard = ask_all(std::move(one), until);
  if (!heard)
    return std::move(heard).assume_error();
  return std::move(heard.assume_value().front());
}

shm::result<std::vector<answer>> line::ask_all(std::vector<question> questions,
                                               deadline until) {
  if (!turn_.take(until))
    return shm::failed(errc::timeout,
                       in_quotes(questions.front().command)
                         + " was not sent: other calls on this connection took"
                           " all the time");
  const turn_holder held{turn_};
  if (why_broken_)
    return *why_broken_;
  for (auto& each : questions)
    if (auto sent = send(each, until); !sent)
      return std::move(sent).assume_error();
  std::vector<answer> answers;
  auto id = asked_ - questions.size();
  alertness state;
  if (questions.front().at_once)
    state.wake();
  for (const auto& each : questions) {
    auto heard = receive(each, ++id, state, until);
    if (!heard)
      return std::move(heard).assume_error();
    answers.push_back(std::move(heard).assume_value());
  }
  return answers;
}

shm::result<void> line::send(question& asked, deadline until) {
  wire::frame request;
  request.request_id = asked_ + 1;
  request.command = asked.command;
  request.fields = std::move(asked.arguments);
  const auto packet = wire::encode(request);
  if (!packet)
    return packet.assume_error();
  for (;;) {
    const auto sent = wire::send_packet(socket_.get(), packet.assume_value());
    if (!sent)
      return sent.assume_error();
    if (sent.assume_value() != wire::transfer::would_block) {
      // If the node has hung up, its last words may be waiting to be read.
      asked_ = request.request_id;
      return boost::outcome_v2::success();
    }
    if (poll_until(socket_.get(), POLLOUT, until) == 0)
      return shm::failed(errc::timeout,
                         in_quotes(request.command)
                           + " was not sent: the node reads nothing");
  }
}

// The next packet; would_block after a signal, or at the deadline.
shm::result<wire::received_packet> line::take_packet(alertness& state,
                                                     deadline until) const {
  const auto take = [this](wire::patience how) {
    return wire::receive_packet(socket_.get(), wire::descriptors_max, how);
  };
  for (; state.looks > 0; --state.looks) {
    auto packet = take(wire::patience::none);
    if (!packet || packet.assume_value().outcome != wire::transfer::would_block)
      return packet;
    ::sched_yield(); // the node may need this very processor
  }
  // One system call less than polling first, after the answer has come.
  if (!bound_waits(socket_.get(), SO_RCVTIMEO, until))
    return shm::system_failure("setsockopt");
  return take(wire::patience::of_socket);
}

shm::result<answer> line::receive(const question& asked, std::uint64_t id,
                                  alertness& state, deadline until) {
  // A node that sends without end is cut off by the deadline as well.
  do {
    auto packet = take_packet(state, until);
    if (!packet)
      return break_off(std::move(packet).assume_error());
    if (packet.assume_value().outcome == wire::transfer::hung_up)
      return hung_up();
    if (packet.assume_value().outcome == wire::transfer::would_block)
      continue; // a signal, or the deadline
    state.wake();
    auto sorted = sort(std::move(packet).assume_value(), asked, id);
    if (!sorted)
      return std::move(sorted).assume_error();
    if (sorted.assume_value())
      return std::move(*std::move(sorted).assume_value());
  } while (steady_clock::now() < until);
  return no_answer(asked.command);
}

// The answer to request `id`; nothing for a notice and for the late answer to
// a question nobody waits for any more.
shm::result<std::optional<answer>> line::sort(wire::received_packet packet,
                                              const question& asked,
                                              std::uint64_t id) {
  const auto broken = [this](std::string how) {
    return break_off(
      shm::failed(errc::protocol, "the node sent " + std::move(how)));
  };
  auto decoded = wire::decode(packet.bytes);
  if (!decoded)
    return broken("a wrong frame: " + decoded.assume_error().detail);
  auto& came = decoded.assume_value();
  if (came.descriptors != packet.descriptors.size())
    return broken(std::to_string(packet.descriptors.size())
                  + " descriptors and announced "
                  + std::to_string(came.descriptors));
  if (came.kind == wire::frame_kind::request)
    return broken("a request");
  if (came.kind == wire::frame_kind::notice) {
    if (const auto* reason = wire::find_text(came.fields, "reason"))
      last_words_ = *reason;
    return std::optional<answer>{};
  }
  // The node could not read what we sent, so it cannot name the request.
  if (came.kind == wire::frame_kind::failure && came.request_id == 0)
    return break_off(wire::error_of(came));
  if (came.request_id <= answered_ || came.request_id > asked_)
    return broken("an answer to request " + std::to_string(came.request_id)
                  + ", the latest is " + std::to_string(asked_));
  answered_ = came.request_id;
  if (answered_ < id)
    return std::optional<answer>{};
  if (came.kind == wire::frame_kind::failure)
    return wire::error_of(came);
  if (packet.descriptors.size() != asked.descriptors)
    return broken(std::to_string(packet.descriptors.size())
                  + " descriptors where " + std::to_string(asked.descriptors)
                  + " are due");
  return std::optional{
    answer{std::move(came.fields), std::move(packet.descriptors)}};
}

shm::error line::break_off(shm::error why) {
  why_broken_ = why;
  // B1: a flag alone; who needs the reason takes the turn.
  broken_.store(true, std::memory_order_relaxed);
  return why;
}

shm::error line::hung_up() const {
  if (last_words_.starts_with("overloaded:"))
    return shm::failed(errc::overloaded, "the node hung up: " + last_words_);
  return shm::failed(errc::unreachable, last_words_.empty()
                                          ? std::string{"the node hung up"}
                                          : "the node hung up: " + last_words_);
}

bool line::alive() const noexcept {
  if (broken_.load(std::memory_order_relaxed)) // B1
    return false;
  return (poll_until(socket_.get(), POLLRDHUP, deadline{}) & end_of_line) == 0;
}

shm::result<void> line::wait_for_hang_up(deadline until) const {
  if ((poll_until(socket_.get(), POLLRDHUP, until) & end_of_line) == 0)
    return shm::failed(errc::timeout, "the node is still there");
  return boost::outcome_v2::success();
}

void line::hang_up() const noexcept {
  // The descriptor stays: who waits with it must not meet a reused number.
  ::shutdown(socket_.get(), SHUT_RDWR);
}

} // namespace holdfast::client
