// A reader sleeps until a variable changes: no polling, and no queue that could
// overflow, because it always wakes to the latest value.
//
//   02_watch [socket]
#include "shm/client/connection.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

constexpr double goal = 25.0;

shm::result<shm::variable<double>> find_temperature(const char* socket,
                                                    shm::access wanted) {
  client::connect_options options{.tenant = "tutorial", .client = "watch"};
  if (socket != nullptr)
    options.socket = socket;
  auto node = client::connection::connect(options);
  if (!node)
    return node.assume_error();
  auto region = node.assume_value().attach("first", wanted);
  if (!region)
    return region.assume_error();
  // The handle keeps the memory mapped and the connection open.
  return region.assume_value().find<double>("temperature");
}

// Warms up, and waits a moment before each store.
int heat(const char* socket) {
  const auto temperature = find_temperature(socket, shm::access::write);
  if (!temperature)
    return EXIT_FAILURE;
  for (double degrees = 21; degrees <= goal; ++degrees) {
    ::usleep(20'000);
    if (!temperature.assume_value().store(degrees))
      return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

int watch(const shm::variable<double>& temperature) {
  auto known = temperature.version();
  for (;;) {
    const auto until = std::chrono::steady_clock::now() + 10s;
    const auto changed = temperature.wait_for_change(known, until);
    const auto now = temperature.read();
    if (!changed || !now)
      return EXIT_FAILURE;
    known = now.assume_value().version;
    std::printf("it is %.0f degrees now\n", now.assume_value().value);
    if (now.assume_value().value >= goal)
      return EXIT_SUCCESS;
  }
}

} // namespace

int main(int count, char** arguments) {
  const char* socket = count > 1 ? arguments[1] : nullptr;
  const auto temperature = find_temperature(socket, shm::access::read);
  if (!temperature) {
    std::fprintf(stderr, "%s\n", temperature.assume_error().message().c_str());
    return EXIT_FAILURE;
  }
  if (::fork() == 0)
    ::_exit(heat(socket)); // another process, with a connection of its own
  const int code = watch(temperature.assume_value());
  ::wait(nullptr);
  return code;
}
