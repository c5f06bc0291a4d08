// The torture run as a user starts it, small.
#include "apps/processes/process.hpp"
#include "apps/processes/split_network.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"
#include "tests/support/skipped.hpp"

#include <nlohmann/json.hpp>

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::string torture_program() {
  const char* folder = std::getenv("HOLDFAST_BIN_DIR");
  return (folder != nullptr ? std::string{folder} : std::string{"."})
         + "/holdfast-torture";
}

/// Everything that it makes is below a directory of the test's.
class torture_trial {
public:
  torture_trial() {
    std::filesystem::create_directory(made_in());
    ::setenv("TMPDIR", made_in().c_str(), 1);
  }

  ~torture_trial() {
    ::unsetenv("TMPDIR");
  }

  holdfast::processes::process start(std::vector<std::string> arguments) const {
    return holdfast::processes::process{{.program = torture_program(),
                                         .arguments = std::move(arguments),
                                         .output = output_file()}};
  }

  /// However busy the host is: how much is done in a second is no matter.
  int run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--json", json_file(),
                                       "--operations-per-second-min", "1"});
    auto running = start(std::move(arguments));
    return running.wait_for_end(600s).value_or(-1);
  }

  nlohmann::json result() const {
    std::ifstream in{json_file()};
    return nlohmann::json::parse(in, nullptr, false);
  }

  std::string output() const {
    return holdfast::processes::text_of_file(output_file());
  }

  bool left_something() const {
    return !std::filesystem::is_empty(made_in());
  }

  std::string made_in() const {
    return directory_.path() + "/made";
  }

private:
  std::string output_file() const {
    return directory_.path() + "/output";
  }
  std::string json_file() const {
    return directory_.path() + "/result.json";
  }

  temporary_directory directory_;
};

} // namespace

TEST_CASE("a run with one node is clean, and leaves nothing behind",
          "[process][torture]") {
  const torture_trial some;

  const auto code = some.run(
    {"--nodes", "1", "--partitions", "0", "--drains", "0", "--restarts", "1",
     "--kills", "3", "--pauses", "1", "--client-kills", "2", "--seed", "5"});

  INFO(some.output());
  CHECK(code == 0);
  const auto told = some.result();
  CHECK(told["result"] == "clean");
  CHECK(told["faults"]["kill"]["done"] == 3);
  CHECK(told["faults"]["kill"]["failovers"] == 3);
  CHECK(told["outcomes"]["final_read"]["ok"] == 8);
  CHECK_FALSE(some.left_something());
}

TEST_CASE("a run with three nodes, killed, paused and cut off, is clean",
          "[process][torture]") {
  if (const auto why = holdfast::processes::split_network::missing();
      !why.empty())
    return skip_test(why);
  const torture_trial some;

  const auto code = some.run(
    {"--nodes", "3", "--kills", "3", "--pauses", "1", "--partitions", "2",
     "--drains", "1", "--restarts", "1", "--client-kills", "1", "--seed", "3"});

  INFO(some.output());
  CHECK(code == 0);
  const auto told = some.result();
  CHECK(told["result"] == "clean");
  CHECK(told["replicas"] == 2);
  CHECK(told["node_faults"] == 8);
  CHECK(told["failovers"] >= 3);
  CHECK(told["outcomes"]["final_read"]["ok"] == 24);
  CHECK_FALSE(some.left_something());
}

TEST_CASE("a run with a full disk, and with all nodes killed at once, is clean",
          "[process][torture]") {
  const torture_trial some;

  const auto code = some.run({"--nodes",         "3", "--kills",      "1",
                              "--pauses",        "0", "--partitions", "0",
                              "--drains",        "0", "--restarts",   "0",
                              "--client-kills",  "0", "--disk-fulls", "2",
                              "--cluster-kills", "2", "--seed",       "4"});

  INFO(some.output());
  CHECK(code == 0);
  const auto told = some.result();
  CHECK(told["result"] == "clean");
  CHECK(told["durability"] == "disk");
  CHECK(told["faults"]["disk_full"]["done"] == 2);
  CHECK(told["faults"]["cluster_kill"]["failovers"] == 2);
  CHECK(told["outcomes"]["durable_flush"]["ok"] >= 20);
  CHECK(told["outcomes"]["final_read"]["ok"] == 24);
  CHECK_FALSE(some.left_something());
}

TEST_CASE("a run with too little load is void", "[process][torture]") {
  const torture_trial some;

  const auto code
    = some.run({"--nodes", "1", "--partitions", "0", "--drains", "0",
                "--restarts", "0", "--kills", "0", "--pauses", "0",
                "--client-kills", "1", "--flushes-min", "1000000"});

  INFO(some.output());
  CHECK(code == 3);
  CHECK(some.result()["result"] == "void");
  CHECK(some.output().find("void: acknowledged flushes: ")
        != std::string::npos);
}

TEST_CASE("a run that is interrupted leaves nothing behind",
          "[process][torture]") {
  const torture_trial some;
  auto running = some.start({"--nodes", "1", "--partitions", "0"});
  REQUIRE(eventually([&] { return some.left_something(); }));

  running.signal(SIGINT);

  INFO(some.output());
  CHECK(running.wait_for_end(30s) == 3);
  CHECK_FALSE(some.left_something());
}

TEST_CASE("what cannot be meant is refused", "[process][torture]") {
  const torture_trial some;

  CHECK(some.run({"--nodes", "1"}) == 2); // nobody to be cut off from
  CHECK(some.run({"--nodes", "0"}) == 2);
  CHECK(some.run({"--kills", "-1"}) == 2);
  CHECK(some.run({"--disk-fulls", "-1"}) == 2);
  CHECK(some.run({"--disk-fulls", "1", "--nodes", "2"}) == 2);
  CHECK(some.run({"--cluster-kills", "all"}) == 2);
  CHECK(some.run({"--frobnicate"}) == 2);
  CHECK_FALSE(some.left_something());
}
