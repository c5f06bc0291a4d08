#include "runtime/discovery_directory.hpp"

#include "runtime/instance_file.hpp"
#include "shm/clock.hpp"
#include "tests/process/child.hpp"
#include "tests/runtime/issued_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using runtime::discovery_directory;
using std::chrono::nanoseconds;

namespace {

nanoseconds boot_now() {
  return shm::boot_clock::now().time_since_epoch();
}

struct shared_directory {
  temporary_directory directory;
  std::vector<std::string> lines;
  std::vector<std::uint64_t> asked;

  runtime::discovery_directory_options options(std::uint64_t node) {
    return {
      directory.path(),
      node,
      "prod",
      "127.0.0.1:" + std::to_string(7700 + node),
      "0.1.0",
      "start-" + std::to_string(node),
      {5s, 2s},
      [this](actors::log_level, std::string_view what,
             const actors::log_fields& fields) {
        auto line = std::string{what};
        for (const auto& [name, value] : fields)
          line += "|" + value;
        lines.push_back(std::move(line));
      },
      [this](const rules::instance& whom) { asked.push_back(whom.node); }};
  }

  discovery_directory open(std::uint64_t node) {
    auto opened = discovery_directory::open(options(node));
    REQUIRE(opened);
    return std::move(opened).assume_value();
  }

  std::string path(std::uint64_t node) const {
    return directory.path() + "/" + runtime::instance_file_name(node);
  }

  bool has(std::uint64_t node) const {
    return ::access(path(node).c_str(), F_OK) == 0;
  }

  std::size_t lines_with(const std::string& part) const {
    return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const auto& each) {
        return each.find(part) != std::string::npos;
      }));
  }

  /// A process that puts its file there and then only exists.
  child start_process(std::uint64_t node) {
    shared<std::atomic<int>> written;
    child out{[&] {
      auto mine = discovery_directory::open(options(node));
      mine.assume_value().beat(boot_now());
      *written = 1;
      for (;;)
        ::pause();
    }};
    const auto deadline = boot_now() + 20s;
    while (*written == 0 && boot_now() < deadline)
      ::usleep(1000);
    REQUIRE(*written == 1);
    return out;
  }
};

template <class Action>
const Action* only(const std::vector<rules::discovery_action>& from) {
  const auto found = std::find_if(from.begin(), from.end(), [](const auto& a) {
    return std::holds_alternative<Action>(a);
  });
  return found == from.end() ? nullptr : &std::get<Action>(*found);
}

rules::instance some_instance() {
  return {7,   "prod", "10.0.0.1:7700", "0.1.0", "abc", 4242,
          100, 1,      "a-boot",        3,       5ns};
}

} // namespace

TEST_CASE("what is written can be read", "[runtime][discovery]") {
  const auto from = some_instance();

  const auto read = runtime::instance_in(runtime::text_of(from));

  REQUIRE(read);
  CHECK(read.assume_value() == from);
  CHECK(runtime::node_in_file_name(runtime::instance_file_name(7)) == 7U);
  for (const auto* wrong :
       {"instance__info.json", "instance_07_info.json", "instance_0_info.json",
        "instance_-1_info.json", "instance_1_info.json.new",
        "instance_99999999999_info.json", ".instance_1_info.json", ""})
    CHECK_FALSE(runtime::node_in_file_name(wrong));
}

TEST_CASE("a file with one wrong member says which", "[runtime][discovery]") {
  const auto text = runtime::text_of(some_instance());
  const auto with = [&](const std::string& old, const std::string& now) {
    auto changed = text;
    const auto at = changed.find(old);
    REQUIRE(at != std::string::npos);
    changed.replace(at, old.size(), now);
    const auto read = runtime::instance_in(changed);
    REQUIRE_FALSE(read);
    return read.assume_error().detail;
  };

  CHECK(with("\"pid\":4242", "\"pid\":-1") == "'pid' is no number");
  CHECK(with("\"pid\":4242", "\"pid\":0") == "'pid' is out of its range");
  CHECK(with("\"pid\":4242", "\"pid\":4294967296")
        == "'pid' is out of its range");
  CHECK(with("\"prod\"", "\"a\\nb\"")
        == "'cluster' is empty, too long or not printable");
  CHECK(with("10.0.0.1:7700", "10.0.0.1") == "'address' is not host:port");
  CHECK(with("\"format\":1", "\"format\":2") == "'format' is out of its range");
  CHECK(with("\"beat\":3,", "") == "'beat' is no number");
}

TEST_CASE_METHOD(shared_directory, "two nodes of a host find each other",
                 "[runtime][discovery]") {
  auto first = open(1);
  auto second = open(2);
  first.beat(boot_now());
  CHECK(only<rules::found_peer>(second.beat(boot_now()))->peer.node == 1);

  const auto seen = first.beat(boot_now());

  REQUIRE(only<rules::found_peer>(seen));
  CHECK(only<rules::found_peer>(seen)->peer.address == "127.0.0.1:7702");
  CHECK(first.settled());
  CHECK(lines.empty());
}

TEST_CASE_METHOD(shared_directory, "a node that ends takes its file with it",
                 "[runtime][discovery]") {
  auto first = open(1);
  {
    auto second = open(2);
    second.beat(boot_now());
    first.beat(boot_now());
    CHECK(has(2));
  }

  CHECK_FALSE(has(2));
  CHECK(only<rules::lost_peer>(first.beat(boot_now())));
}

TEST_CASE_METHOD(shared_directory, "a killed process's file is cleaned away",
                 "[runtime][discovery]") {
  auto process = start_process(2);
  auto first = open(1);
  CHECK(only<rules::found_peer>(first.beat(boot_now())));
  CHECK(has(2));

  SECTION("once it is buried") {
    process.kill();
  }
  SECTION("while it is a zombie") {
    process.signal_kill();
    siginfo_t ended{};
    ::waitid(P_PID, static_cast<id_t>(process.pid()), &ended,
             WEXITED | WNOWAIT);
  }

  CHECK(only<rules::lost_peer>(first.beat(boot_now())));
  CHECK_FALSE(has(2));
  CHECK(lines_with("removed a stale file") == 1);
}

TEST_CASE_METHOD(shared_directory, "a live process's file is left alone",
                 "[runtime][discovery]") {
  const auto process = start_process(2);
  auto first = open(1);

  const auto start = boot_now();
  for (const auto later : {0s, 10s, 20s, 3600s})
    first.beat(start + later);

  CHECK(has(2));
  CHECK(asked == std::vector<std::uint64_t>{2});
}

TEST_CASE_METHOD(shared_directory,
                 "a pid that another process has got is no sign of life",
                 "[runtime][discovery]") {
  const auto process = start_process(2);
  auto first = open(1);
  auto there = runtime::instance_in(read_text(path(2))).assume_value();

  ++there.process_started;
  write_text(path(2), runtime::text_of(there));
  first.beat(boot_now());

  CHECK_FALSE(has(2));
}

TEST_CASE_METHOD(shared_directory, "the second process with an id must stop",
                 "[runtime][discovery]") {
  const auto process = start_process(1);
  const auto before = read_text(path(1));
  auto late = options(1);
  late.incarnation = "another";
  auto opened = discovery_directory::open(std::move(late));
  REQUIRE(opened);

  const auto out = opened.assume_value().beat(boot_now());

  REQUIRE(only<rules::stop_duplicate>(out));
  const auto message
    = runtime::message_of(*only<rules::stop_duplicate>(out), "prod");
  CHECK(message
        == "process " + std::to_string(process.pid())
             + " at 127.0.0.1:7701 already is node 1 of cluster 'prod'; stop "
               "it, or give this node another node.id");
  CHECK(read_text(path(1)) == before);
}

TEST_CASE_METHOD(shared_directory, "a killed node's successor takes its place",
                 "[runtime][discovery]") {
  auto process = start_process(1);
  process.kill();
  REQUIRE(has(1));
  auto next = open(1);

  next.beat(boot_now());
  const auto out = next.beat(boot_now());

  CHECK(out.empty());
  CHECK(next.settled());
}

TEST_CASE_METHOD(shared_directory,
                 "whatever lies there is skipped with one line each",
                 "[runtime][discovery]") {
  auto first = open(1);
  const auto good = runtime::text_of(some_instance());
  write_text(path(2), "garbage");
  write_text(path(3), good.substr(0, good.size() / 2));
  write_text(path(4), std::string(1 << 20, '['));
  write_text(path(5), std::string(4000, '['));
  write_text(path(6), std::string{"\0\xff\xfe\x01", 4});
  write_text(path(8), good); // speaks of node 7
  REQUIRE(::symlink("/etc/passwd", path(9).c_str()) == 0);
  REQUIRE(::mkfifo(path(10).c_str(), 0666) == 0);
  REQUIRE(::mkdir(path(11).c_str(), 0777) == 0);
  auto foreign = some_instance();
  foreign.cluster = "test";
  write_text(path(7), runtime::text_of(foreign));
  write_text(directory.path() + "/README", "not ours");

  for (int i = 0; i < 3; ++i)
    CHECK(first.beat(boot_now()).empty());

  CHECK(first.settled());
  CHECK(lines_with("skipped a file") == config::discovery_complaints_max);
  CHECK(lines_with("skipped more files of the discovery directory|2") == 1);
  CHECK(lines.size() == config::discovery_complaints_max + 1);
  for (const std::uint64_t node : {2, 3, 4, 5, 6, 7, 8, 10, 11})
    CHECK(has(node));
}

TEST_CASE_METHOD(shared_directory, "hostile files in the way are replaced",
                 "[runtime][discovery]") {
  const auto kept = directory.path() + "/kept";
  write_text(kept, "kept");
  REQUIRE(::symlink(kept.c_str(), path(1).c_str()) == 0);
  const auto draft = directory.path() + "/.instance_1_info.json.new";
  REQUIRE(::symlink(kept.c_str(), draft.c_str()) == 0);
  auto first = open(1);

  first.beat(boot_now());
  first.beat(boot_now());

  CHECK(first.settled());
  CHECK(read_text(kept) == "kept");
}

TEST_CASE_METHOD(shared_directory, "a name that cannot be taken is told once",
                 "[runtime][discovery]") {
  REQUIRE(::mkdir(path(1).c_str(), 0700) == 0);
  auto first = open(1);

  for (int i = 0; i < 3; ++i)
    first.beat(boot_now());

  CHECK_FALSE(first.settled());
  CHECK(lines_with("cannot write this node's file") == 1);
}

TEST_CASE_METHOD(shared_directory, "a directory that others own is refused",
                 "[runtime][discovery]") {
  const auto refusal = [this] {
    const auto opened = discovery_directory::open(options(1));
    REQUIRE_FALSE(opened);
    return opened.assume_error().detail;
  };

  ::chmod(directory.path().c_str(), 0777);
  CHECK(refusal().find("everybody may replace files") == 0);

  ::chmod(directory.path().c_str(), 01777);
  CHECK(discovery_directory::open(options(1)));
  CHECK(lines_with("everybody may put files") == 1);

  if (::geteuid() == 0) {
    REQUIRE(::chown(directory.path().c_str(), 54321, 0) == 0);
    CHECK(refusal().find("belongs to user 54321") != std::string::npos);
  }
}

TEST_CASE_METHOD(shared_directory, "a link to a directory is not followed",
                 "[runtime][discovery]") {
  const temporary_directory elsewhere;
  const auto link = directory.path() + "/link";
  REQUIRE(::symlink(elsewhere.path().c_str(), link.c_str()) == 0);
  auto with = options(1);
  with.path = link;

  CHECK_FALSE(discovery_directory::open(std::move(with)));
}

TEST_CASE_METHOD(shared_directory, "files of other users are skipped",
                 "[runtime][discovery]") {
  if (::geteuid() != 0)
    return; // only root can give files away
  const auto process = start_process(2);
  REQUIRE(::chown(path(2).c_str(), 54321, 0) == 0);
  auto first = open(1);

  CHECK(first.beat(boot_now()).empty());
  CHECK(lines_with("belongs to user 54321") == 1);
}

TEST_CASE_METHOD(shared_directory, "a node that cannot be described is refused",
                 "[runtime][discovery]") {
  auto with = options(1);
  with.address = "nowhere";

  const auto opened = discovery_directory::open(std::move(with));

  REQUIRE_FALSE(opened);
  CHECK(opened.assume_error().detail.find("'address' is not host:port")
        != std::string::npos);
}
