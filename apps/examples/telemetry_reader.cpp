// Says in one line how busy this host is, from what somebody else published.
//
//   telemetry-reader <socket> [seconds]
//
// Reads each variable twice, `seconds` apart, and prints rates.
#include "apps/examples/program.hpp"
#include "apps/examples/telemetry.hpp"

#include <chrono>
#include <cstdio>
#include <map>

namespace holdfast::examples {

namespace {

/// The latest value of each variable of one type, by what follows the prefix.
template <class T>
std::map<std::string, T> read_all(const shm::region_view& region,
                                  const std::string& prefix) {
  std::map<std::string, T> values;
  for (const auto& listed : need(region.list())) {
    if (!listed.name.starts_with(prefix))
      continue;
    const auto found = region.find<T>(listed.name);
    if (!found)
      continue;
    if (const auto now = found.assume_value().read())
      values.emplace(listed.name.substr(prefix.size()),
                     now.assume_value().value);
  }
  return values;
}

struct readings {
  explicit readings(const shm::region_view& region)
    : processors{read_all<processor_times>(region, "processor/")},
      networks{read_all<network_traffic>(region, "network/")},
      disks{read_all<disk_traffic>(region, "disk/")} {
    // nop
  }

  std::map<std::string, processor_times> processors;
  std::map<std::string, network_traffic> networks;
  std::map<std::string, disk_traffic> disks;
};

std::string text(const char* format, auto... values) {
  char out[160];
  std::snprintf(out, sizeof out, format, values...);
  return out;
}

std::string bytes_text(double bytes) {
  const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit < 4; ++unit)
    bytes /= 1024;
  return text(unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

template <class T>
double per_second(const T& before, const T& after, std::uint64_t T::*amount) {
  const auto ns = static_cast<double>(after.sampled_ns - before.sampled_ns);
  return ns <= 0
           ? 0
           : static_cast<double>(after.*amount - before.*amount) * 1e9 / ns;
}

void tell_processors(const readings& before, const readings& after) {
  double busy = 0;
  double all = 0;
  for (const auto& [name, now] : after.processors) {
    const auto then = before.processors.find(name);
    if (then == before.processors.end())
      continue;
    const auto idle = static_cast<double>(
      now.idle + now.waiting - then->second.idle - then->second.waiting);
    const auto used = static_cast<double>(
      now.user + now.system - then->second.user - then->second.system);
    busy += used;
    all += used + idle;
  }
  if (all > 0)
    tell("processors", text("%zu processors %.0f %% busy",
                            after.processors.size(), busy / all * 100));
}

/// The interface and the disk that move most.
void tell_traffic(const readings& before, const readings& after) {
  std::string network, disk;
  double most = -1;
  for (const auto& [name, now] : after.networks) {
    const auto then = before.networks.find(name);
    if (then == before.networks.end() || name == "lo")
      continue;
    const auto in
      = per_second(then->second, now, &network_traffic::received_bytes);
    const auto out
      = per_second(then->second, now, &network_traffic::sent_bytes);
    if (in + out > most) {
      most = in + out;
      network
        = name + " in " + bytes_text(in) + "/s out " + bytes_text(out) + "/s";
    }
  }
  most = -1;
  for (const auto& [name, now] : after.disks) {
    const auto then = before.disks.find(name);
    if (then == before.disks.end())
      continue;
    const auto in = per_second(then->second, now, &disk_traffic::read_bytes);
    const auto out
      = per_second(then->second, now, &disk_traffic::written_bytes);
    if (in + out > most) {
      most = in + out;
      disk = name + " reads " + bytes_text(in) + "/s writes " + bytes_text(out)
             + "/s";
    }
  }
  if (!network.empty())
    tell("network", network);
  if (!disk.empty())
    tell("disk", disk);
}

int run(int count, char** arguments) {
  const auto socket
    = argument(count, arguments, 1, "telemetry-reader <socket> [seconds]");
  const double seconds = count > 2 ? std::atof(arguments[2]) : 1.0;
  const auto node = connect_to(socket, "host", "telemetry reader");
  const auto region = need(node.attach("telemetry", shm::access::read));
  const readings before{region};
  static_cast<void>(node.wait_for_hang_up(
    std::chrono::steady_clock::now()
    + std::chrono::milliseconds{static_cast<int>(seconds * 1000)}));
  const readings after{region};
  tell_processors(before, after);
  if (const auto found = region.find<memory_use>("memory"))
    if (const auto now = found.assume_value().read()) {
      const auto& value = now.assume_value().value;
      tell("memory",
           bytes_text(static_cast<double>(value.total - value.available))
             + " of " + bytes_text(static_cast<double>(value.total)) + " used");
    }
  if (const auto found = region.find<process_counts>("processes"))
    if (const auto now = found.assume_value().read()) {
      const auto& value = now.assume_value().value;
      tell("processes", text("%llu processes, %llu running",
                             static_cast<unsigned long long>(value.processes),
                             static_cast<unsigned long long>(value.running)));
    }
  tell_traffic(before, after);
  tell("variables", std::uint64_t{need(region.list()).size()});
  return node.alive() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
