// A node that is killed again and again starts again each time, and leaves
// nothing behind but what it needs.
#include "tests/process/child.hpp"
#include "tests/process/kill_scene.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

constexpr int restarts = 200;

std::set<std::string> entries_of(const std::string& directory) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator{directory, ignored})
    names.insert(entry.path().lexically_relative(directory).string());
  return names;
}

// Others use that folder, too: what is ours would say so.
std::set<std::string> ours_in_shm() {
  auto names = entries_of("/dev/shm");
  std::erase_if(names, [](const auto& name) {
    return name.find("holdfast") == std::string::npos;
  });
  return names;
}

// Of all processes those that run a node for this directory.
int nodes_for(const std::string& directory) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    std::ifstream in{entry.path() / "cmdline"};
    const std::string line{std::istreambuf_iterator<char>{in}, {}};
    count += line.find(directory) != std::string::npos
             && line.find("holdfast-node") != std::string::npos;
  }
  return count;
}

std::size_t descriptors_of(pid_t pid) {
  const auto path = "/proc/" + std::to_string(pid) + "/fd";
  std::error_code failed;
  const std::filesystem::directory_iterator all{path, failed};
  // A node hides its own from everybody but root.
  return failed ? 0
                : static_cast<std::size_t>(std::distance(
                  begin(all), std::filesystem::directory_iterator{}));
}

// What a program sees that keeps reading across the deaths of its node.
struct reader_report {
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint64_t> attached{0};  // how often it attached anew
  std::atomic<std::uint64_t> not_fresh{0}; // readings marked stale or orphaned
};

// Reads the memory it has for as long as the node does not hang up, and after
// that until there is a node again.
[[noreturn]] void read_across_restarts(const std::string& socket,
                                       reader_report& seen) {
  std::optional<kill_scene> scene;
  for (;;) {
    try {
      scene = kill_scene{socket, shm::access::read};
      ++seen.attached;
    } catch (const std::exception&) {
      // No node: the memory of the last one is still there.
    }
    do {
      for (int i = 0; scene && i < 100; ++i) {
        const auto read = scene->small_.read();
        ++seen.reads;
        if (!read) {
          seen.wrong += read.assume_error() != shm::errc::no_value;
          continue;
        }
        seen.wrong += !read.assume_value().value.whole();
        seen.not_fresh += read.assume_value().freshness_at().kind
                          != shm::freshness_kind::fresh;
      }
      std::this_thread::sleep_for(100us);
    } while (scene && scene->node_alive());
  }
}

class restarted_node {
public:
  void store(std::uint64_t number) {
    kill_scene writer{node.socket(), shm::access::write};
    writer.prepare(store_kind::small, number);
    REQUIRE(writer.store_prepared(store_kind::small) == shm::errc::ok);
  }

  bool reader_came_along(std::uint64_t attached_before) const {
    const auto along
      = [&] { return reader->attached.load() > attached_before; };
    return eventually(along, 5s);
  }

  real_node node{kill_scene_config()};
  shared<reader_report> reader;

private:
  child reader_{[this] { read_across_restarts(node.socket(), *reader); }};
};

} // namespace

TEST_CASE("a node that is killed over and over starts again each time",
          "[process][restart]") {
  restarted_node test;
  REQUIRE(test.reader_came_along(0));
  test.store(1);
  const auto in_shm = ours_in_shm();
  const auto in_run = entries_of(test.node.directory() + "/run");
  const auto in_state = entries_of(test.node.directory() + "/state");
  const auto descriptors = descriptors_of(test.node.pid());
  double slowest = 0;

  for (int i = 0; i < restarts; ++i) {
    const auto attached = test.reader->attached.load();
    if (i % 4 == 3)
      test.node.freeze();
    test.node.kill();
    const auto reads = test.reader->reads.load();
    REQUIRE(eventually([&] { return test.reader->reads.load() > reads; }, 5s));
    const auto began = clock_type::now();
    REQUIRE_NOTHROW(test.node.restart());
    slowest = std::max(
      slowest,
      std::chrono::duration<double>(clock_type::now() - began).count());
    REQUIRE(test.reader_came_along(attached));
    test.store(static_cast<std::uint64_t>(i) + 2);
  }

  std::printf("%d restarts, slowest %.3f s; the reader attached %llu times, "
              "read %llu values\n",
              restarts, slowest,
              static_cast<unsigned long long>(test.reader->attached.load()),
              static_cast<unsigned long long>(test.reader->reads.load()));
  CHECK(test.reader->wrong.load() == 0);
  CHECK(ours_in_shm() == in_shm);
  CHECK(entries_of(test.node.directory() + "/run") == in_run);
  CHECK(entries_of(test.node.directory() + "/state") == in_state);
  CHECK(nodes_for(test.node.directory()) == 1);
  CHECK(eventually(
    [&] { return descriptors_of(test.node.pid()) <= descriptors + 2; }, 5s));
}

TEST_CASE("who reads memory of a dead node is told so, and attaches again",
          "[process][restart]") {
  real_node node{kill_scene_config()};
  std::optional<kill_scene> writer{std::in_place, node.socket(),
                                   shm::access::write};
  writer->prepare(store_kind::small, 1);
  REQUIRE(writer->store_prepared(store_kind::small) == shm::errc::ok);
  const kill_scene before{node.socket(), shm::access::read};
  const auto freshness = [&before] {
    return before.small_.read().assume_value().freshness_at().kind;
  };
  CHECK(freshness() == shm::freshness_kind::fresh);

  const bool frozen_first = GENERATE(false, true);
  if (frozen_first)
    node.freeze();
  else
    node.kill();

  // The lease runs out within its duration.
  CHECK(
    eventually([&] { return freshness() != shm::freshness_kind::fresh; }, 5s));
  CHECK(before.small_.read().assume_value().value == small_value::of(1));
  if (frozen_first)
    node.kill();
  node.restart();
  writer.emplace(node.socket(), shm::access::write);
  writer->prepare(store_kind::small, 2);
  REQUIRE(writer->store_prepared(store_kind::small) == shm::errc::ok);
  const kill_scene after{node.socket(), shm::access::read};
  CHECK(after.small_.read().assume_value().value == small_value::of(2));
  CHECK(after.small_.read().assume_value().freshness_at().kind
        == shm::freshness_kind::fresh);
  CHECK(before.small_.read().assume_value().value == small_value::of(1));
}
