// Does nothing but store checksummed values, to be killed while it does.
//
//   trial-writer <socket>
//
// Starts when it reads a byte or an end from standard input, tells when its
// first store is done, then stores until it is killed: one variable alone, then
// two as a group, and so on.
#include "apps/examples/program.hpp"
#include "apps/examples/trial.hpp"
#include "shm/group.hpp"

#include <unistd.h>

#include <vector>

namespace holdfast::examples {

namespace {

std::vector<trial_value> make_values() {
  std::vector<trial_value> values(64);
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& value = values[i];
    value.writer = static_cast<std::uint64_t>(::getpid());
    value.number = i;
    for (std::size_t j = 0; j < value.words.size(); ++j)
      value.words[j] = (value.writer << 32) + i * 1000 + j;
    value.checked_by = checksum_of(value);
  }
  return values;
}

/// Tries again while the lock is a dead writer's that the node has yet to free.
template <class Store>
void store_at_last(Store store) {
  for (;;) {
    const auto stored = store();
    if (stored)
      return;
    if (stored.assume_error() != shm::errc::contended)
      need(stored);
  }
}

int run(int count, char** arguments) {
  const auto socket = argument(count, arguments, 1, "trial-writer <socket>");
  const auto node = connect_to(socket, "market", "trial writer");
  const auto region = need(node.attach("trial", shm::access::write));
  const auto single = need(region.find<trial_value>("single"));
  const auto left = need(region.find<trial_value>("left"));
  const auto right = need(region.find<trial_value>("right"));
  const auto values = make_values();
  tell("ready", "1");
  char go = 0;
  static_cast<void>(!::read(STDIN_FILENO, &go, 1));

  for (std::uint64_t i = 0; node.alive(); i = (i + 1) % values.size()) {
    const auto& value = values[i];
    const auto bytes = std::as_bytes(std::span{&value, 1});
    const std::array<shm::group_value, 2> both{
      {{&left, bytes}, {&right, bytes}}};
    for (int n = 0; n < 64; ++n) { // asking whether the node lives takes time
      store_at_last([&] { return single.store(value); });
      store_at_last([&] { return shm::store_group(both); });
      if (go != '.') {
        tell("stored", static_cast<std::uint64_t>(monotonic_ns()));
        go = '.';
      }
    }
  }
  return EXIT_FAILURE;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
