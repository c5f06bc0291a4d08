#include "config/defaults.hpp"
#include "tests/process/one_region.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

shm::region_view attach(const client::connection& to,
                        shm::access wanted = shm::access::write) {
  auto attached = to.attach("quotes", wanted);
  if (!attached)
    FAIL(attached.assume_error().message());
  return std::move(attached).assume_value();
}

shm::variable<double> bid_of(const shm::region_view& region) {
  auto found = region.find<double>("bid");
  if (!found)
    FAIL(found.assume_error().message());
  return std::move(found).assume_value();
}

/// A process that holds the lock of a variable until it is killed.
class lock_holder {
public:
  explicit lock_holder(const real_node& node) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto path = std::string{std::getenv("HOLDFAST_BIN_DIR")} + "/lock_holder";
    auto socket = node.socket();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(path.c_str(), path.c_str(), socket.c_str(), "quotes", "bid",
              nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    std::array<char, 8> said{};
    const auto length = ::read(ends[0], said.data(), said.size());
    ::close(ends[0]);
    REQUIRE(length == 5); // "held\n"
  }

  ~lock_holder() {
    kill();
  }

  void kill() {
    if (pid_ <= 0)
      return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

private:
  pid_t pid_ = -1;
};

/// What a process's descriptors point at: "socket:[1234]".
std::multiset<std::string> targets_in(const std::string& folder) {
  std::multiset<std::string> targets;
  for (const auto& each : std::filesystem::directory_iterator{folder}) {
    std::error_code gone;
    targets.insert(std::filesystem::read_symlink(each.path(), gone).string());
  }
  return targets;
}

/// The inodes of all internet sockets of this host.
std::set<std::string> inodes_of_ports() {
  std::set<std::string> inodes;
  for (const auto* table : {"tcp", "tcp6", "udp", "udp6"}) {
    std::ifstream in{std::string{"/proc/net/"} + table};
    std::string line;
    std::getline(in, line); // the heading
    while (std::getline(in, line)) {
      std::istringstream words{line};
      std::string word;
      for (int column = 0; column < 10; ++column)
        words >> word;
      inodes.insert(word);
    }
  }
  return inodes;
}

} // namespace

TEST_CASE("a node without tenants serves and knows nobody", "[process][node]") {
  real_node node{node_text("[]")};

  client::connect_options options;
  options.socket = node.socket();
  const auto connected = client::connection::connect(options);

  REQUIRE_FALSE(connected);
  CHECK(connected.assume_error().code == shm::errc::refused);
  CHECK(node.stop() == 0);
}

TEST_CASE("a node ends on SIGTERM and on SIGINT and leaves no socket",
          "[process][node]") {
  const auto number = GENERATE(SIGTERM, SIGINT);
  real_node node{node_text(own_tenant(one_region))};
  const auto begin = std::chrono::steady_clock::now();

  node.signal(number);

  REQUIRE(node.wait_for_end(config::shutdown_deadline) == 0);
  std::cout << "ended after "
            << (std::chrono::steady_clock::now() - begin) / 1ms << " ms\n";
  CHECK_FALSE(std::filesystem::exists(node.socket()));
}

TEST_CASE("an ending node fences its regions and hangs up", "[process][node]") {
  real_node node{node_text(own_tenant(one_region))};
  const auto client = connect(node);
  const auto region = attach(client);
  REQUIRE(region.freshness_now().kind == shm::freshness_kind::fresh);

  CHECK(node.stop() == 0);

  CHECK(region.freshness_now().kind == shm::freshness_kind::orphaned);
  CHECK_FALSE(client.alive());
  CHECK(bid_of(region).store(1.0).has_error());
}

TEST_CASE("SIGHUP is noted and harms nothing", "[process][node]") {
  real_node node{node_text(own_tenant(one_region))};

  node.signal(SIGHUP);

  CHECK(
    eventually([&] { return node.log().find("SIGHUP") != std::string::npos; }));
  CHECK(connect(node).call("status"));
}

TEST_CASE("checking a configuration opens nothing", "[process][node]") {
  const temporary_directory directory;
  const auto file = directory.path() + "/node.json";
  std::ofstream{file} << R"({"node": {"data_directory": ")" << directory.path()
                      << R"(/state", "socket": ")" << directory.path()
                      << R"(/run/attach.sock"}})";

  const auto checked = run_node({"--check", file});

  CHECK(checked.exit_code == 0);
  CHECK(checked.output == file + ": ok\n");
  CHECK(std::distance(std::filesystem::directory_iterator{directory.path()}, {})
        == 1);
}

TEST_CASE("mistakes have exit codes of their own", "[process][node]") {
  const temporary_directory directory;
  const auto file = directory.path() + "/node.json";

  SECTION("no arguments") {
    CHECK(run_node({}).exit_code == 2);
  }
  SECTION("an unknown argument") {
    CHECK(run_node({"--confg", file}).exit_code == 2);
  }
  SECTION("a file that is not there") {
    CHECK(run_node({"--config", file}).exit_code == 10);
  }
  SECTION("a complaint with its place") {
    std::ofstream{file} << "{\n \"nod\": {}\n}\n";
    const auto ended = run_node({"--config", file});
    CHECK(ended.exit_code == 10);
    CHECK(ended.output.find(file + ":2:") == 0);
  }
  SECTION("a data directory that others may read") {
    ::mkdir((directory.path() + "/state").c_str(), 0755);
    std::ofstream{file} << R"({"node": {"data_directory": ")"
                        << directory.path() << R"(/state", "socket": ")"
                        << directory.path() << R"(/a.sock"}})";
    const auto ended = run_node({"--config", file});
    CHECK(ended.exit_code == 12);
    CHECK(ended.output.find("chmod 0700") != std::string::npos);
  }
  SECTION("a cluster for a node that began alone") {
    {
      const real_node alone{node_text(own_tenant("[]"))};
      const auto founding = alone.directory() + "/state/founding";
      // It listens before it has written that.
      REQUIRE(eventually([&] { return std::filesystem::exists(founding); }));
      std::filesystem::copy(founding, directory.path() + "/founding");
    }
    std::filesystem::create_directory(directory.path() + "/state");
    ::chmod((directory.path() + "/state").c_str(), 0700);
    std::filesystem::rename(directory.path() + "/founding",
                            directory.path() + "/state/founding");
    std::ofstream{file}
      << R"({"cluster": {"name": "prod", "bind": "127.0.0.1:7000",)"
         R"( "transport": "insecure-loopback"}, "node": {"data_directory": ")"
      << directory.path() << R"(/state", "socket": ")" << directory.path()
      << R"(/a.sock"}})";
    const auto ended = run_node({"--config", file});
    CHECK(ended.exit_code == 12);
    CHECK(ended.output.find("of a node alone") != std::string::npos);
  }
}

TEST_CASE("help, version, default and effective configuration are printed",
          "[process][node]") {
  const temporary_directory directory;
  const auto file = directory.path() + "/node.json";

  CHECK(run_node({"--help"}).output.find("Exit codes") != std::string::npos);
  CHECK(run_node({"--version"}).output.find("holdfast-node ") == 0);
  const auto printed = run_node({"--print-default"});
  std::ofstream{file} << printed.output;
  const auto effective = run_node({"--config", file, "--print-effective"});

  CHECK(printed.exit_code == 0);
  CHECK(effective.exit_code == 0);
  CHECK(effective.output.find("shutdown") == std::string::npos);
  CHECK(effective.output.find("lease") != std::string::npos);
}

TEST_CASE("a second node is refused and the first goes on", "[process][node]") {
  real_node first{node_text(own_tenant(one_region))};
  const auto file = first.directory() + "/second.json";

  SECTION("on the same data directory") {
    std::ofstream{file} << R"({"node": {"data_directory": ")"
                        << first.directory() << R"(/state", "socket": ")"
                        << first.directory() << R"(/run/other.sock"}})";
  }
  SECTION("on the same socket") {
    std::ofstream{file} << R"({"node": {"data_directory": ")"
                        << first.directory() << R"(/other", "socket": ")"
                        << first.directory() << R"(/run/attach.sock"}})";
  }
  const auto ended = run_node({"--config", file});

  CHECK(ended.exit_code == 11);
  CHECK(ended.output.find("process " + std::to_string(first.pid()))
        != std::string::npos);
  CHECK(connect(first).call("status"));
}

TEST_CASE("a reader of a frozen node is told how stale its values are",
          "[process][node]") {
  real_node node{
    node_text(own_tenant(one_region),
              R"("lease": {"duration": "300ms", "renewal": "100ms"}, )")};
  const auto client = connect(node);
  const auto region = attach(client, shm::access::read);
  REQUIRE(region.freshness_now().kind == shm::freshness_kind::fresh);

  node.freeze();

  REQUIRE(eventually(
    [&] { return region.freshness_now().kind == shm::freshness_kind::stale; }));
  CHECK(region.freshness_now().age > 0ns);

  node.thaw();

  CHECK(eventually(
    [&] { return region.freshness_now().kind == shm::freshness_kind::fresh; }));
}

TEST_CASE("the lock of a killed client is freed while a writer waits",
          "[process][node]") {
  real_node node{node_text(own_tenant(one_region))};
  const auto client = connect(node);
  const auto bid = bid_of(attach(client));
  lock_holder holder{node};
  REQUIRE(bid.store(1.0).has_error()); // contended: the holder lives

  const auto begin = std::chrono::steady_clock::now();
  holder.kill();
  const auto stored = bid.store(2.0);
  const auto waited = std::chrono::steady_clock::now() - begin;

  CHECK(stored);
  std::cout << "a dead client's lock was freed after " << waited / 1us
            << " us\n";
  CHECK(eventually(
    [&] { return node.log().find("freed the locks") != std::string::npos; }));
}

TEST_CASE("what was stored is committed soon after", "[process][node]") {
  real_node node{node_text(own_tenant(one_region))};
  const auto client = connect(node);
  const auto bid = bid_of(attach(client));

  for (int i = 1; i <= 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto version = bid.store(i);
    REQUIRE(version);
    REQUIRE(eventually(
      [&] { return bid.committed_version() == version.assume_value(); }));
    std::cout << "committed after "
              << (std::chrono::steady_clock::now() - begin) / 1us << " us\n";
    std::this_thread::sleep_for(50ms); // until the doorbell is armed again
  }
}

TEST_CASE("a node that was killed starts again at once", "[process][node]") {
  real_node node{node_text(own_tenant(one_region))};

  for (int i = 0; i < 5; ++i) {
    const auto client = connect(node);
    const auto region = attach(client);
    REQUIRE(bid_of(region).store(i));
    node.kill();
    REQUIRE_FALSE(client.alive());
    node.restart();
  }

  CHECK(connect(node).call("status"));
  CHECK(node.stop() == 0);
}

TEST_CASE("sessions leave nothing behind and no port is opened",
          "[process][node]") {
  real_node node{node_text(own_tenant(one_region))};
  const auto folder = "/proc/" + std::to_string(node.pid()) + "/fd";
  if (::access(folder.c_str(), R_OK) != 0)
    return; // the node hides its descriptors from all but root
  // A node listens before it makes its regions, whose memory objects are
  // descriptors too. Who was served knows that they are all there.
  const auto first = connect(node);
  REQUIRE(first.call("status"));
  const auto before = targets_in(folder);

  for (int i = 0; i < 20; ++i)
    attach(connect(node));

  CHECK(eventually([&] { return targets_in(folder) == before; }));
  for (const auto& port : inodes_of_ports())
    CHECK(targets_in(folder).count("socket:[" + port + "]") == 0);
}
