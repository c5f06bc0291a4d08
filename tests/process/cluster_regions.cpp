#include "tests/process/cluster_regions.hpp"

#include <algorithm>

namespace holdfast::test {

using namespace std::chrono_literals;

shm::result<wire::fields> create(const node_cluster& cluster, std::uint64_t at,
                                 const std::string& region) {
  return cluster.call(at, "create_region",
                      {{"region", region}, {"bytes", std::uint64_t{1 << 20}}});
}

bool creates(const node_cluster& cluster, std::uint64_t at,
             const std::string& region) {
  return eventually(
    [&] {
      const auto made = create(cluster, at, region);
      return made.has_value() || made.assume_error().code == shm::errc::exists;
    },
    30s);
}

std::uint64_t home_seen_by(const node_cluster& cluster, std::uint64_t id,
                           const std::string& region) {
  return wire::number_or(cluster.region_seen_by(id, region), "home", 0);
}

std::optional<std::set<std::string>> regions_at(const node_cluster& cluster,
                                                std::uint64_t id) {
  std::set<std::string> made;
  for (bool more = true; more;) {
    wire::fields wanted;
    if (!made.empty())
      wanted.push_back({"after", *made.rbegin()});
    const auto heard = cluster.call(id, "regions", std::move(wanted));
    const auto* rows = rows_of(heard);
    if (rows == nullptr)
      return std::nullopt;
    for (const auto& row : *rows)
      made.insert(*wire::find_text(row, "region"));
    const auto* flag = wire::find(heard.assume_value(), "more");
    more = flag != nullptr && std::get<bool>(*flag) && !rows->empty();
  }
  return made;
}

bool all_know(const node_cluster& cluster, const std::set<std::uint64_t>& nodes,
              const std::set<std::string>& regions,
              std::chrono::seconds patience) {
  return eventually(
    [&] {
      return std::all_of(nodes.begin(), nodes.end(), [&](std::uint64_t id) {
        const auto known = regions_at(cluster, id);
        return known
               && std::includes(known->begin(), known->end(), regions.begin(),
                                regions.end());
      });
    },
    patience);
}

bool is_settled(const node_cluster& cluster, std::uint64_t leader) {
  return cluster.await_leader_at(cluster.all(), leader)
         && creates(cluster, leader, "at-first")
         && all_know(cluster, cluster.all(), {"at-first"});
}

bool is_as_answered(const node_cluster& cluster,
                    const std::set<std::uint64_t>& nodes,
                    const std::string& region,
                    const shm::result<wire::fields>& answer) {
  if (answer)
    return all_know(cluster, nodes, {region});
  if (answer.assume_error().code != shm::errc::no_leader)
    return true;
  return std::all_of(nodes.begin(), nodes.end(), [&](std::uint64_t id) {
    const auto known = regions_at(cluster, id);
    return known && !known->contains(region);
  });
}

} // namespace holdfast::test
