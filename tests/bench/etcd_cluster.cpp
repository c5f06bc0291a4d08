#include "tests/bench/etcd_cluster.hpp"

#include "apps/processes/free_ports.hpp"
#include "tests/bench/grpc_line.hpp"
#include "tests/bench/protobuf_fields.hpp"
#include "tests/bench/server.hpp"

#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace holdfast::bench {

#ifdef HOLDFAST_WITH_NGHTTP2

namespace {

// Where Debian and others install it; the search path is not asked, since
// figures should not depend on it.
const char* etcd_program() {
  for (const char* path : {"/usr/bin/etcd", "/usr/local/bin/etcd"})
    if (::access(path, X_OK) == 0)
      return path;
  return nullptr;
}

// Puts 64 bytes under a key of its own: the smallest thing that etcd decides.
class etcd_decider final : public decider {
public:
  etcd_decider(std::uint16_t port, std::string_view key) : line_{port} {
    put_bytes(request_, 1, key);
    put_bytes(request_, 2, std::string(64, 'x'));
  }

  int socket() const override {
    return line_.socket();
  }

  bool ask() override {
    return line_.begin("/etcdserverpb.KV/Put", request_);
  }

  answer take() override {
    const auto got = line_.take();
    if (!got)
      return answer::none;
    if (got->status < 0)
      return answer::broken;
    return got->status == 0 ? answer::accepted : answer::refused;
  }

private:
  grpc_line line_;
  std::string request_;
};

std::string url(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

std::string name_of(std::size_t member) {
  return "m" + std::to_string(member + 1);
}

class etcd_cluster final : public consensus_cluster {
public:
  etcd_cluster(std::string directory, std::vector<std::string> more)
    : directory_{std::move(directory)},
      more_{std::move(more)},
      ports_{processes::free_ports(2 * members)} {
    for (std::size_t member = 0; member < members; ++member)
      servers_.push_back(std::make_unique<server>(
        arguments_of(member), directory_ + "/" + name_of(member) + ".log"));
  }

  std::unique_ptr<decider> connect(std::size_t member) override {
    return std::make_unique<etcd_decider>(
      client_port(member), "bench/" + std::to_string(clients_++ % keys_max));
  }

  std::optional<std::size_t> settled_leader() override {
    std::vector<std::uint64_t> ids;
    std::uint64_t leader = 0;
    for (std::size_t member = 0; member < members; ++member) {
      const auto told = status(member);
      if (!told || told->leader == 0 || (member > 0 && told->leader != leader))
        return std::nullopt;
      leader = told->leader;
      ids.push_back(told->id);
    }
    for (std::size_t member = 0; member < members; ++member)
      if (ids[member] == leader)
        return member;
    return std::nullopt;
  }

  void kill(std::size_t member) override {
    servers_[member]->kill();
  }

  void restart(std::size_t member) override {
    servers_[member]->start();
  }

  void freeze(std::size_t member) override {
    servers_[member]->freeze();
  }

  void thaw(std::size_t member) override {
    servers_[member]->thaw();
  }

private:
  static constexpr std::size_t keys_max = 1024;

  struct status_told {
    std::uint64_t id = 0, leader = 0;
  };

  std::uint16_t client_port(std::size_t member) const {
    return ports_[member];
  }

  std::uint16_t peer_port(std::size_t member) const {
    return ports_[members + member];
  }

  std::optional<status_told> status(std::size_t member) const {
    try {
      grpc_line line{client_port(member)};
      const auto got = call(line, "/etcdserverpb.Maintenance/Status", {}, 1000);
      if (!got || got->status != 0)
        return std::nullopt;
      return status_told{number_in(bytes_in(got->message, 1), 2),
                         number_in(got->message, 4)};
    } catch (const std::runtime_error&) {
      return std::nullopt; // it is not up yet
    }
  }

  std::vector<std::string> arguments_of(std::size_t member) const {
    std::string all;
    for (std::size_t each = 0; each < members; ++each)
      all += (each > 0 ? "," : "") + name_of(each) + "=" + url(peer_port(each));
    std::vector<std::string> made{etcd_program(),
                                  "--name",
                                  name_of(member),
                                  "--data-dir",
                                  directory_ + "/" + name_of(member),
                                  "--listen-client-urls",
                                  url(client_port(member)),
                                  "--advertise-client-urls",
                                  url(client_port(member)),
                                  "--listen-peer-urls",
                                  url(peer_port(member)),
                                  "--initial-advertise-peer-urls",
                                  url(peer_port(member)),
                                  "--initial-cluster",
                                  all,
                                  "--initial-cluster-state",
                                  "new"};
    made.insert(made.end(), more_.begin(), more_.end());
    return made;
  }

  std::string directory_;
  std::vector<std::string> more_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<server>> servers_;
  std::size_t clients_ = 0;
};

} // namespace

std::string why_no_etcd() {
  return etcd_program() == nullptr ? "etcd is not installed" : "";
}

std::unique_ptr<consensus_cluster>
make_etcd_cluster(std::string directory, std::vector<std::string> more) {
  return std::make_unique<etcd_cluster>(std::move(directory), std::move(more));
}

#else

std::string why_no_etcd() {
  return "built without nghttp2";
}

std::unique_ptr<consensus_cluster> make_etcd_cluster(std::string,
                                                     std::vector<std::string>) {
  throw std::logic_error{why_no_etcd()};
}

#endif

} // namespace holdfast::bench
