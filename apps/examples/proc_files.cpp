#include "apps/examples/proc_files.hpp"

#include "apps/examples/program.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace holdfast::examples {

namespace {

/// /proc/diskstats counts in these, whatever the disk's own are.
constexpr std::uint64_t sector_bytes = 512;

/// Calls `use` with the lines of a file, each as a stream.
template <class Use>
void for_each_line(const std::string& path, Use use) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);)
    use(line);
}

/// Reads numbers until all are there; false if the line has too few.
template <class... Numbers>
bool take(std::istream& from, Numbers&... numbers) {
  return static_cast<bool>((from >> ... >> numbers));
}

void read_stat(const std::string& root, host_sample& into,
               process_counts& counts) {
  for_each_line(root + "/stat", [&](const std::string& line) {
    std::istringstream words{line};
    std::string key;
    words >> key;
    std::uint64_t user = 0, nice = 0, system = 0, idle = 0, waiting = 0;
    if (key.starts_with("cpu") && key.size() > 3
        && take(words, user, nice, system, idle, waiting))
      into.processors.push_back(
        {key.substr(3), {user + nice, system, idle, waiting, monotonic_ns()}});
    else if (key == "procs_running")
      take(words, counts.running);
    else if (key == "procs_blocked")
      take(words, counts.blocked);
    else if (key == "processes")
      take(words, counts.started);
  });
  if (into.processors.empty())
    into.missing.push_back(root + "/stat");
}

void read_memory(const std::string& root, host_sample& into) {
  std::map<std::string, std::uint64_t> kilobytes;
  for_each_line(root + "/meminfo", [&](const std::string& line) {
    std::istringstream words{line};
    std::string key;
    std::uint64_t amount = 0;
    if (words >> key && take(words, amount))
      kilobytes[key] = amount;
  });
  if (!kilobytes.contains("MemTotal:")) {
    into.missing.push_back(root + "/meminfo");
    return;
  }
  const auto bytes = [&](const char* key) { return kilobytes[key] * 1024; };
  into.memory
    = memory_use{bytes("MemTotal:"),  bytes("MemAvailable:"), bytes("MemFree:"),
                 bytes("SwapTotal:"), bytes("SwapFree:"),     monotonic_ns()};
}

void read_networks(const std::string& root, host_sample& into) {
  for_each_line(root + "/net/dev", [&](const std::string& line) {
    // "  eth0:1234 5 …": the number may follow the colon at once.
    const auto colon = line.rfind(':');
    if (colon == std::string::npos)
      return;
    std::istringstream before{line.substr(0, colon)};
    std::istringstream after{line.substr(colon + 1)};
    std::string name;
    std::uint64_t fifo = 0, frame = 0, packed = 0, multicast = 0;
    std::uint64_t errors = 0, drops = 0, sent_errors = 0, sent_drops = 0;
    network_traffic now{};
    if (!(before >> name)
        || !take(after, now.received_bytes, now.received_packets, errors, drops,
                 fifo, frame, packed, multicast, now.sent_bytes,
                 now.sent_packets, sent_errors, sent_drops))
      return;
    now.lost_packets = errors + drops + sent_errors + sent_drops;
    now.sampled_ns = monotonic_ns();
    into.networks.push_back({name, now});
  });
  if (into.networks.empty())
    into.missing.push_back(root + "/net/dev");
}

void read_disks(const std::string& root, host_sample& into) {
  bool any = false;
  for_each_line(root + "/diskstats", [&](const std::string& line) {
    std::istringstream words{line};
    std::string name;
    std::uint64_t major = 0, minor = 0, merged = 0, time = 0;
    std::uint64_t sectors_read = 0, write_merged = 0, sectors_written = 0;
    disk_traffic now{};
    if (!take(words, major, minor) || !(words >> name)
        || !take(words, now.reads, merged, sectors_read, time, now.writes,
                 write_merged, sectors_written))
      return;
    any = true;
    if (now.reads + now.writes == 0)
      return; // loop devices that hold nothing
    now.read_bytes = sectors_read * sector_bytes;
    now.written_bytes = sectors_written * sector_bytes;
    now.sampled_ns = monotonic_ns();
    into.disks.push_back({name, now});
  });
  if (!any)
    into.missing.push_back(root + "/diskstats");
}

std::uint64_t count_processes(const std::string& root) {
  std::uint64_t count = 0;
  std::error_code failed;
  for (std::filesystem::directory_iterator at{root, failed}, end;
       !failed && at != end; at.increment(failed)) {
    const auto name = at->path().filename().string();
    if (std::all_of(name.begin(), name.end(),
                    [](unsigned char sign) { return std::isdigit(sign); }))
      ++count;
  }
  return count;
}

void read_processes(const std::string& root, host_sample& into,
                    process_counts counts) {
  std::ifstream file{root + "/loadavg"};
  if (!take(file, counts.load))
    into.missing.push_back(root + "/loadavg");
  counts.processes = count_processes(root);
  counts.sampled_ns = monotonic_ns();
  if (counts.processes != 0)
    into.processes = counts;
  else
    into.missing.push_back(root + "/<process>");
}

} // namespace

host_sample read_proc_files(const std::string& root) {
  host_sample sample;
  process_counts counts{};
  read_stat(root, sample, counts);
  read_memory(root, sample);
  read_networks(root, sample);
  read_disks(root, sample);
  read_processes(root, sample, counts);
  return sample;
}

} // namespace holdfast::examples
