#include "tests/bench/redis_servers.hpp"

#include "apps/processes/free_ports.hpp"
#include "tests/bench/redis_line.hpp"
#include "tests/bench/server.hpp"
#include "tests/support/real_node.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> arguments_of(const std::string& directory,
                                      std::uint16_t port, std::uint16_t of) {
  const auto name = std::to_string(port);
  std::vector<std::string> made{installed_program("redis-server"),
                                "--port",
                                name,
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--appendonly",
                                "no",
                                "--dir",
                                directory,
                                "--dbfilename",
                                name + ".rdb",
                                "--repl-diskless-sync",
                                "yes",
                                "--repl-diskless-sync-delay",
                                "0"};
  if (of != 0)
    made.insert(made.end(), {"--replicaof", "127.0.0.1 " + std::to_string(of)});
  return made;
}

/// A member of what "INFO replication" tells; empty: it does not answer.
std::string told_by(std::uint16_t port, const std::string& member) {
  try {
    redis_line line{port};
    const auto told = line.ask({"INFO", "replication"});
    const auto at = told.find("\n" + member + ":");
    if (at == std::string::npos)
      return {};
    const auto from = at + member.size() + 2;
    return told.substr(from, told.find('\r', from) - from);
  } catch (const std::runtime_error&) {
    return {};
  }
}

} // namespace

std::string why_no_redis() {
  return installed_program("redis-server").empty()
           ? "redis-server is not installed"
           : "";
}

std::string why_no_sentinel() {
  return installed_program("redis-sentinel").empty()
           ? "redis-sentinel is not installed"
           : why_no_redis();
}

redis_servers::redis_servers(std::string directory, std::size_t replicas)
  : ports_{processes::free_ports(replicas + 1)} {
  for (std::size_t i = 0; i <= replicas; ++i)
    servers_.push_back(std::make_unique<server>(
      arguments_of(directory, ports_[i], i == 0 ? 0 : ports_[0]),
      directory + "/redis" + std::to_string(i) + ".log"));
  const auto linked = [&] {
    for (std::size_t i = 1; i <= replicas; ++i)
      if (told_by(ports_[i], "master_link_status") != "up")
        return false;
    return told_by(ports_[0], "connected_slaves") == std::to_string(replicas);
  };
  if (!test::eventually(linked, 20s))
    throw std::runtime_error{"Redis does not come up"};
}

redis_servers::~redis_servers() = default;

namespace {

class sentinel_cluster final : public consensus_cluster {
public:
  explicit sentinel_cluster(const std::string& directory)
    : servers_{directory, members - 1}, ports_{processes::free_ports(members)} {
    for (const auto port : ports_) {
      const auto own = directory + "/sentinel" + std::to_string(port);
      std::filesystem::create_directory(own);
      std::ofstream{own + "/conf"}
        << "port " << port << "\nbind 127.0.0.1\ndir " << own
        << "\nsentinel monitor bench 127.0.0.1 " << servers_.port(0)
        << " 2\nsentinel down-after-milliseconds bench 1000"
           "\nsentinel failover-timeout bench 3000"
           "\nsentinel parallel-syncs bench 2\n";
      sentinels_.push_back(std::make_unique<server>(
        std::vector<std::string>{installed_program("redis-sentinel"),
                                 own + "/conf"},
        own + "/log"));
    }
  }

  std::unique_ptr<decider> connect(std::size_t member) override {
    return make_redis_decider(servers_.port(member), "bench", 0);
  }

  bool any_decides() const override {
    return false;
  }

  // One alone that is written to, followed by both others, and known as that to
  // all Sentinels, who know each other: else two may be written to.
  std::optional<std::size_t> settled_leader() override {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < members; ++i) {
      const auto role = told_by(servers_.port(i), "role");
      if (role.empty())
        return std::nullopt;
      if (role == "master") {
        if (found || told_by(servers_.port(i), "connected_slaves") != "2")
          return std::nullopt;
        found = i;
      } else if (told_by(servers_.port(i), "master_link_status") != "up") {
        return std::nullopt;
      }
    }
    if (found)
      for (const auto port : ports_)
        if (!knows(port, servers_.port(*found)))
          return std::nullopt;
    return found;
  }

  void kill(std::size_t member) override {
    servers_.at(member).kill();
  }

  void restart(std::size_t member) override {
    servers_.at(member).start();
  }

  void freeze(std::size_t member) override {
    servers_.at(member).freeze();
  }

  void thaw(std::size_t member) override {
    servers_.at(member).thaw();
  }

private:
  static bool knows(std::uint16_t sentinel, std::uint16_t leader) {
    try {
      redis_line line{sentinel};
      const auto told = line.ask({"INFO", "sentinel"});
      return told.find("status=ok,address=127.0.0.1:" + std::to_string(leader)
                       + ",slaves=2,sentinels=3")
             != std::string::npos;
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  redis_servers servers_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<server>> sentinels_;
};

} // namespace

std::unique_ptr<consensus_cluster>
make_sentinel_cluster(std::string directory) {
  return std::make_unique<sentinel_cluster>(directory);
}

} // namespace holdfast::bench
