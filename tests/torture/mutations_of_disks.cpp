#include "apps/holdfast-torture/checker/evidence.hpp"
#include "tests/torture/mutation_kinds.hpp"

namespace holdfast::test {

using namespace torture;

namespace {

/// The newest that was on disk when that read began, if it was there before a
/// loss of all memory, and nothing since.
const record* outlived(const evidence& from, const record& read) {
  const record* newest = nullptr;
  for (const auto& each : from.acknowledged(kept_in::disk))
    if (same_variable(*each.store, read) && each.flush->end_ns < read.begin_ns
        && (newest == nullptr
            || stamp{newest->epoch, newest->version}
                 < stamp{each.store->epoch, each.store->version}))
      newest = each.store;
  return newest != nullptr
             && from.era_of(newest->epoch) < from.era_of(read.epoch)
           ? newest
           : nullptr;
}

picked reads_that_demand(history& of, dice& by) {
  return all_where(of, by, demands);
}

} // namespace

/// A read after the loss sees what was before the durable flush.
bool lose_durable(history& of, dice& by) {
  const history copy = of;
  const evidence from{copy};
  for (auto* read : reads_that_demand(of, by)) {
    const auto* lost = outlived(from, *read);
    if (lost == nullptr)
      continue;
    const auto older = all_where(of, by, [&](const record& each) {
      return each.stored() && same_variable(each, *read)
             && stamp{each.epoch, each.version}
                  < stamp{lost->epoch, lost->version};
    });
    if (older.empty())
      continue;
    show(*read, *older.front());
    return true;
  }
  return false;
}

bool empty_the_disks(history& of, dice& by) {
  const history copy = of;
  const evidence from{copy};
  for (auto* read : reads_that_demand(of, by))
    if (outlived(from, *read) != nullptr) {
      read->outcome = record_outcome::no_value;
      return true;
    }
  return false;
}

/// By the first store after the loss.
bool give_version_on_disk_again(history& of, dice& by) {
  const history copy = of;
  const evidence from{copy};
  const auto stores = all_where(of, by, [](const record& each) {
    return each.stored() && each.in_one_epoch();
  });
  for (auto* store : stores)
    if (const auto* kept = outlived(from, *store);
        kept != nullptr && kept->in_one_epoch()) {
      store->version = kept->version;
      return true;
    }
  return false;
}

} // namespace holdfast::test
