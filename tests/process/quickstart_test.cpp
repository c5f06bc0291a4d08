// The tour and the tutorial, run as a newcomer runs them.
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace holdfast::test;

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "." : value;
}

std::string program(const std::string& name) {
  return setting("HOLDFAST_BIN_DIR") + "/" + name;
}

/// Runs a command to its end, with both outputs as one.
program_end run(const std::string& command) {
  program_end end;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char block[4096];
  for (std::size_t n = 0; (n = ::fread(block, 1, sizeof block, pipe)) > 0;)
    end.output.append(block, n);
  const int status = ::pclose(pipe);
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return end;
}

/// Prices in the form of the real series, and lines that are none.
std::string write_prices(const temporary_directory& directory) {
  const auto path = directory.path() + "/prices.csv";
  std::ofstream file{path};
  file << "symbol,date,price\n"
          "IBM,Jan 1 2000,100.52\nIBM,Feb 1 2000,92.11\n"
          "AAPL,Jan 1 2000,25.94\r\nAAPL,Feb 1 2000,28.66\n"
          "AAPL,Mar 1 2000,\nno price at all\nAAPL,Mur 1 2000,5\n"
          "TOOLONGANAME,Mar 1 2000,5\nAAPL,Mar 1 2000,-5\n";
  return path;
}

/// The tutorial's configuration, for this user and a directory of the test's.
std::string tutorial_text() {
  std::ifstream file{setting("HOLDFAST_SOURCE_DIR")
                     + "/apps/examples/getting-started.json"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto replace = [&](std::string from, const std::string& to) {
    auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    for (; at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  };
  replace("/tmp/holdfast-tutorial", "@dir@");
  replace("\"uid\": 1000", "\"uid\": " + std::to_string(::geteuid()));
  return text;
}

} // namespace

TEST_CASE("the quickstart shows one screen and every claim holds",
          "[process][quickstart]") {
  const temporary_directory directory;
  const auto prices = write_prices(directory);

  const auto end
    = run(program("holdfast-quickstart") + " --short --prices " + prices);

  INFO(end.output);
  CHECK(end.exit_code == 0);
  for (const auto* part : {"4 prices of 2 symbols (prices.csv)",
                           "ticks/s",
                           "reads/s",
                           "processors",
                           "read, no system call",
                           "store, no system call",
                           "sleeping reader wakes",
                           "kill -9 for 40 writers",
                           " 0 torn, 0 half",
                           "region",
                           "no_such_region",
                           "no_right",
                           "mprotect EACCES",
                           "Three nodes, one cluster: a leader after",
                           "the next decision",
                           "started again, node 1 led",
                           "price was flushed",
                           " 0 missing",
                           "reader at node 1: ",
                           "now stale",
                           "reader at node 3: ",
                           "now fresh",
                           "caf-shell cluster why live",
                           "move_home: node 1 is down",
                           "All 18 claims held."})
    CHECK_THAT(end.output, Catch::Contains(part));
  CHECK_THAT(end.output, !Catch::Contains("not measured"));
  std::istringstream lines{end.output};
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    CHECK(line.size() <= 100);
  CHECK(count <= 40);
}

TEST_CASE("the quickstart says what is missing", "[process][quickstart]") {
  const temporary_directory directory;
  const auto prices = write_prices(directory);
  const auto alone = directory.path() + "/holdfast-quickstart";
  std::filesystem::copy_file(program("holdfast-quickstart"), alone);

  const auto without_node = run(alone + " --short --prices " + prices);
  const auto without_prices = run(program("holdfast-quickstart")
                                  + " --short --prices " + prices + ".gone");
  const auto empty
    = run(program("holdfast-quickstart") + " --short --prices /dev/null");
  const auto nothing = run(program("holdfast-quickstart"));

  CHECK(without_node.exit_code == 2);
  CHECK_THAT(without_node.output, Catch::Contains("holdfast-node"));
  CHECK(without_prices.exit_code == 2);
  CHECK_THAT(without_prices.output, Catch::Contains("prices.csv.gone"));
  CHECK(empty.exit_code == 2);
  CHECK_THAT(empty.output, Catch::Contains("symbol,date,price"));
  CHECK(nothing.exit_code == 2);
  CHECK_THAT(nothing.output, Catch::Contains("--prices"));
}

TEST_CASE("the tutorial's programs do what its page says",
          "[process][quickstart]") {
  const real_node node{tutorial_text()};
  const auto example = [&](const std::string& name) {
    return run(program(name) + " " + node.socket());
  };

  const auto hello = example("01_hello");
  const auto watch = example("02_watch");
  const auto count = example("03_counter");
  const auto group = example("04_group");

  CHECK(hello.exit_code == 0);
  CHECK(hello.output
        == "node node-1 knows us as me\ntemperature is 21.5\n"
           "version as stored or newer, fresh\n");
  CHECK(watch.exit_code == 0);
  CHECK_THAT(watch.output, Catch::EndsWith("it is 25 degrees now\n"));
  CHECK(count.exit_code == 0);
  CHECK(count.output == "4 writers made 4000 visits\n");
  CHECK(group.exit_code == 0);
  CHECK(group.output == "10001 snapshots, each whole\n");
}

TEST_CASE("a tutorial program says what is wrong without a node",
          "[process][quickstart]") {
  const auto end = run(program("01_hello") + " /nowhere/attach.sock");

  CHECK(end.exit_code == 1);
  CHECK_THAT(end.output, Catch::Contains("/nowhere/attach.sock"));
}
