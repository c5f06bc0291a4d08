#include "runtime/own_log.hpp"

#include "runtime/founding.hpp"

#include <string>
#include <utility>

namespace holdfast::runtime {

namespace {

using shm::errc;

consensus_store_options options_for(const config::node_config& config) {
  return {config.node.data_directory + "/consensus",
          config.cluster ? config.cluster->name
                         : std::string{config::cluster_name_default},
          config.node.id};
}

/// It knows of others beyond what stood in its log.
bool finds_others(const config::node_config& config) {
  const auto& cluster = config.cluster;
  return cluster
         && !(cluster->peers.empty() && cluster->seeds.empty()
              && cluster->discovery_directory.empty());
}

shm::error with_advice(shm::error why, const config::node_config& config) {
  if (config.cluster)
    why.detail
      += "; this configuration names no other node: with one in 'peers' "
         "or 'seeds' this node joins anew";
  why.detail
    += "; if there is no other, nobody else has what this node decided: "
       "put a copy of "
       + config.node.data_directory + " in its place";
  return why;
}

/// In this order: a start that is cut off begins it again.
shm::result<opened_log> begin_anew(const config::node_config& config,
                                   const std::string& founding_file,
                                   founding began, const shm::error& why,
                                   const actors::log_function& log) {
  const auto options = options_for(config);
  began.members = {};
  if (auto joins = write_founding(founding_file, began); !joins)
    return std::move(joins).assume_error();
  auto kept = consensus_store::set_aside(options.directory);
  if (!kept && kept.assume_error().code != errc::no_value)
    return std::move(kept).assume_error();
  log(actors::log_level::warning,
      "the log of consensus is lost: this node waits until the others have "
      "taken its old vote away, and joins anew",
      {{"reason", why.message()},
       {"kept", kept ? kept.assume_value() : std::string{"nothing was left"}}});
  return make_log(options);
}

} // namespace

shm::result<opened_log> open_own_log(const config::node_config& config,
                                     const actors::log_function& log) {
  const auto founding_file = config.node.data_directory + "/founding";
  auto found = former_founding(founding_file, config);
  if (!found)
    return std::move(found).assume_error();
  auto& began = found.assume_value();
  const auto options = options_for(config);
  auto opened = open_log(options);
  if (opened)
    return opened;
  auto why = opened.assume_error();
  if (why.code == errc::no_value) {
    if (began.digest == 0)
      return make_log(options);
    why = shm::failed(errc::corrupt, options.directory
                                       + ": there is no log, and this node had "
                                         "one");
  }
  if (why.code != errc::corrupt)
    return why;
  if (began.digest == 0 || !finds_others(config))
    return with_advice(std::move(why), config);
  return begin_anew(config, founding_file, std::move(began), why, log);
}

} // namespace holdfast::runtime
