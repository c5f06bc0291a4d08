// What was agreed on comes to the tables of a node.
#include "tests/simulation/world.hpp"

namespace holdfast::simulation {

own_knowledge world::knowledge_of(const sim_process& node) const {
  own_knowledge made;
  made.clock_ms = static_cast<std::uint64_t>(local(node).count());
  if (options_.world.own_opinion_decides)
    made.down = node.keeper->down();
  return made;
}

void world::restore(sim_process& node, const snapshot& from) {
  const auto done = node.machine->restore(from.index, from.state);
  node.applied = from.index;
  if (!counts(node))
    return;
  if (done)
    witness_.holds(node.id, node.applied, node.machine->digest());
  else
    witness_.breaks("node " + std::to_string(node.id)
                    + " cannot restore: " + done.assume_error().message());
}

void world::apply(sim_process& node, const applied_entry& one) {
  trace(one.index * 64 + node.id);
  if (one.index != node.applied + 1 && counts(node))
    witness_.breaks("node " + std::to_string(node.id) + " applies "
                    + std::to_string(one.index) + " after "
                    + std::to_string(node.applied));
  node.applied = one.index;
  if (node.machine->applied() >= one.index)
    return; // only with a bug; the witness knows
  effect had;
  bool stopped = false;
  if (one.content.kind != entry_kind::command
      || std::exchange(node.skip_next, false))
    stopped = !node.machine->skip(one.index);
  else if (const auto made = node.machine->apply(one.index, one.content.data,
                                                 knowledge_of(node));
           made)
    had = made.assume_value();
  else
    stopped = true;
  if (!counts(node))
    return;
  if (stopped)
    witness_.breaks("the tables of node " + std::to_string(node.id)
                    + " stop at " + std::to_string(one.index));
  if (term_on(node.disk, one.index) != one.content.term)
    witness_.breaks("node " + std::to_string(node.id) + " applies "
                    + std::to_string(one.index) + ", which is not on its disk");
  witness_.applies(node.id, one.index, one.content, *node.machine, had);
}

} // namespace holdfast::simulation
