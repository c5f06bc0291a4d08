#include "tests/process/leader_watch.hpp"

namespace holdfast::test {

using namespace std::chrono_literals;

leader_watch::leader_watch(const node_cluster& cluster) {
  for (const auto id : cluster.all()) {
    // A frozen node does not answer: the others are heard by other threads.
    auto options = cluster.door(id);
    options.patience = 500ms;
    threads_.emplace_back([this, id, options](const std::stop_token& stop) {
      follow(stop, id, options);
    });
  }
}

void leader_watch::follow(const std::stop_token& stop, std::uint64_t id,
                          const client::connect_options& options) {
  auto connected = client::connection::connect(options);
  while (!stop.stop_requested()) {
    if (!connected || !connected.assume_value().alive())
      connected = client::connection::connect(options);
    if (connected) {
      const auto told = connected.assume_value().call("cluster_status");
      if (told)
        note(id, told.assume_value());
      else
        connected = told.assume_error();
    }
    // So often that no term of a leader is missed, and beside other work.
    std::unique_lock lock{mutex_};
    pause_.wait_for(lock, stop, 5ms, [] { return false; });
  }
}

void leader_watch::note(std::uint64_t id, const wire::fields& told) {
  const auto term = wire::number_or(told, "term", 0);
  const auto leader = wire::number_or(told, "leader", 0);
  const auto* role = wire::find_text(told, "role");
  const std::lock_guard lock{mutex_};
  if (leader != 0)
    by_term_[term][leader].insert(id);
  if (role != nullptr && *role == "leader")
    by_term_[term][id].insert(id);
}

std::string leader_watch::contradictions() const {
  const std::lock_guard lock{mutex_};
  std::string all;
  for (const auto& [term, leaders] : by_term_) {
    if (leaders.size() < 2)
      continue;
    all += "term " + std::to_string(term);
    for (const auto& [leader, tellers] : leaders) {
      all += "; " + std::to_string(leader);
      all += " leads, by";
      for (const auto id : tellers)
        all += " " + std::to_string(id);
    }
    all += "\n";
  }
  return all;
}

std::size_t leader_watch::terms() const {
  const std::lock_guard lock{mutex_};
  return by_term_.size();
}

} // namespace holdfast::test
