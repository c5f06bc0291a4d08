#include "tests/bench/grpc_line.hpp"

#ifdef HOLDFAST_WITH_NGHTTP2

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace holdfast::bench {

namespace {

constexpr std::size_t prefix_bytes = 5; // of a message: not compressed, length

shm::descriptor connect_to(std::uint16_t port) {
  shm::descriptor made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address)
      != 0)
    throw std::runtime_error{"nobody listens on port " + std::to_string(port)};
  const int yes = 1;
  ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return made;
}

std::string with_prefix(std::string_view message) {
  std::string made(prefix_bytes, '\0');
  for (std::size_t i = 0; i < 4; ++i)
    made[1 + i] = static_cast<char>(message.size() >> (8 * (3 - i)));
  return made.append(message);
}

nghttp2_nv header(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(
      reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

} // namespace

// What nghttp2 tells us of the one stream that is under way.
struct grpc_line::callbacks {
  static grpc_line& of(void* user) {
    return *static_cast<grpc_line*>(user);
  }

  static ssize_t more_body(nghttp2_session*, std::int32_t, std::uint8_t* into,
                           std::size_t room, std::uint32_t* flags,
                           nghttp2_data_source*, void* user) {
    auto& self = of(user);
    const auto count = std::min(room, self.request_.size() - self.sent_);
    std::copy_n(self.request_.begin() + static_cast<std::ptrdiff_t>(self.sent_),
                count, into);
    self.sent_ += count;
    if (self.sent_ == self.request_.size())
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t,
                     const std::uint8_t* bytes, std::size_t count, void* user) {
    of(user).body_.append(reinterpret_cast<const char*>(bytes), count);
    return 0;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame*,
                       const std::uint8_t* name, std::size_t name_bytes,
                       const std::uint8_t* value, std::size_t value_bytes,
                       std::uint8_t, void* user) {
    const std::string_view which{reinterpret_cast<const char*>(name),
                                 name_bytes};
    const auto* text = reinterpret_cast<const char*>(value);
    if (which == "grpc-status")
      std::from_chars(text, text + value_bytes, of(user).status_);
    return 0;
  }

  static int on_end(nghttp2_session*, std::int32_t, std::uint32_t, void* user) {
    of(user).ended_ = true;
    return 0;
  }
};

grpc_line::grpc_line(std::uint16_t port)
  : socket_{connect_to(port)}, authority_{"127.0.0.1:" + std::to_string(port)} {
  nghttp2_session_callbacks* chosen = nullptr;
  nghttp2_session_callbacks_new(&chosen);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(chosen,
                                                            callbacks::on_data);
  nghttp2_session_callbacks_set_on_header_callback(chosen,
                                                   callbacks::on_header);
  nghttp2_session_callbacks_set_on_stream_close_callback(chosen,
                                                         callbacks::on_end);
  nghttp2_session_client_new(&session_, chosen, this);
  nghttp2_session_callbacks_del(chosen);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

grpc_line::~grpc_line() {
  nghttp2_session_del(session_);
}

bool grpc_line::begin(const std::string& path, std::string_view message) {
  request_ = with_prefix(message);
  sent_ = 0;
  body_.clear();
  status_ = -1;
  ended_ = false;
  const std::array headers{header(":method", "POST"),
                           header(":scheme", "http"),
                           header(":path", path),
                           header(":authority", authority_),
                           header("content-type", "application/grpc"),
                           header("te", "trailers")};
  nghttp2_data_provider body{};
  body.read_callback = callbacks::more_body;
  if (nghttp2_submit_request(session_, nullptr, headers.data(), headers.size(),
                             &body, nullptr)
      < 0)
    hung_up_ = true;
  return send_all();
}

// What we send is small: a server that takes it no more counts as gone.
bool grpc_line::send_all() {
  std::string all;
  const std::uint8_t* part = nullptr;
  for (;;) {
    const auto count = nghttp2_session_mem_send(session_, &part);
    if (count < 0)
      hung_up_ = true;
    if (count <= 0)
      break;
    all.append(reinterpret_cast<const char*>(part),
               static_cast<std::size_t>(count));
  }
  if (!all.empty()
      && ::send(socket_.get(), all.data(), all.size(),
                MSG_NOSIGNAL | MSG_DONTWAIT)
           != static_cast<ssize_t>(all.size()))
    hung_up_ = true;
  return !hung_up_;
}

void grpc_line::receive_all() {
  std::array<std::uint8_t, 16384> buffer;
  for (;;) {
    const auto count
      = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (count <= 0
        || nghttp2_session_mem_recv(session_, buffer.data(),
                                    static_cast<std::size_t>(count))
             < 0) {
      hung_up_ = true;
      return;
    }
    if (static_cast<std::size_t>(count) < buffer.size())
      return;
  }
}

std::optional<grpc_answer> grpc_line::take() {
  if (!hung_up_)
    receive_all();
  if (!hung_up_ && nghttp2_session_want_write(session_) != 0)
    send_all();
  if (hung_up_)
    return grpc_answer{};
  if (!ended_)
    return std::nullopt;
  ended_ = false;
  grpc_answer made{std::max(status_, 0), {}};
  if (status_ < 0) // the stream ended without a word: not accepted
    made.status = 2;
  if (body_.size() > prefix_bytes)
    made.message = body_.substr(prefix_bytes);
  return made;
}

std::optional<grpc_answer> call(grpc_line& line, const std::string& path,
                                std::string_view message, int patience_ms) {
  using clock = std::chrono::steady_clock;
  const auto until = clock::now() + std::chrono::milliseconds{patience_ms};
  if (!line.begin(path, message))
    return grpc_answer{};
  for (;;) {
    if (auto got = line.take())
      return got;
    const auto left
      = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    pollfd waiting{line.socket(), POLLIN, 0};
    if (left.count() <= 0
        || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0)
      return std::nullopt;
  }
}

} // namespace holdfast::bench

#endif
