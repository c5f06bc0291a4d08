// Reads and checks what the trial writers store while they are killed.
//
//   trial-reader <socket>
//
// Tells at the end what it saw, the longest time one read took, and how many
// locks of dead writers the node freed meanwhile.
#include "apps/examples/program.hpp"
#include "apps/examples/trial.hpp"
#include "shm/group.hpp"

#include <algorithm>

namespace holdfast::examples {

namespace {

struct findings {
  std::uint64_t checked = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t torn = 0;
  std::uint64_t half = 0;
  std::uint64_t backwards = 0;
  std::uint64_t failed = 0;    // reads that gave no value
  std::uint64_t contended = 0; // snapshots that found no quiet instant
  std::int64_t longest_read_ns = 0;
  std::int64_t longest_snapshot_ns = 0;
};

void check(findings& found, const trial_value& value) {
  ++found.checked;
  found.torn += is_whole(value) ? 0 : 1;
}

void read_single(const shm::variable<trial_value>& single, findings& found,
                 std::uint64_t& latest) {
  const auto start = monotonic_ns();
  const auto now = single.read();
  found.longest_read_ns
    = std::max(found.longest_read_ns, monotonic_ns() - start);
  if (!now) {
    ++found.failed;
    return;
  }
  check(found, now.assume_value().value);
  found.backwards += now.assume_value().version < latest ? 1 : 0;
  latest = now.assume_value().version;
}

void take_snapshot(const shm::variable<trial_value>& left,
                   const shm::variable<trial_value>& right, findings& found) {
  const auto start = monotonic_ns();
  const auto both = shm::snapshot(left, right);
  found.longest_snapshot_ns
    = std::max(found.longest_snapshot_ns, monotonic_ns() - start);
  if (!both) {
    found.contended += both.assume_error() == shm::errc::contended ? 1 : 0;
    found.failed += both.assume_error() == shm::errc::contended ? 0 : 1;
    return;
  }
  const auto& [one, other] = both.assume_value();
  ++found.snapshots;
  check(found, one.value);
  check(found, other.value);
  found.half += one.value.checked_by == other.value.checked_by ? 0 : 1;
}

std::uint64_t repairs_of(const client::connection& node) {
  const auto about
    = need(node.call("region", {{"region", std::string{"trial"}}}));
  return wire::number_or(about, "repairs", 0);
}

int run(int count, char** arguments) {
  const auto socket = argument(count, arguments, 1, "trial-reader <socket>");
  stop_when_told();
  const auto node = connect_to(socket, "market", "trial reader");
  const auto region = need(node.attach("trial", shm::access::read));
  const auto single = need(region.find<trial_value>("single"));
  const auto left = need(region.find<trial_value>("left"));
  const auto right = need(region.find<trial_value>("right"));
  const auto repairs = repairs_of(node);
  tell("ready", "1");

  findings found;
  std::uint64_t latest = 0;
  while (!stop_requested()) {
    for (int i = 0; i < 8; ++i)
      read_single(single, found, latest);
    take_snapshot(left, right, found);
  }
  tell("checked", found.checked);
  tell("snapshots", found.snapshots);
  tell("torn", found.torn);
  tell("half", found.half);
  tell("backwards", found.backwards);
  tell("failed", found.failed);
  tell("contended", found.contended);
  tell("longest_read_ns", static_cast<double>(found.longest_read_ns));
  tell("longest_snapshot_ns", static_cast<double>(found.longest_snapshot_ns));
  tell("repairs", repairs_of(node) - repairs);
  return node.alive() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
