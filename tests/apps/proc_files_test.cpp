#include "apps/examples/proc_files.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace holdfast::examples;

namespace {

/// A directory that stands for /proc.
struct false_proc {
  void write(const std::string& name, const std::string& text) const {
    const auto path = std::filesystem::path{directory.path()} / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }

  host_sample read() const {
    return read_proc_files(directory.path());
  }

  bool misses(const std::string& name) const {
    const auto missing = read().missing;
    return std::count(missing.begin(), missing.end(),
                      directory.path() + "/" + name)
           == 1;
  }

  holdfast::test::temporary_directory directory;
};

} // namespace

TEST_CASE("this host's own files are read", "[apps][proc]") {
  const auto sample = read_proc_files();

  CHECK(!sample.processors.empty());
  REQUIRE(sample.memory);
  CHECK(sample.memory->total >= sample.memory->available);
  REQUIRE(sample.processes);
  CHECK(sample.processes->processes >= 1);
  CHECK(sample.processes->running >= 1);
}

TEST_CASE_METHOD(false_proc, "each number is where the kernel documents it",
                 "[apps][proc]") {
  write("stat", "cpu  9 9 9 9 9\ncpu0 1 2 3 4 5 6\ncpu11 10 20 30 40 50\n"
                "processes 77\nprocs_running 3\nprocs_blocked 1\n");
  write("meminfo", "MemTotal:  4 kB\nMemFree: 1 kB\nMemAvailable: 2 kB\n");
  write("net/dev", "Inter-| Receive\n face |bytes\n"
                   "  eth0:100 2 1 1 0 0 0 0 200 4 1 1 0 0 0 0\n");
  write("diskstats", " 253 0 vda 10 0 4 0 20 0 8 0 0 0 0\n 7 0 loop0 0 0 0 0 "
                     "0 0 0 0 0 0 0\n");
  write("loadavg", "1.50 1.00 0.50 3/200 4711\n");
  write("1/stat", "");
  write("4711/stat", "");

  const auto sample = read();

  CHECK(sample.missing.empty());
  REQUIRE(sample.processors.size() == 2);
  CHECK(sample.processors[0].value.user == 3);
  CHECK(sample.processors[0].value.waiting == 5);
  CHECK(sample.processors[1].name == "11");
  CHECK(sample.memory.value().total == 4096);
  CHECK(sample.memory.value().available == 2048);
  REQUIRE(sample.networks.size() == 1);
  CHECK(sample.networks[0].value.received_bytes == 100);
  CHECK(sample.networks[0].value.sent_bytes == 200);
  CHECK(sample.networks[0].value.lost_packets == 4);
  REQUIRE(sample.disks.size() == 1);
  CHECK(sample.disks[0].name == "vda");
  CHECK(sample.disks[0].value.read_bytes == 2048);
  CHECK(sample.disks[0].value.written_bytes == 4096);
  CHECK(sample.processes.value().processes == 2);
  CHECK(sample.processes.value().running == 3);
  CHECK(sample.processes.value().load == 1.5);
}

TEST_CASE_METHOD(false_proc, "what /proc does not tell is missing, not zero",
                 "[apps][proc]") {
  write("stat", "cpu0 1 2\ncpu1 a b c d e\n");
  write("meminfo", "MemFree: 1 kB\n");
  write("net/dev", "no colon\n  eth0: 1 2 3\n");

  const auto sample = read();

  CHECK(sample.processors.empty());
  CHECK(!sample.memory);
  CHECK(sample.networks.empty());
  CHECK(sample.disks.empty());
  CHECK(!sample.processes);
  for (const auto* name :
       {"stat", "meminfo", "net/dev", "diskstats", "loadavg"})
    CHECK(misses(name));
}
