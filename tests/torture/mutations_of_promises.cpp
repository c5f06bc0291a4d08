#include "apps/holdfast-torture/checker/evidence.hpp"
#include "tests/torture/mutation_kinds.hpp"

namespace holdfast::test {

using namespace torture;

/// A read that must see an acknowledged store sees one of before it.
bool lose_flush(history& of, dice& by, record_kind kind,
                std::uint64_t more_versions) {
  const history copy = of;
  const evidence from{copy};
  const auto reads = all_where(of, by, [&](const record& each) {
    return each.kind == kind && demands(each);
  });
  for (auto* read : reads) {
    const record* lost = nullptr;
    for (const auto& each : from.acknowledged())
      if (same_variable(*each.store, *read)
          && each.flush->end_ns < read->begin_ns
          && (lost == nullptr || lost->version < each.store->version))
        lost = each.store;
    if (lost == nullptr)
      continue;
    const auto older = all_where(of, by, [&](const record& each) {
      return each.stored() && same_variable(each, *read)
             && stamp{each.epoch, each.version}
                  < stamp{lost->epoch, lost->version};
    });
    if (older.empty())
      continue;
    const auto version = read->version;
    show(*read, *older.front());
    if (more_versions != 0)
      read->version = version + more_versions;
    return true;
  }
  return false;
}

bool give_version_twice(history& of, dice& by) {
  const auto at_home
    = [](const record& each) { return each.saw_value() && each.under_lease(); };
  const auto found = pair_where(
    of, by, at_home, [](const record& each) { return each.stored(); },
    [](const record& read, const record& store) {
      return same_variable(read, store) && read.value != store.value
             && read.epoch == store.epoch && store.in_one_epoch()
             && store.begin_ns < read.end_ns;
    });
  if (!found)
    return false;
  found->first->version = found->second->version;
  return true;
}

/// A provisional value that its home lost is told committed.
bool commit_early(history& of, dice& by) {
  const auto found = pair_where(
    of, by, is_plain,
    [](const record& each) { return each.stored() && each.in_one_epoch(); },
    [](const record& read, const record& store) {
      return same_variable(read, store) && !read.told_committed()
             && read.epoch < store.epoch && read.version >= store.version;
    });
  if (!found)
    return false;
  found->first->committed = found->first->version;
  return true;
}

/// An older value comes after one that was told committed, for one client.
bool replace_committed(history& of, dice& by) {
  const history copy = of;
  const evidence from{copy};
  const auto found = pair_where(
    of, by, [](const record& each) { return each.told_committed(); }, is_plain,
    [&](const record& told, const record& later) {
      const auto* of_told = from.find(told.value);
      return same_observer(told, later) && told.version > 1
             && of_told->store->stored();
    });
  if (!found)
    return false;
  const auto& told = *found->first;
  const auto* of_told = from.find(told.value);
  const auto older = all_where(of, by, [&](const record& each) {
    return each.stored() && same_variable(each, told)
           && stamp{each.epoch, each.version} < of_told->low;
  });
  if (older.empty())
    return false;
  found->second->value = older.front()->value;
  found->second->committed = 0;
  return true;
}

bool swap_stores(history& of, dice& by) {
  const history copy = of;
  const evidence from{copy};
  for (const auto& one : from.acknowledged())
    for (const auto& other : from.acknowledged()) {
      if (!same_variable(*one.store, *other.store)
          || one.flush->end_ns >= other.store->begin_ns
          || one.store->epoch != other.store->epoch)
        continue;
      for (auto* each : all_where(of, by, [](const record& any) {
             return any.kind == record_kind::store;
           })) {
        if (each->value == one.store->value)
          each->version = other.store->version;
        else if (each->value == other.store->value)
          each->version = one.store->version;
      }
      return true;
    }
  return false;
}

bool give_version_again(history& of, dice& by) {
  const history copy = of;
  const evidence from{copy};
  const auto later = all_where(of, by, [](const record& each) {
    return each.stored() && each.in_one_epoch();
  });
  for (auto* each : later)
    for (const auto& safe : from.acknowledged())
      if (same_variable(*each, *safe.store) && safe.store->in_one_epoch()
          && safe.store->epoch < each->epoch && safe.store->version > 1) {
        each->version = safe.store->version - 1;
        return true;
      }
  return false;
}

bool confirmed_goes_back(history& of, dice& by) {
  const auto is_confirmed = [](const record& each) {
    return each.saw_value() && each.kind == record_kind::confirmed_read;
  };
  const auto found = pair_where(of, by, is_confirmed, is_confirmed,
                                [](const record& one, const record& other) {
                                  return same_variable(one, other)
                                         && one.end_ns < other.begin_ns
                                         && one.value != other.value
                                         && one.version < other.version;
                                });
  if (!found)
    return false;
  std::swap(found->first->value, found->second->value);
  std::swap(found->first->version, found->second->version);
  return true;
}

bool begin_empty(history& of, dice&) {
  auto made = of.clients.front().front();
  ++made.epoch;
  of.clients.front().push_back(made);
  return true;
}

bool be_unreadable(history& of, dice& by) {
  const auto reads = all_where(of, by, [](const record& each) {
    return each.kind == record_kind::final_read;
  });
  if (reads.empty())
    return false;
  reads.front()->outcome = record_outcome::failed;
  return true;
}

/// The last reads on one node, of one variable, see nothing.
bool end_empty(history& of, dice& by) {
  const auto reads = all_where(of, by, [](const record& each) {
    return each.kind == record_kind::final_read && each.saw_value();
  });
  if (reads.empty())
    return false;
  reads.front()->outcome = record_outcome::no_value;
  return true;
}

} // namespace holdfast::test
