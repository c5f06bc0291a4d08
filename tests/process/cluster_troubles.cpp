#include "tests/process/cluster_troubles.hpp"

#include <signal.h>

#include <algorithm>
#include <string_view>

namespace holdfast::test {

namespace {

std::string_view text_of(trouble kind) {
  switch (kind) {
  case trouble::killed:
    return "killed";
  case trouble::frozen:
    return "frozen";
  case trouble::cut_off:
    return "cut off";
  case trouble::hears_none:
    return "hears none";
  case trouble::heard_by_none:
    return "heard by none";
  case trouble::all_killed:
    return "all killed";
  }
  return "?";
}

} // namespace

cluster_troubles::cluster_troubles(node_cluster& cluster,
                                   const split_network& network,
                                   std::uint64_t seed)
  : cluster_{cluster}, network_{network}, dice_{seed} {
  // nop
}

trouble cluster_troubles::next_kind() {
  if (to_come_.empty()) {
    to_come_
      = {trouble::killed,     trouble::frozen,        trouble::cut_off,
         trouble::hears_none, trouble::heard_by_none, trouble::all_killed};
    std::shuffle(to_come_.begin(), to_come_.end(), dice_);
  }
  const auto kind = to_come_.back();
  to_come_.pop_back();
  return kind;
}

/// Fewer than half, so that the others can go on.
std::set<std::uint64_t> cluster_troubles::draw_victims(std::uint64_t leader) {
  const auto all = cluster_.all();
  std::vector<std::uint64_t> order{all.begin(), all.end()};
  std::shuffle(order.begin(), order.end(), dice_);
  if (dice_() % 2 == 0)
    std::iter_swap(order.begin(),
                   std::find(order.begin(), order.end(), leader));
  const auto most = (order.size() - 1) / 2;
  const auto count = 1 + dice_() % most;
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)};
}

void cluster_troubles::kill_and_restart_all() {
  for (const auto id : cluster_.all())
    cluster_.at(id).signal(SIGKILL);
  for (const auto id : cluster_.all())
    cluster_.kill(id);
  cluster_.start_all();
}

void cluster_troubles::begin(std::uint64_t leader) {
  kind_ = next_kind();
  if (kind_ == trouble::all_killed)
    return kill_and_restart_all();
  victims_ = draw_victims(leader);
  if (kind_ == trouble::cut_off)
    return network_.cut_off(victims_);
  for (const auto id : victims_) {
    if (kind_ == trouble::killed)
      cluster_.kill(id);
    if (kind_ == trouble::frozen)
      cluster_.at(id).freeze();
    if (kind_ == trouble::hears_none)
      network_.cut(network_.all(), {id});
    if (kind_ == trouble::heard_by_none)
      network_.cut({id}, network_.all());
  }
}

bool cluster_troubles::is_felt(std::chrono::seconds patience) const {
  const auto others = spared();
  const auto known = [&] {
    return std::all_of(others.begin(), others.end(), [&](std::uint64_t id) {
      return cluster_.status(id).down >= victims_.size();
    });
  };
  return eventually(known, patience)
         && cluster_.await_leader(others, patience) != 0;
}

std::set<std::uint64_t> cluster_troubles::spared() const {
  auto made = cluster_.all();
  for (const auto id : victims_)
    made.erase(id);
  return made;
}

void cluster_troubles::end() {
  network_.heal();
  for (const auto id : victims_) {
    if (kind_ == trouble::killed)
      cluster_.start(id);
    if (kind_ == trouble::frozen)
      cluster_.at(id).thaw();
  }
  victims_.clear();
}

std::string cluster_troubles::told() const {
  std::string all{text_of(kind_)};
  for (const auto id : victims_)
    all += " " + std::to_string(id);
  return all;
}

} // namespace holdfast::test
