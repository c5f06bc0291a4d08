#include "shm/copy.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace holdfast::shm;

namespace {

std::vector<std::byte> pattern(std::size_t bytes) {
  std::vector<std::byte> made(bytes);
  for (std::size_t i = 0; i < bytes; ++i)
    made[i] = static_cast<std::byte>(i * 31 + i / 256 + 1);
  return made;
}

} // namespace

TEST_CASE("every size arrives byte by byte and touches nothing beyond",
          "[shm][unit]") {
  for (const std::size_t bytes :
       {0UL, 1UL, 7UL, 8UL, 9UL, 63UL, 64UL, 65UL, 127UL, 128UL, 1000UL,
        32767UL, 32768UL, 65536UL, 65537UL, 262143UL, 262144UL, 1048583UL}) {
    INFO(bytes);
    const auto sent = pattern(bytes);
    std::vector<layout::word> shared((bytes + 7) / 8 + 1);
    shared.back().store(0x5555);
    std::vector<std::byte> received(bytes + 1, std::byte{0x77});

    store_payload(shared.data(), sent.data(), bytes);
    load_payload(received.data(), shared.data(), bytes);

    CHECK(received.back() == std::byte{0x77});
    received.pop_back();
    CHECK(received == sent);
    CHECK(shared.back().load() == 0x5555);
  }
}
