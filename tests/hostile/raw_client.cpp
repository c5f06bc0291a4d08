#include "tests/hostile/raw_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;

constexpr int descriptors_in_one_message = 250; // SCM_MAX_FD is 253

bool wait_for(int socket, std::chrono::milliseconds patience) {
  pollfd one{socket, POLLIN, 0};
  return ::poll(&one, 1, static_cast<int>(patience.count())) > 0;
}

/// What the node says first to everybody whom it accepts.
bool is_welcome(const wire::frame& frame) {
  const auto* event = wire::find_text(frame.fields, "event");
  return frame.kind == wire::frame_kind::notice && event != nullptr
         && *event == "accepted";
}

} // namespace

wire::frame request(std::uint64_t id, const std::string& command,
                    wire::fields arguments) {
  wire::frame frame;
  frame.request_id = id;
  frame.command = command;
  frame.fields = std::move(arguments);
  return frame;
}

wire::fields hello_fields(const std::string& tenant, std::uint64_t protocol) {
  return {{"protocol", protocol},
          {"tenant", tenant},
          {"client", std::string{"attacker"}}};
}

raw_client::raw_client(const std::string& path) {
  shm::descriptor made{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (made
      && ::connect(made.get(), reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address))
           == 0)
    socket_ = std::move(made);
}

bool raw_client::send(std::span<const std::byte> packet) const noexcept {
  return ::send(socket_.get(), packet.data(), packet.size(),
                MSG_DONTWAIT | MSG_NOSIGNAL)
         == static_cast<ssize_t>(packet.size());
}

bool raw_client::send(const wire::frame& frame) const {
  const auto packet = wire::encode(frame);
  return packet && send(packet.assume_value());
}

bool raw_client::send_descriptors(int count) const noexcept {
  std::array<int, descriptors_in_one_message> copies;
  copies.fill(socket_.get());
  const auto bytes
    = static_cast<std::size_t>(std::min(count, descriptors_in_one_message))
      * sizeof(int);
  alignas(cmsghdr)
    std::array<char, CMSG_SPACE(descriptors_in_one_message * sizeof(int))>
      room{};
  char byte = 0;
  iovec one{&byte, 1};
  msghdr message{};
  message.msg_iov = &one;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = CMSG_SPACE(bytes);
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(bytes);
  std::memcpy(CMSG_DATA(header), copies.data(), bytes);
  return ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

std::optional<wire::received_packet>
raw_client::receive(std::chrono::milliseconds patience) const {
  if (!wait_for(socket_.get(), patience))
    return std::nullopt;
  auto got = wire::receive_packet(socket_.get(), wire::descriptors_max);
  if (!got || got.assume_value().outcome != wire::transfer::done)
    return std::nullopt;
  return std::move(got).assume_value();
}

std::optional<wire::frame> raw_client::ask(const std::string& command,
                                           wire::fields arguments) {
  if (!send(request(++asked_, command, std::move(arguments))))
    return std::nullopt;
  while (auto got = receive(10s)) {
    descriptors_ = std::move(got->descriptors);
    auto frame = wire::decode(got->bytes);
    if (!frame)
      return std::nullopt;
    if (!is_welcome(frame.assume_value()))
      return std::move(frame).assume_value();
  }
  return std::nullopt;
}

bool raw_client::hello(const std::string& tenant) {
  const auto answer = ask("hello", hello_fields(tenant));
  return answer && answer->kind == wire::frame_kind::reply;
}

std::vector<shm::descriptor> raw_client::attach(const std::string& region,
                                                const std::string& access) {
  ask("attach", {{"region", region}, {"access", access}});
  return std::exchange(descriptors_, {});
}

bool raw_client::hung_up_within(std::chrono::milliseconds patience) const {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (!wait_for(socket_.get(), 20ms))
      continue;
    std::array<char, 256> dropped;
    const auto length = ::recv(socket_.get(), dropped.data(), dropped.size(),
                               MSG_DONTWAIT | MSG_TRUNC);
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR))
      return true;
  }
  return false;
}

} // namespace holdfast::test
