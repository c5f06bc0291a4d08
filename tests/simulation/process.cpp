#include "tests/simulation/process.hpp"

#include "tests/support/memory_log.hpp"

namespace holdfast::simulation {

std::vector<term_number> terms_before(const stored_log& log,
                                      const append& made) {
  std::vector<term_number> before;
  for (auto index = made.first; before.size() < made.entries.size(); ++index) {
    if (index > made.first)
      before.push_back(made.entries[index - made.first - 1].term);
    else if (index > log.first)
      before.push_back(log.entries[index - log.first - 1].term);
    else
      before.push_back(log.base && log.base->index + 1 == index ? log.base->term
                                                                : 0);
  }
  return before;
}

void carry_out(sim_process& node, const write& made, const world_faults& bugs) {
  if (!bugs.disk_keeps_tail || !made.tail) {
    tests::carry_out(node.disk, made);
    return;
  }
  auto other = made;
  const auto end = made.tail->first + made.tail->entries.size();
  for (auto index = end; index < node.disk.first + node.disk.entries.size();
       ++index)
    other.tail->entries.push_back(node.disk.entries[index - node.disk.first]);
  tests::carry_out(node.disk, other);
}

} // namespace holdfast::simulation
