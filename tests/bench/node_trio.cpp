#include "tests/bench/node_trio.hpp"

#include "apps/processes/free_ports.hpp"
#include "tests/bench/server.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto settling_patience = 60s;

// As an operator would: by caf-shell.
void run_shell(std::vector<std::string> arguments, const std::string& output) {
  processes::process shell{
    {.program = std::string{std::getenv("HOLDFAST_BIN_DIR")} + "/caf-shell",
     .arguments = std::move(arguments),
     .output = output}};
  if (shell.wait_for_end(20s) != 0)
    throw std::runtime_error{"no certificates: "
                             + processes::text_of_file(output)};
}

std::string tenants(const std::string& regions) {
  return R"([{"name": "prod", "quota": {"bytes": "8GiB"},
    "principals": [{"name": "me", "uid": )"
         + std::to_string(::geteuid()) + R"(, "grants": [{"regions": "*",
      "rights": ["read", "write", "create", "admin"]}]}],
    "regions": )"
         + regions + "}]";
}

} // namespace

std::string bench_region(std::size_t variables, std::size_t capacity,
                         std::size_t bytes) {
  std::string made{R"([{"name": "bench", "variables_max": )"};
  made += std::to_string(variables) + R"(, "bytes": ")" + std::to_string(bytes)
          + R"(B", "variables": [)";
  for (std::size_t i = 0; i < variables; ++i)
    made += (i > 0 ? "," : "") + std::string{R"({"name":"v)"}
            + std::to_string(i) + R"(","kind":"bytes","capacity":")"
            + std::to_string(capacity) + "B\"}";
  return made + "]}]";
}

node_trio::node_trio(const trio_options& options)
  : ports_{processes::free_ports(members)} {
  if (options.tls)
    make_certificates();
  const on_any_processor everywhere;
  for (std::size_t member = 0; member < members; ++member)
    nodes_[member]
      = std::make_unique<test::real_node>(text_of(member, options));
}

node_trio::~node_trio() = default;

void node_trio::make_certificates() {
  certificates_ = std::make_unique<test::temporary_directory>();
  const auto& folder = certificates_->path();
  const auto log = folder + "/log";
  run_shell({"certs", "init", "--directory", folder + "/authority", "--cluster",
             "bench"},
            log);
  for (std::size_t member = 0; member < members; ++member)
    run_shell({"certs", "issue", "--directory", folder + "/authority", "--node",
               std::to_string(id_of(member)), "--name", "127.0.0.1", "--out",
               folder},
              log);
}

std::string node_trio::tls_of(std::size_t member) const {
  const auto& folder = certificates_->path();
  const auto own = folder + "/node-" + std::to_string(id_of(member));
  return R"("transport": "tls", "tls": {"certificate": ")" + own
         + R"(.crt", "key": ")" + own + R"(.key", "authority": ")" + folder
         + R"(/authority/authority.crt"}, )";
}

std::string node_trio::text_of(std::size_t member,
                               const trio_options& options) const {
  const auto address = [this](std::size_t of) {
    return "\"127.0.0.1:" + std::to_string(ports_[of]) + "\"";
  };
  std::string peers;
  for (std::size_t each = 0; each < members; ++each)
    if (each != member)
      peers += (peers.empty() ? "" : ", ") + std::string{R"({"id": )"}
               + std::to_string(id_of(each)) + R"(, "address": )"
               + address(each) + "}";
  auto text = test::node_text(
    tenants(options.regions),
    options.more + R"("cluster": {"name": "bench", )" + options.more_of_cluster
      + (options.tls ? tls_of(member) : R"("transport": "insecure-loopback", )")
      + R"("bind": )" + address(member) + R"(, "peers": [)" + peers + "]}, ");
  const std::string before = R"({"node": {)";
  return before + R"("id": )" + std::to_string(id_of(member)) + ", "
         + text.substr(before.size());
}

shm::result<client::connection>
node_trio::connect(std::size_t member,
                   std::chrono::milliseconds patience) const {
  client::connect_options options;
  options.socket = nodes_.at(member)->socket();
  options.client = "bench";
  options.patience = patience;
  return client::connection::connect(options);
}

shm::result<wire::fields> node_trio::call(std::size_t member,
                                          const std::string& command,
                                          wire::fields arguments) const {
  const auto line = connect(member);
  if (!line)
    return line.assume_error();
  return line.assume_value().call(command, std::move(arguments));
}

wire::fields node_trio::region_seen_by(std::size_t member) const {
  const auto told = call(member, "region", {{"region", std::string{"bench"}}});
  return told ? told.assume_value() : wire::fields{};
}

bool node_trio::is_whole_at(std::size_t home) const {
  const auto told = region_seen_by(home);
  const auto* whole = wire::find_text(told, "whole");
  const auto* settled = wire::find(told, "settled");
  return wire::number_or(told, "home", 0) == id_of(home) && whole != nullptr
         && *whole == "1 2 3" && settled != nullptr && std::get<bool>(*settled);
}

/// As this node sees it, when it sees all of them; 0: it does not.
std::uint64_t node_trio::leader_of_all(std::size_t member) const {
  const auto told = call(member, "cluster_status");
  if (!told || wire::number_or(told.assume_value(), "healthy", 0) != members)
    return 0;
  return wire::number_or(told.assume_value(), "leader", 0);
}

void node_trio::settle(std::size_t leader, std::size_t home) {
  const auto led = [&] {
    for (std::size_t member = 0; member < members; ++member) {
      const auto seen = leader_of_all(member);
      if (seen == id_of(leader))
        continue;
      if (seen != 0)
        (void)call(member, "leader_transfer", {{"to", id_of(leader)}});
      return false;
    }
    return true;
  };
  // Also where it is there already: else it would be moved to balance.
  const auto wished = [&] {
    return call(home, "move_region",
                {{"region", std::string{"bench"}}, {"node", id_of(home)}})
      .has_value();
  };
  const auto lives = [&] { return is_whole_at(home); };
  if (!test::eventually(led, settling_patience)
      || !test::eventually(wished, settling_patience)
      || !test::eventually(lives, settling_patience)
      || !test::eventually(led, settling_patience))
    throw std::runtime_error{"three nodes do not settle:\n" + logs()};
}

void node_trio::restart(std::size_t member) {
  const on_any_processor everywhere;
  nodes_.at(member)->restart();
}

std::string node_trio::logs() const {
  std::string all;
  for (const auto& node : nodes_)
    if (node)
      all += "--- a node\n" + node->log();
  return all;
}

} // namespace holdfast::bench
