#include "actors/rules/placement.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace holdfast::rules {

namespace {

/// Spreads bits well; the finaliser of MurmurHash3.
std::uint64_t mixed(std::uint64_t bits) noexcept {
  bits ^= bits >> 33;
  bits *= 0xff51afd7ed558ccdULL;
  bits ^= bits >> 33;
  bits *= 0xc4ceb9fe1a85ec53ULL;
  return bits ^ (bits >> 33);
}

/// FNV-1a, over the name with its parts kept apart.
std::uint64_t hash_of(std::string_view tenant, std::string_view region) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&hash](char c) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  };
  std::for_each(tenant.begin(), tenant.end(), add);
  add('/');
  std::for_each(region.begin(), region.end(), add);
  return hash;
}

/// The best of as many draws as the node has weight.
std::uint64_t score(std::uint64_t region, const placement_node& node) {
  const auto pair = mixed(region ^ mixed(node.id));
  std::uint64_t best = 0;
  for (std::uint32_t draw = 0; draw < node.weight; ++draw)
    best = std::max(best, mixed(pair + draw * 0x9e3779b97f4a7c15ULL));
  return best;
}

/// What one region needs next; the questions are asked in order of urgency.
class region_plan {
public:
  region_plan(const placement_region& region,
              const std::vector<placement_node>& nodes)
    : region_{region}, nodes_{nodes}, holders_{region.replicas} {
    holders_.insert(region.home);
    for (const auto id : rank_nodes(region.tenant, region.region, nodes))
      if (is_welcome(id))
        ranked_.push_back(id);
    if (const auto wanted
        = std::find(ranked_.begin(), ranked_.end(), region.preferred);
        wanted != ranked_.end())
      std::rotate(ranked_.begin(), wanted, wanted + 1);
    const auto wanted = std::min<std::size_t>(region.copies, ranked_.size());
    ideal_.insert(ranked_.begin(),
                  ranked_.begin() + static_cast<std::ptrdiff_t>(wanted));
  }

  std::optional<placement_step> next() const {
    if (region_.epoch == 0 || none_left())
      return begin();
    if (auto step = leave_home())
      return step;
    // A dead home settles nothing.
    if (!region_.settled || !is_healthy(region_.home))
      return std::nullopt;
    if (auto step = forget_departed())
      return step;
    if (auto step = add_missing())
      return step;
    if (auto step = drop_surplus())
      return step;
    return improve();
  }

private:
  const placement_node* find(placed_on id) const {
    const auto found = std::find_if(
      nodes_.begin(), nodes_.end(),
      [id](const placement_node& each) { return each.id == id; });
    return found == nodes_.end() ? nullptr : &*found;
  }

  bool is_healthy(placed_on id) const {
    const auto* node = find(id);
    return node != nullptr && node->healthy;
  }

  bool is_welcome(placed_on id) const {
    const auto* node = find(id);
    return node != nullptr && node->healthy && !node->draining;
  }

  /// Of those that had all values; who came later holds nothing to go on from.
  bool none_left() const {
    const auto& had
      = region_.settled_holders.empty() ? holders_ : region_.settled_holders;
    return std::none_of(had.begin(), had.end(),
                        [this](placed_on id) { return find(id) != nullptr; });
  }

  placement_step step(placement_reason why) const {
    return {region_.tenant, region_.region,   region_.epoch,
            region_.home,   region_.replicas, why,
            false};
  }

  placement_step move_to(placed_on home, placement_reason why) const {
    auto made = step(why);
    made.home = home;
    made.replicas = holders_;
    made.replicas.erase(home);
    made.moves_home = true;
    return made;
  }

  placement_step hold_on(placed_on id, placement_reason why) const {
    auto made = step(why);
    made.replicas.insert(id);
    return made;
  }

  placement_step let_go(placed_on id, placement_reason why) const {
    auto made = step(why);
    made.replicas.erase(id);
    return made;
  }

  std::optional<placement_step> begin() const {
    if (ranked_.empty())
      return std::nullopt;
    auto made = step(region_.epoch == 0 ? placement_reason::first
                                        : placement_reason::lost);
    made.home = ranked_.front();
    made.replicas = ideal_;
    made.replicas.erase(made.home);
    return made;
  }

  /// The best replica that has all values. A draining one only if the home is
  /// dead and no other is there.
  std::optional<placed_on> successor(bool home_is_dead) const {
    std::optional<placed_on> draining;
    for (const auto id : rank_nodes(region_.tenant, region_.region, nodes_)) {
      if (!region_.replicas.contains(id)
          || (!region_.settled_holders.empty()
              && !region_.settled_holders.contains(id)))
        continue;
      if (is_welcome(id))
        return id;
      if (home_is_dead && is_healthy(id) && !draining)
        draining = id;
    }
    return draining;
  }

  std::optional<placement_step> leave_home() const {
    if (is_welcome(region_.home))
      return std::nullopt;
    const bool dead = !is_healthy(region_.home);
    if (const auto to = successor(dead))
      return move_to(*to, dead ? placement_reason::failed
                               : placement_reason::drained);
    return std::nullopt;
  }

  std::size_t welcome_holders() const {
    return static_cast<std::size_t>(
      std::count_if(holders_.begin(), holders_.end(),
                    [this](placed_on id) { return is_welcome(id); }));
  }

  std::optional<placed_on> best_stranger() const {
    for (const auto id : ranked_)
      if (!holders_.contains(id))
        return id;
    return std::nullopt;
  }

  /// Who has left does not come back, and nobody is taken on beside it.
  std::optional<placement_step> forget_departed() const {
    for (const auto id : region_.replicas)
      if (find(id) == nullptr)
        return let_go(id, placement_reason::surplus);
    return std::nullopt;
  }

  std::optional<placement_step> add_missing() const {
    if (welcome_holders() >= ideal_.size())
      return std::nullopt;
    if (const auto id = best_stranger())
      return hold_on(*id, placement_reason::missing);
    return std::nullopt;
  }

  /// Those first that cannot hold it well, then those that rank last. A dead
  /// holder that nobody can replace stays one: it may come back.
  std::optional<placement_step> drop_surplus() const {
    if (holders_.size() <= region_.copies || ideal_.empty())
      return std::nullopt;
    for (const auto id : region_.replicas)
      if (!is_welcome(id))
        return let_go(id, placement_reason::surplus);
    if (!ideal_.contains(region_.home))
      if (const auto to = successor(false); to && ideal_.contains(*to))
        return move_to(*to, placement_reason::balance);
    for (const auto id : region_.replicas)
      if (!ideal_.contains(id))
        return let_go(id, placement_reason::surplus);
    return std::nullopt;
  }

  std::optional<placement_step> improve() const {
    for (const auto id : ranked_)
      if (ideal_.contains(id) && !holders_.contains(id))
        return hold_on(id, placement_reason::balance);
    if (!ranked_.empty() && region_.home != ranked_.front()
        && region_.settled_holders.contains(ranked_.front()))
      return move_to(ranked_.front(), placement_reason::balance);
    return std::nullopt;
  }

  const placement_region& region_;
  const std::vector<placement_node>& nodes_;
  std::set<placed_on> holders_;
  std::vector<placed_on> ranked_; ///< those that may take something new
  std::set<placed_on> ideal_;     ///< the first of them, as many as wanted
};

} // namespace

std::vector<placed_on> rank_nodes(std::string_view tenant,
                                  std::string_view region,
                                  const std::vector<placement_node>& nodes) {
  const auto hash = hash_of(tenant, region);
  std::vector<std::pair<std::uint64_t, placed_on>> scored;
  scored.reserve(nodes.size());
  for (const auto& node : nodes)
    scored.emplace_back(score(hash, node), node.id);
  std::sort(scored.begin(), scored.end(), std::greater<>{});
  std::vector<placed_on> ranked;
  for (const auto& [points, id] : scored)
    ranked.push_back(id);
  return ranked;
}

placed_on first_home(std::string_view tenant, std::string_view region,
                     const std::vector<placement_node>& nodes) {
  auto welcome = nodes;
  std::erase_if(welcome, [](const placement_node& each) {
    return !each.healthy || each.draining;
  });
  return welcome.empty() ? 0 : rank_nodes(tenant, region, welcome).front();
}

std::string_view text_of(placement_reason why) noexcept {
  switch (why) {
  case placement_reason::first:
    return "it lived nowhere";
  case placement_reason::lost:
    return "all who held it have left";
  case placement_reason::failed:
    return "its home is down";
  case placement_reason::drained:
    return "its home is being emptied";
  case placement_reason::missing:
    return "too few nodes hold it";
  case placement_reason::surplus:
    return "more nodes hold it than need be";
  case placement_reason::balance:
    return "it lives better elsewhere";
  }
  return "?";
}

std::vector<placement_step> plan_placement(const placement_view& view,
                                           placement_options options) {
  std::vector<placement_step> steps;
  std::size_t balancing = 0;
  for (const auto& region : view.regions) {
    auto step = region_plan{region, view.nodes}.next();
    if (!step)
      continue;
    if (step->why == placement_reason::balance
        && balancing++ >= options.balancing_max)
      continue;
    steps.push_back(std::move(*step));
  }
  return steps;
}

} // namespace holdfast::rules
