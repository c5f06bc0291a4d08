#include "tests/bench/nats_cluster.hpp"

#include "apps/processes/free_ports.hpp"
#include "tests/bench/redis_line.hpp"
#include "tests/bench/server.hpp"
#include "tests/bench/text_line.hpp"
#include "tests/support/real_node.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t members = 3;

// The protocol of NATS, as far as a client needs it that waits for each answer:
// https://docs.nats.io/reference/reference-protocols/nats-protocol
class nats_line {
public:
  explicit nats_line(std::uint16_t port) : line_{port} {
    line_.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":"
               "\"bench\",\"lang\":\"c++\",\"version\":\"1\",\"protocol\":1}"
               "\r\nSUB "
               + inbox_ + " 1\r\n");
  }

  int socket() const noexcept {
    return line_.socket();
  }

  bool publish(std::string_view subject, std::string_view payload) {
    std::string text{"PUB "};
    text += subject;
    text += ' ';
    text += inbox_;
    text += ' ';
    text += std::to_string(payload.size());
    text += "\r\n";
    text += payload;
    text += "\r\n";
    return line_.send(text);
  }

  /// The payload of the next message for us, without waiting. Throws when the
  /// server hung up.
  std::optional<std::string> take() {
    if (auto found = take_received())
      return found;
    if (!line_.receive())
      throw std::runtime_error{"NATS hung up"};
    return take_received();
  }

  std::string ask(std::string_view subject, std::string_view payload,
                  std::chrono::seconds patience) {
    publish(subject, payload);
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      if (auto found = take())
        return *found;
      if (!line_.wait_and_receive(until))
        throw std::runtime_error{"NATS does not answer"};
    }
  }

private:
  std::optional<std::string> take_received() {
    for (;;) {
      const auto came = line_.received();
      const auto end = came.find("\r\n");
      if (end == std::string_view::npos)
        return std::nullopt;
      const auto head = came.substr(0, end);
      if (!head.starts_with("MSG ")) {
        if (head.starts_with("PING"))
          line_.send("PONG\r\n");
        line_.drop(end + 2); // INFO, PONG, +OK
        continue;
      }
      const auto digits = head.substr(head.rfind(' ') + 1);
      std::size_t bytes = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
      if (came.size() < end + 2 + bytes + 2)
        return std::nullopt;
      std::string payload{came.substr(end + 2, bytes)};
      line_.drop(end + 2 + bytes + 2);
      return payload;
    }
  }

  /// Of this connection alone: else each hears the answers to all.
  static std::string new_inbox() {
    static std::uint64_t made = 0;
    return "in." + std::to_string(++made);
  }

  text_line line_;
  std::string inbox_ = new_inbox();
};

class nats_decider final : public decider {
public:
  nats_decider(std::uint16_t port, std::string key)
    : line_{port}, subject_{"$KV.bench." + std::move(key)} {
    // nop
  }

  int socket() const override {
    return line_.socket();
  }

  bool ask() override {
    return line_.publish(subject_, payload_);
  }

  answer take() override {
    try {
      const auto told = line_.take();
      if (!told)
        return answer::none;
      return told->find("\"seq\"") != std::string::npos ? answer::accepted
                                                        : answer::refused;
    } catch (const std::runtime_error&) {
      return answer::broken;
    }
  }

private:
  nats_line line_;
  std::string subject_;
  std::string payload_ = std::string(64, 'x');
};

void write_configuration(const std::string& directory, std::size_t member,
                         const std::vector<std::uint16_t>& ports) {
  std::string routes;
  for (std::size_t each = 0; each < members; ++each)
    routes += (each > 0 ? ", " : "") + std::string{"nats://127.0.0.1:"}
              + std::to_string(ports[members + each]);
  const auto name = "n" + std::to_string(member);
  std::ofstream{directory + "/" + name + ".conf"}
    << "server_name: " << name << "\nlisten: 127.0.0.1:" << ports[member]
    << "\njetstream { store_dir: \"" << directory << "/" << name
    << "\", max_mem: 256MB, max_file: 256MB }\ncluster { name: bench, listen: "
       "127.0.0.1:"
    << ports[members + member] << ", routes: [ " << routes << " ] }\n";
}

// What the client library makes of a bucket with three copies in memory.
constexpr auto bucket
  = R"({"name":"KV_bench","subjects":["$KV.bench.>"],"retention":"limits",
"max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"discard":"new","max_age":0,
"max_msgs_per_subject":1,"max_msg_size":-1,"storage":"memory","num_replicas":3,
"duplicate_window":120000000000,"allow_direct":true,"deny_delete":true,
"allow_rollup_hdrs":true})";

/// "n1" of `"leader":"n1"`.
std::string leader_in(const std::string& told) {
  const std::string before = "\"leader\":\"";
  const auto at = told.find(before);
  if (at == std::string::npos)
    return {};
  const auto from = at + before.size();
  return told.substr(from, told.find('"', from) - from);
}

} // namespace

std::string why_no_nats() {
  return installed_program("nats-server").empty()
           ? "nats-server is not installed"
           : "";
}

nats_cluster::nats_cluster(std::string directory)
  : ports_{processes::free_ports(2 * members)} {
  for (std::size_t member = 0; member < members; ++member) {
    write_configuration(directory, member, ports_);
    const auto name = directory + "/n" + std::to_string(member);
    servers_.push_back(std::make_unique<server>(
      std::vector<std::string>{installed_program("nats-server"), "-c",
                               name + ".conf"},
      name + ".log"));
  }
  // Until they have a leader of their own there is no answer.
  const auto made = [&] {
    try {
      nats_line line{ports_[0]};
      const auto told = line.ask("$JS.API.STREAM.CREATE.KV_bench", bucket, 2s);
      return told.find("\"error\"") == std::string::npos
             || told.find("already in use") != std::string::npos;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  if (!test::eventually(made, 60s))
    throw std::runtime_error{"NATS makes no bucket"};
  const auto led = [&] {
    try {
      nats_line line{ports_[0]};
      const auto name
        = leader_in(line.ask("$JS.API.STREAM.INFO.KV_bench", "", 2s));
      if (name.empty())
        return false;
      leader_ = static_cast<std::size_t>(name[1] - '0');
      return leader_ < members;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  if (!test::eventually(led, 30s))
    throw std::runtime_error{"nobody leads the bucket of NATS"};
}

nats_cluster::~nats_cluster() = default;

std::unique_ptr<decider> nats_cluster::connect() {
  return std::make_unique<nats_decider>(ports_[leader_],
                                        "k" + std::to_string(clients_++));
}

} // namespace holdfast::bench
