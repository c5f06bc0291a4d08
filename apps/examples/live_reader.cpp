// Reads prices and telemetry of a region about every millisecond, through one
// mapping, whatever becomes of the nodes.
//
//   live-reader <socket>
//
// Tells at the end how many reads failed, how long the longest took, and how
// fresh the memory says that it is.
#include "apps/examples/live.hpp"
#include "apps/examples/program.hpp"

#include <time.h>

#include <algorithm>
#include <utility>

namespace holdfast::examples {

namespace {

constexpr long rest_ns = 1'000'000;

struct findings {
  std::uint64_t reads = 0;
  std::uint64_t changes = 0;
  std::uint64_t failed = 0;
  std::uint64_t torn = 0;
  std::uint64_t backwards = 0; // older than the one before
  std::int64_t longest_read_ns = 0;
  std::int64_t longest_gap_ns = 0; // between two reads, its rest among it
};

class reader {
public:
  explicit reader(const shm::region_view& region)
    : tape_{need(region.find<tick>(tape_variable))},
      memory_{need(region.find<memory_use>(live_memory))} {
    // nop
  }

  void read() {
    const auto start = monotonic_ns();
    if (last_ns_ != 0)
      found_.longest_gap_ns = std::max(found_.longest_gap_ns, start - last_ns_);
    const auto price = tape_.read();
    const auto memory = memory_.read();
    last_ns_ = monotonic_ns();
    found_.longest_read_ns = std::max(found_.longest_read_ns, last_ns_ - start);
    ++found_.reads;
    if (!price || !memory) {
      ++found_.failed;
      return;
    }
    const auto& now = price.assume_value();
    const std::pair stamp{now.epoch, now.version};
    found_.torn += is_whole(now.value) ? 0 : 1;
    found_.backwards += stamp < latest_ ? 1 : 0;
    found_.changes += stamp != latest_ ? 1 : 0;
    latest_ = stamp;
  }

  const findings& found() const noexcept {
    return found_;
  }

private:
  shm::variable<tick> tape_;
  shm::variable<memory_use> memory_;
  std::pair<std::uint64_t, std::uint64_t> latest_{};
  std::int64_t last_ns_ = 0;
  findings found_;
};

std::string_view word_of(shm::freshness_kind kind) noexcept {
  switch (kind) {
  case shm::freshness_kind::fresh:
    return "fresh";
  case shm::freshness_kind::stale:
    return "stale";
  case shm::freshness_kind::orphaned:
    return "orphaned";
  }
  return "unknown";
}

int run(int count, char** arguments) {
  const auto socket = argument(count, arguments, 1, "live-reader <socket>");
  stop_when_told();
  const auto node = connect_to(socket, "tour", "live reader");
  const auto region
    = need(node.attach(std::string{live_region}, shm::access::read));
  reader from{region};
  tell("ready", "1");
  const timespec rest{0, rest_ns};
  while (!stop_requested()) {
    from.read();
    ::nanosleep(&rest, nullptr);
  }
  const auto& found = from.found();
  tell("reads", found.reads);
  tell("changes", found.changes);
  tell("failed", found.failed);
  tell("torn", found.torn);
  tell("backwards", found.backwards);
  tell("longest_read_ns", static_cast<double>(found.longest_read_ns));
  tell("longest_gap_ns", static_cast<double>(found.longest_gap_ns));
  tell("freshness", word_of(region.freshness_now().kind));
  return EXIT_SUCCESS; // also where its node is gone: that is the point
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
