#include "runtime/seed_knock.hpp"

#include "actors/error.hpp"
#include "runtime/peer_cast.hpp"
#include "runtime/peer_network.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>

#include <memory>
#include <optional>

namespace holdfast::runtime {

namespace {

using answer = shm::result<knock_answer>;

/// Filled in on the loop's thread.
using answer_place = std::shared_ptr<std::optional<answer>>;

std::function<void(answer)> teller(boost::asio::io_context& io,
                                   const answer_place& place) {
  return [&io, place](answer got) {
    boost::asio::post(io, [place, got = std::move(got)] { *place = got; });
  };
}

void speak(caf::event_based_actor* self, const caf::strong_actor_ptr& door,
           const knock& said, const std::function<void(answer)>& tell) {
  self
    ->request(caf::actor_cast<actors::peer_door_actor>(door),
              config::peer_hello_deadline, said)
    .then([tell](const knock_answer& got) { tell(got); },
          [tell](const caf::error& error) { tell(actors::to_shm(error)); });
}

void knock_once(caf::event_based_actor* self,
                const actors::peer_network_actor& network,
                const config::address& seed, const knock& said,
                const std::function<void(answer)>& tell) {
  self
    ->request(network, config::dial_deadline * 2,
              dial_request{seed.host, seed.port})
    .then(
      [=](const dialled& found) {
        if (found.door)
          speak(self, found.door, said, tell);
        else
          tell(shm::failed(shm::errc::unreachable, found.detail));
      },
      [tell](const caf::error& error) { tell(actors::to_shm(error)); });
}

/// Serves the loop for that long, or until there is an answer.
bool serve_until(event_loop& loop, const answer_place& place,
                 std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!*place && !loop.io().stopped()
         && std::chrono::steady_clock::now() < until)
    loop.io().run_one_until(until);
  return !loop.io().stopped();
}

} // namespace

shm::result<knock_answer> knock_at_seeds(caf::actor_system& system,
                                         event_loop& loop,
                                         const config::node_config& config,
                                         knocking how,
                                         const actors::log_function& log) {
  const auto& cluster = *config.cluster;
  const auto network = peer_network::start(system, loop.io(), cluster);
  const knock said{peer_protocol, cluster.name, config.node.id,
                   print_address(cluster.advertise)};
  const auto ended
    = shm::failed(shm::errc::unavailable, "asked to end while it knocked");
  for (std::size_t i = 0;; ++i) {
    const auto& seed = cluster.seeds[i % cluster.seeds.size()];
    const auto place = std::make_shared<std::optional<answer>>();
    system.spawn(knock_once, network->actor(), seed, said,
                 teller(loop.io(), place));
    if (!serve_until(loop, place, config::dial_deadline * 4))
      return ended;
    if (*place && **place)
      return **place;
    const auto why = *place ? (*place)->assume_error().message()
                            : std::string{"no answer came"};
    // Each round of all seeds once in a while: others may start later.
    if (i < cluster.seeds.size())
      log(actors::log_level::warning, "a seed does not let this node in yet",
          {{"seed", print_address(seed)}, {"reason", why}});
    if (how == knocking::once && i + 1 == cluster.seeds.size())
      return shm::failed(shm::errc::unreachable, "no seed answers");
    const auto nobody = std::make_shared<std::optional<answer>>();
    if (!serve_until(loop, nobody, config::seed_retry))
      return ended;
  }
}

} // namespace holdfast::runtime
