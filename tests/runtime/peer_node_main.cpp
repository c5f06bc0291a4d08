// A process with nothing but peers, for tests: says on its output what it sees.
//
//   peer_node <id> <port> <cluster> <interval in ms> <peer id>:<port>...
#include "actors/error.hpp"
#include "actors/travelling_types.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/node_identity.hpp"
#include "runtime/peer_cast.hpp"

#include <caf/all.hpp>

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace {

using namespace holdfast;

struct setup : caf::actor_system_config {
  explicit setup(const config::cluster_section& cluster) {
    actors::describe_errors_in(*this);
    actors::add_travelling_types_to(*this);
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    runtime::load_network(*this, cluster);
  }
};

/// One write for each line, so that no two mix.
void say(std::string line) {
  line += '\n';
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
    std::abort();
}

runtime::peer_cast_options options_of(int count, char** words) {
  runtime::peer_cast_options options;
  auto& cluster = options.cluster;
  options.node = std::stoull(words[1]);
  cluster.bind = {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(words[2]))};
  cluster.name = words[3];
  cluster.transport = config::transport::insecure_loopback;
  cluster.health.interval = std::chrono::milliseconds{std::stoi(words[4])};
  for (int i = 5; i < count; ++i) {
    const std::string word = words[i];
    const auto colon = word.find(':');
    cluster.peers.push_back(
      {std::stoull(word.substr(0, colon)),
       *config::parse_address("127.0.0.1" + word.substr(colon)),
       {}});
  }
  options.identity = [](auto) { return runtime::unproven_identity(); };
  options.incarnation = runtime::draw_wide_id();
  options.log = [](actors::log_level, std::string_view what,
                   const actors::log_fields& fields) {
    std::string line{what};
    for (const auto& [name, value] : fields)
      line += " " + std::string{name} + "=" + value;
    say(line);
  };
  return options;
}

} // namespace

int main(int count, char** words) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  runtime::block_signals();
  const auto options = options_of(count, words);
  setup config{options.cluster};
  caf::actor_system system{config};
  runtime::event_loop loop;
  {
    auto cast = runtime::peer_cast::start(system, loop.io(), options);
    if (!cast) {
      say(cast.assume_error().message());
      return 1;
    }
    std::vector<actors::peer_actor> peers;
    for (const auto& peer : options.cluster.peers)
      peers.push_back(cast.assume_value()->starter()(
        peer.id, peer.address, actors::cluster_actor{}, 0));
    const auto signals
      = runtime::signal_source::open(loop, [&](int) { loop.stop(); });
    say("up");
    loop.run();
    for (const auto& peer : peers)
      caf::anon_send_exit(peer, caf::exit_reason::user_shutdown);
  }
  say("down");
  return 0;
}
