#include "runtime/how_it_began.hpp"

#include "runtime/seed_knock.hpp"

namespace holdfast::runtime {

namespace {

/// What a seed says. At later starts, too: before this node was a member it
/// knew nobody else; but then the log may, and no seed is needed.
shm::result<beginnings> begun_elsewhere(caf::actor_system& system,
                                        event_loop& loop,
                                        const config::node_config& config,
                                        const founding& before,
                                        const actors::log_function& log) {
  const auto known = before.digest;
  const auto how = known == 0 ? knocking::until_answered : knocking::once;
  auto answered = knock_at_seeds(system, loop, config, how, log);
  if (!answered) {
    if (known != 0 && answered.assume_error().code == shm::errc::unreachable)
      return beginnings{before, {}};
    return std::move(answered).assume_error();
  }
  auto& seed = answered.assume_value();
  if (known != 0 && known != seed.founders)
    return shm::failed(shm::errc::refused,
                       seed.address + " is of another cluster of that name");
  return beginnings{{{}, seed.founders, before.cluster}, std::move(seed)};
}

shm::result<beginnings> met(discovery_watch& watch) {
  auto found = watch.meet();
  if (!found)
    return std::move(found).assume_error();
  return beginnings{std::move(found).assume_value(), {}};
}

} // namespace

shm::result<beginnings> how_it_began(caf::actor_system& system,
                                     event_loop& loop,
                                     const config::node_config& config,
                                     discovery_watch* watch,
                                     const actors::log_function& log) {
  const auto path = config.node.data_directory + "/founding";
  auto settled = settled_founding(path, config);
  if (!settled)
    return std::move(settled).assume_error();
  const auto& known = settled.assume_value();
  // In a directory others are found again by themselves, and a list has them.
  const bool asks_seeds
    = watch == nullptr && config.cluster && !config.cluster->seeds.empty();
  if (!known.members.members.empty() || (known.digest != 0 && !asks_seeds))
    return beginnings{known, {}};
  auto begun = watch != nullptr
                 ? met(*watch)
                 : begun_elsewhere(system, loop, config, known, log);
  if (!begun)
    return begun;
  if (auto kept = write_founding(path, begun.assume_value().members); !kept)
    return std::move(kept).assume_error();
  return begun;
}

} // namespace holdfast::runtime
