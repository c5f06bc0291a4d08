#include "tests/torture/mutation_kinds.hpp"

namespace holdfast::test {

using namespace torture;

bool swap_reads(history& of, dice& by) {
  const auto found
    = pair_where(of, by, saw, saw, [](const record& one, const record& other) {
        return same_observer(one, other) && one.version < other.version;
      });
  if (!found)
    return false;
  std::swap(found->first->value, found->second->value);
  std::swap(found->first->version, found->second->version);
  found->first->committed = found->second->committed = 0;
  return true;
}

bool go_back_to_older_epoch(history& of, dice& by) {
  const auto found
    = pair_where(of, by, saw, saw, [](const record& one, const record& other) {
        return same_observer(one, other) && one.epoch > 1;
      });
  if (!found)
    return false;
  found->second->epoch_before = found->second->epoch = found->first->epoch - 1;
  return true;
}

/// A client whose node came back with new memory sees what is older.
bool go_back_in_new_memory(history& of, dice& by) {
  const auto found
    = pair_where(of, by, saw, saw, [](const record& one, const record& other) {
        return one.client == other.client && one.mapping < other.mapping
               && same_variable(one, other) && one.version > 1;
      });
  if (!found)
    return false;
  found->second->epoch = found->first->epoch;
  found->second->version = found->first->version - 1;
  return true;
}

bool fabricate(history& of, dice& by) {
  const auto reads = all_where(of, by, saw);
  if (reads.empty())
    return false;
  reads.front()->value = value_of(999, 7);
  return true;
}

bool garble(history& of, dice& by) {
  const auto reads = all_where(of, by, saw);
  if (reads.empty())
    return false;
  reads.front()->outcome = record_outcome::garbled;
  return true;
}

bool show_other_variable(history& of, dice& by) {
  const auto found = pair_where(
    of, by, saw, [](const record& each) { return each.stored(); },
    [](const record& read, const record& store) {
      return !same_variable(read, store) && store.end_ns < read.begin_ns;
    });
  if (!found)
    return false;
  found->first->value = found->second->value;
  return true;
}

bool show_the_future(history& of, dice& by) {
  const auto found = pair_where(
    of, by, saw, [](const record& each) { return each.stored(); },
    [](const record& read, const record& store) {
      return same_variable(read, store) && read.end_ns < store.begin_ns;
    });
  if (!found)
    return false;
  show(*found->first, *found->second);
  return true;
}

bool show_rejected(history& of, dice& by) {
  const auto found = pair_where(
    of, by, saw, [](const record& each) { return each.stored(); },
    [](const record& read, const record& store) {
      return read.value == store.value;
    });
  if (!found)
    return false;
  found->second->outcome = record_outcome::rejected;
  return true;
}

bool show_as_empty(history& of, dice& by) {
  const auto found = pair_where(of, by, saw, saw, same_observer);
  if (!found)
    return false;
  found->second->outcome = record_outcome::no_value;
  return true;
}

} // namespace holdfast::test
