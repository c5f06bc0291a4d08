#include "runtime/discovery_watch.hpp"

#include "actors/consensus/membership.hpp"
#include "runtime/node_identity.hpp"
#include "runtime/peer_network.hpp"
#include "shm/clock.hpp"

#include <algorithm>

namespace holdfast::runtime {

namespace {

std::chrono::nanoseconds since_boot() {
  return shm::boot_clock::now().time_since_epoch();
}

discovery_directory_options options_for(const config::node_config& config,
                                        const std::string& version) {
  const auto& cluster = *config.cluster;
  const auto drawn = draw_wide_id();
  discovery_directory_options made;
  made.path = cluster.discovery_directory;
  made.node = config.node.id;
  made.cluster = cluster.name;
  made.address = print_address(cluster.advertise);
  made.version = version;
  made.incarnation
    = std::to_string(drawn.high) + "-" + std::to_string(drawn.low);
  return made;
}

} // namespace

discovery_watch::discovery_watch(event_loop& loop,
                                 const config::node_config& config)
  : loop_{loop}, config_{config}, timer_{loop.io()} {
  // nop
}

shm::result<std::unique_ptr<discovery_watch>>
discovery_watch::open(event_loop& loop, const config::node_config& config,
                      const std::string& version,
                      const actors::log_function& log) {
  std::unique_ptr<discovery_watch> made{new discovery_watch{loop, config}};
  auto& self = *made;
  auto options = options_for(config, version);
  options.log = log;
  options.ask = [&self](const rules::instance& whom) { self.ask(whom); };
  auto opened = discovery_directory::open(std::move(options));
  if (!opened)
    return std::move(opened).assume_error();
  self.directory_.emplace(std::move(opened).assume_value());
  self.probe_.emplace(
    loop.io(), config::probe_deadline, greeting_for(*config.cluster),
    [&self](std::uint64_t question, const probe_result& got) {
      const auto asked = self.asked_.extract(question);
      if (asked)
        self.directory_->on_answer(asked.mapped(),
                                   got.outcome == probe_outcome::reachable,
                                   since_boot());
    });
  return made;
}

void discovery_watch::ask(const rules::instance& whom) {
  const auto where = config::parse_address(whom.address);
  if (!where)
    return;
  asked_[++questions_] = whom;
  probe_->asker()(questions_, where->host, where->port);
}

void discovery_watch::beat() {
  for (const auto& each : directory_->beat(since_boot())) {
    if (const auto* found = std::get_if<rules::found_peer>(&each)) {
      here_[found->peer.node] = found->peer;
      if (events_.on_found)
        events_.on_found(found->peer);
    } else if (const auto* lost = std::get_if<rules::lost_peer>(&each)) {
      here_.erase(lost->node);
    } else if (const auto* twin = std::get_if<rules::stop_duplicate>(&each)) {
      duplicate_ = message_of(*twin, config_.cluster->name);
      if (events_.on_duplicate)
        events_.on_duplicate(duplicate_);
    }
  }
}

founding discovery_watch::those_here() const {
  using consensus::member_role;
  founding made;
  auto& members = made.members.members;
  members.push_back({config_.node.id, print_address(config_.cluster->advertise),
                     member_role::voter});
  for (const auto& [node, peer] : here_)
    members.push_back({node, peer.address, member_role::voter});
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  for (std::size_t i = config::voters_max; i < members.size(); ++i)
    members[i].role = member_role::learner;
  made.digest = digest_of(made.members);
  return made;
}

shm::result<founding> discovery_watch::meet() {
  const auto& cluster = *config_.cluster;
  const auto path = cluster.discovery_directory + "/founding_" + cluster.name;
  const auto draft = path + "." + std::to_string(config_.node.id);
  for (int waited = 0;; ++waited) {
    beat();
    if (!duplicate_.empty())
      return shm::failed(shm::errc::exists, duplicate_);
    auto found
      = waited < config::discovery_meeting_beats || !directory_->settled()
          ? read_founding(path)
          : first_founding(path, draft, those_here());
    if (!found)
      return found;
    if (auto& begun = found.assume_value(); begun.digest != 0) {
      if (consensus::find(begun.members, config_.node.id) == nullptr)
        begun.members = {}; // others began: it has to join
      return found;
    }
    loop_.io().run_for(config::discovery_beat);
    if (loop_.io().stopped())
      return shm::failed(shm::errc::unavailable,
                         "asked to end while it waited for other nodes");
  }
}

void discovery_watch::run(discovery_events events) {
  events_ = std::move(events);
  for (const auto& [_, peer] : here_)
    events_.on_found(peer);
  beat_later();
}

void discovery_watch::beat_later() {
  timer_.expires_after(config::discovery_beat);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error)
      return; // it ended
    beat();
    beat_later();
  });
}

} // namespace holdfast::runtime
