#include "tests/bench/flush_client.hpp"

#include "shm/wire/packet.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace holdfast::bench {

namespace {

// Its handle stores as any program's does. The flush goes by hand, so that one
// thread can wait for many.
class flush_client final : public decider {
public:
  flush_client(client::connection line, shm::region_view region,
               shm::bytes_variable variable)
    : line_{std::move(line)},
      region_{std::move(region)},
      variable_{std::move(variable)} {
    value_.fill(std::byte{'x'});
  }

  int socket() const override {
    return region_.attached()->doorbell;
  }

  bool ask() override {
    const auto epoch = region_.epoch();
    if (const auto stored = variable_.store(value_); !stored)
      throw std::runtime_error{
        "a store failed: " + shm::error{stored.assume_error(), {}}.message()};
    wire::frame request;
    request.request_id = ++asked_;
    request.command = "flush";
    request.fields = {{"stored_in", epoch},
                      {"durable", false},
                      {"region", std::string{"bench"}}};
    const auto packet = wire::encode(request);
    if (!packet)
      throw std::runtime_error{packet.assume_error().detail};
    const auto sent = wire::send_packet(socket(), packet.assume_value());
    return sent && sent.assume_value() == wire::transfer::done;
  }

  answer take() override {
    for (;;) {
      const auto got = wire::receive_packet(socket(), 0);
      if (!got || got.assume_value().outcome == wire::transfer::hung_up)
        return answer::broken;
      if (got.assume_value().outcome == wire::transfer::would_block)
        return answer::none;
      const auto frame = wire::decode(got.assume_value().bytes);
      if (!frame)
        return answer::broken;
      if (frame.assume_value().request_id == asked_)
        return frame.assume_value().kind == wire::frame_kind::reply
                 ? answer::accepted
                 : answer::refused;
    }
  }

private:
  client::connection line_;
  shm::region_view region_;
  shm::bytes_variable variable_;
  std::array<std::byte, 64> value_{};
  std::uint64_t asked_ = 1000; // beyond what the connection has asked
};

} // namespace

std::unique_ptr<decider>
make_flush_client(const node_trio& nodes, std::size_t home, std::size_t index) {
  auto line = nodes.connect(home);
  if (!line)
    throw std::runtime_error{"no node: " + line.assume_error().detail};
  auto region = line.assume_value().attach("bench", shm::access::write);
  if (!region)
    throw std::runtime_error{"not let in: " + region.assume_error().message()};
  auto variable = region.assume_value().find_bytes("v" + std::to_string(index));
  if (!variable)
    throw std::runtime_error{"no variable of its own"};
  return std::make_unique<flush_client>(std::move(line).assume_value(),
                                        std::move(region).assume_value(),
                                        std::move(variable).assume_value());
}

} // namespace holdfast::bench
