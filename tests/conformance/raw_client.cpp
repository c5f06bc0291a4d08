#include "tests/conformance/raw_client.hpp"

#include "tests/support/catch.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>

namespace holdfast::test {

namespace {

constexpr int patience_ms = 10'000;

shm::descriptor connected_socket(const std::string& path) {
  shm::descriptor socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                    sizeof(address))
          == 0);
  return socket;
}

std::vector<shm::descriptor> descriptors_in(msghdr& message) {
  std::vector<shm::descriptor> out;
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    const auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      out.emplace_back(fd);
    }
  }
  return out;
}

std::string event_in(const wire::bytes& packet) {
  const auto decoded = wire::decode(packet);
  const auto* event
    = decoded ? wire::find_text(decoded.assume_value().fields, "event")
              : nullptr;
  return event == nullptr ? std::string{} : *event;
}

} // namespace

wire::frame raw_answer::frame() const {
  auto decoded = wire::decode(bytes);
  REQUIRE(decoded);
  return std::move(decoded).assume_value();
}

shm::errc raw_answer::code() const {
  const auto came = frame();
  return came.kind == wire::frame_kind::failure ? wire::error_of(came).code
                                                : shm::errc::ok;
}

std::string raw_answer::detail() const {
  return wire::error_of(frame()).detail;
}

raw_client::raw_client(const std::string& path)
  : socket_{connected_socket(path)} {
  // nop
}

raw_client::raw_client(const std::string& path, const std::string& tenant)
  : raw_client{path} {
  const auto heard = ask("hello", hello_fields(tenant));
  REQUIRE(heard.code() == shm::errc::ok);
}

void raw_client::send(const wire::bytes& packet,
                      std::initializer_list<int> descriptors) const {
  alignas(cmsghdr) std::array<char, 256> room{};
  iovec part{const_cast<std::byte*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const auto bytes = descriptors.size() * sizeof(int);
  if (bytes > 0) {
    message.msg_control = room.data();
    message.msg_controllen = CMSG_SPACE(bytes);
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), descriptors.begin(), bytes);
  }
  // A node that has hung up already has its reasons: they can be received.
  const auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
  REQUIRE((sent == static_cast<ssize_t>(packet.size()) || errno == EPIPE));
}

std::optional<raw_answer> raw_client::receive() const {
  auto heard = receive_any();
  while (heard && event_in(heard->bytes) == "accepted")
    heard = receive_any();
  return heard;
}

std::optional<raw_answer> raw_client::receive_any() const {
  pollfd readable{socket_.get(), POLLIN, 0};
  REQUIRE(::poll(&readable, 1, patience_ms) == 1);
  raw_answer out;
  out.bytes.resize(wire::frame_bytes_max);
  alignas(cmsghdr) std::array<char, 256> room{};
  iovec part{out.bytes.data(), out.bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  auto count = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  // A reset is reported once, before what was said last.
  if (count < 0 && errno == ECONNRESET) {
    message.msg_controllen = room.size();
    count = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  }
  if (count <= 0)
    return std::nullopt;
  out.bytes.resize(static_cast<std::size_t>(count));
  out.descriptors = descriptors_in(message);
  return out;
}

raw_answer raw_client::ask(std::string_view command, wire::fields arguments) {
  send(request_packet(++id_, command, std::move(arguments)));
  auto heard = receive();
  REQUIRE(heard);
  CHECK(heard->frame().request_id == id_);
  return std::move(*heard);
}

raw_client::farewell raw_client::wait_for_end() const {
  farewell out;
  while (const auto heard = receive()) {
    const auto came = heard->frame();
    if (came.kind == wire::frame_kind::failure) {
      out.code = heard->code();
      out.id = came.request_id;
      out.detail = heard->detail();
    } else if (came.kind == wire::frame_kind::notice) {
      CHECK(came.request_id == 0);
      CHECK(*wire::find_text(came.fields, "event") == "closing");
      out.reason = *wire::find_text(came.fields, "reason");
    }
  }
  return out;
}

wire::fields hello_fields(const std::string& tenant, std::uint64_t protocol) {
  return {{"protocol", protocol},
          {"tenant", tenant},
          {"client", std::string{"conformance"}}};
}

wire::bytes request_packet(std::uint64_t id, std::string_view command,
                           wire::fields arguments) {
  auto encoded = wire::encode({wire::frame_kind::request, id, 0,
                               std::string{command}, std::move(arguments)});
  REQUIRE(encoded);
  return std::move(encoded).assume_value();
}

wire::bytes bytes_of_hex(std::string_view text) {
  wire::bytes out;
  std::string digits;
  for (const char sign : text) {
    if (std::isxdigit(static_cast<unsigned char>(sign)) != 0)
      digits += sign;
    if (digits.size() == 2) {
      out.push_back(static_cast<std::byte>(std::stoi(digits, nullptr, 16)));
      digits.clear();
    }
  }
  REQUIRE(digits.empty());
  return out;
}

} // namespace holdfast::test
