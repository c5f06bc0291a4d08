// This node in the discovery directory: its heartbeat, whom it meets there, and
// the founding of a cluster among those who met.
#pragma once

#include "actors/log.hpp"
#include "config/node_config.hpp"
#include "runtime/discovery_directory.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/founding.hpp"
#include "runtime/reach_probe.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace holdfast::runtime {

struct discovery_events {
  std::function<void(const rules::instance& peer)> on_found;
  /// Another process is this node: this one is to end.
  std::function<void(const std::string& why)> on_duplicate;
};

/// Loop's thread only.
class discovery_watch {
public:
  /// The configuration names a directory. Errors: as discovery_directory.
  static shm::result<std::unique_ptr<discovery_watch>>
  open(event_loop& loop, const config::node_config& config,
       const std::string& version, const actors::log_function& log);

  discovery_watch(const discovery_watch&) = delete;
  discovery_watch& operator=(const discovery_watch&) = delete;

  /// The members that the cluster of this directory began with. The first node
  /// that has waited for others writes them down, and a file system lets only
  /// one be first; a node that is not among them has to join. Serves the loop
  /// meanwhile. Errors: exists, when another process is this node; unavailable,
  /// when the node was asked to end.
  shm::result<founding> meet();

  /// From here on each heartbeat comes by itself.
  void run(discovery_events events);

private:
  discovery_watch(event_loop& loop, const config::node_config& config);

  void ask(const rules::instance& whom);
  void beat();
  void beat_later();
  founding those_here() const;

  event_loop& loop_;
  config::node_config config_;
  std::optional<discovery_directory> directory_;
  std::optional<reach_probe> probe_;
  std::map<std::uint64_t, rules::instance> asked_; ///< by question
  std::uint64_t questions_ = 0;
  std::map<std::uint64_t, rules::instance> here_; ///< by node
  std::string duplicate_;                         ///< what to say of it
  discovery_events events_;
  boost::asio::steady_timer timer_;
};

} // namespace holdfast::runtime
