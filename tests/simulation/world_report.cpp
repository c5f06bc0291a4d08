// What the nodes were like when something was violated, for who looks into it.
#include "tests/simulation/world.hpp"

namespace holdfast::simulation {

namespace {

std::string words_of(const membership& members) {
  std::string result;
  for (const auto& one : members.members)
    result += (result.empty() ? "" : " ") + std::to_string(one.id)
              + (one.role == member_role::voter ? "" : "l");
  return "{" + result + "}";
}

std::string words_of(const core_status& status) {
  constexpr const char* names[] = {"follower", "candidate", "leader"};
  return std::string{names[static_cast<std::size_t>(status.state)]} + " of "
         + std::to_string(status.leader) + " in term "
         + std::to_string(status.term) + ", last " + std::to_string(status.last)
         + ", stored " + std::to_string(status.stored) + ", commit "
         + std::to_string(status.commit) + ", applied "
         + std::to_string(status.applied) + ", snapshot "
         + std::to_string(status.snapshot) + ", members "
         + words_of(status.members) + " since "
         + std::to_string(status.membership_index);
}

/// The last that was decided.
std::string words_of(const catalog::audit_trail& audit) {
  std::string result;
  for (const auto& one : audit.records())
    result += "    " + std::to_string(one.index) + " of node "
              + std::to_string(one.by.node) + ": " + one.command + " "
              + one.target + (one.text.empty() ? "" : ": ") + one.text + "\n";
  return result;
}

std::string words_of(const catalog::contents& tables) {
  std::string result = "    tables: members";
  for (const auto& [id, one] : tables.members)
    result += " " + std::to_string(id) + (one.down ? "(down)" : "");
  const auto add = [&result](const std::set<node_id>& nodes) {
    for (const auto id : nodes)
      result += " " + std::to_string(id);
  };
  for (const auto& [name, one] : tables.regions) {
    const auto& placed = one.placement;
    result += "\n    " + name.region + " of "
              + std::to_string(one.options.copies) + " copies at "
              + std::to_string(placed.home) + ", held by";
    add(placed.replicas);
    result += " in epoch " + std::to_string(placed.epoch) + ", settled in "
              + std::to_string(placed.settled_epoch) + " by";
    add(placed.settled_holders);
  }
  return result + "\n";
}

} // namespace

std::string world::report() const {
  std::string result = "  at " + std::to_string(now_ / 1000) + " ms, "
                       + std::to_string(manners_.voters) + " first voters\n";
  for (const auto& node : nodes_) {
    result += "  node " + std::to_string(node->id);
    result += node->gone ? ", lost" : "";
    result += node->stranger ? ", stranger" : "";
    result += node->impostor ? ", impostor" : "";
    result += ", start " + std::to_string(node->starts) + ": ";
    result += node->is_up() ? words_of(node->brain->status()) : "down";
    result += "\n";
    if (node->is_up() && node->leads)
      result += words_of(node->machine->now())
                + words_of(node->machine->now().audit);
  }
  return result;
}

} // namespace holdfast::simulation
