#include "apps/examples/tour_node.hpp"

#include "shm/client/connection.hpp"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

/// Where the search for users without an account starts.
constexpr uid_t first_uid = 64000;

bool all_unused(uid_t first, uid_t count) {
  for (uid_t uid = first; uid < first + count; ++uid)
    if (::getpwuid(uid) != nullptr)
      return false;
  return true;
}

std::string trial_variable(const std::string& name) {
  return R"(            { "name": ")" + name
         + R"(", "type": "trial::value/1", "capacity": "1KiB" })";
}

std::string configuration(const std::string& directory, const cast& players) {
  const auto uid_of = [](const std::optional<identity>& who) {
    return who ? who->uid : ::getuid();
  };
  constexpr auto writes = R"("read", "write", "create")";
  const auto readers = [&](const std::optional<identity>& who) {
    return players.separate
             ? ",\n" + principal("reader", uid_of(who), R"("read")")
             : std::string{};
  };
  return R"({
  "node": { "name": "tour", "data_directory": ")"
         + directory + R"(/data", "socket": ")" + directory
         + R"(/run/attach.sock" },
  "tenants": [
    {
      "name": "host",
      "principals": [
)" + principal("publisher", uid_of(players.host_publisher), writes)
         + readers(players.host_reader) + R"(
      ],
      "regions": [
        { "name": "telemetry", "bytes": "4MiB" },
        { "name": "closed", "bytes": "64KiB", "variables_max": 16, "writers": "node" }
      ]
    },
    {
      "name": "market",
      "principals": [
)" + principal("publisher", uid_of(players.market_publisher), writes)
         + readers(players.market_reader) + R"(
      ],
      "regions": [
        {
          "name": "prices",
          "bytes": "1MiB",
          "variables": [
            { "name": "scratch", "type": "market::tick/1", "capacity": "64B" }
          ]
        },
        {
          "name": "trial",
          "bytes": "1MiB",
          "variables": [
)" + trial_variable("single")
         + ",\n" + trial_variable("left") + ",\n" + trial_variable("right")
         + R"(
          ]
        }
      ]
    },
    {
      "name": "stranger",
      "principals": [
)" + principal("nobody-here", uid_of(players.node) + 100, R"("read")")
         + R"(
      ],
      "regions": [{ "name": "secret", "bytes": "64KiB", "variables_max": 16 }]
    }
  ]
}
)";
}

} // namespace

std::string principal(const std::string& name, uid_t uid,
                      const std::string& rights) {
  return R"(        { "name": ")" + name + R"(", "uid": )" + std::to_string(uid)
         + R"(, "grants": [{ "regions": "*", "rights": [)" + rights + "] }] }";
}

own_directory::own_directory()
  : path_{std::filesystem::temp_directory_path() / "holdfast-XXXXXX"} {
  if (::mkdtemp(path_.data()) == nullptr)
    throw tour_failure{"cannot make a directory " + path_};
}

own_directory::~own_directory() {
  std::error_code ignored; // what cannot be removed harms nobody
  std::filesystem::remove_all(path_, ignored);
}

void own_directory::give_to(const std::optional<identity>& who) const {
  if (!who)
    return;
  const auto give = [&who](const std::string& path) {
    if (::chown(path.c_str(), who->uid, who->gid) != 0)
      throw tour_failure{"cannot give " + path + " to the node's user"};
  };
  for (const auto& file : std::filesystem::directory_iterator{path_})
    give(file.path());
  give(path_);
  std::filesystem::permissions(path_, std::filesystem::perms{0710});
}

cast cast::choose() {
  cast players;
  if (::geteuid() != 0)
    return players;
  auto first = first_uid;
  while (!all_unused(first, 5))
    first += 5;
  // All in one group, who may enter the directory of the node's socket.
  const auto who = [&](uid_t offset) {
    return identity{first + offset, first};
  };
  players.separate = true;
  players.node = who(0);
  players.host_publisher = who(1);
  players.host_reader = who(2);
  players.market_publisher = who(3);
  players.market_reader = who(4);
  return players;
}

std::string cast::text() const {
  return separate ? "uids " + std::to_string(node->uid) + " to "
                      + std::to_string(market_reader->uid)
                  : "uid " + std::to_string(::getuid()) + " alone";
}

targets targets_of(const cast& players) {
  if (players.separate)
    return {"telemetry", "market", "prices"};
  return {"closed", "stranger", "secret"};
}

tour_node::tour_node(const cast& players) {
  const auto& directory = directory_.path();
  socket_ = directory + "/run/attach.sock";
  const auto config = directory + "/node.json";
  std::ofstream{config} << configuration(directory, players);
  directory_.give_to(players.node);
  process_.emplace(launch{.program = "holdfast-node",
                          .arguments = {"--config", config},
                          .as = players.node,
                          .output_file = directory + "/log"});
  wait_until_it_answers();
}

tour_node::~tour_node() {
  if (!stopped_ && !process_->running())
    std::fprintf(stderr, "holdfast-node ended; its last words:\n%s\n",
                 last_words().c_str());
  process_.reset();
}

void tour_node::wait_until_it_answers() {
  const auto until = std::chrono::steady_clock::now() + 10s;
  for (;;) {
    client::connect_options options;
    options.socket = socket_;
    options.tenant = "stranger";
    options.client = "quickstart";
    const auto asked = client::connection::connect(options);
    // It knows no such principal: that is an answer.
    if (!asked && asked.assume_error().code == shm::errc::refused)
      break;
    if (!process_->running())
      throw tour_failure{"holdfast-node ended at once:\n" + last_words()};
    if (std::chrono::steady_clock::now() > until)
      throw tour_failure{
        "holdfast-node does not answer: "
        + (asked ? "it knows us" : asked.assume_error().message()) + "\n"
        + last_words()};
    rest(5ms);
  }
}

void tour_node::stop() {
  process_->stop();
  stopped_ = true;
}

std::string tour_node::last_words() const {
  std::ifstream file{directory_.path() + "/log"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

} // namespace holdfast::examples
