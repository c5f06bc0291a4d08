#include "actors/region_maker.hpp"

#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using shm::errc;

/// Where each variable's values go, by its key.
std::map<std::uint64_t, std::uint32_t> slots_of(const shm::region& region,
                                                const kept_on_disk& kept) {
  std::map<std::uint64_t, std::uint32_t> slots;
  for (const auto& [name, id] : kept.variables)
    if (const auto slot = region.slot_of(name))
      slots[id] = *slot;
  return slots;
}

bool is_of(const kept_on_disk& kept, std::uint64_t key) {
  for (const auto& [name, id] : kept.variables)
    if (id == key)
      return true;
  return false;
}

/// Puts what the disk has into the region's memory, which nobody else has seen.
shm::result<found_on_disk>
read_back(shm::region& region, const kept_on_disk& kept, region_storage& from) {
  found_on_disk found;
  auto& values = found.holding.values;
  const auto slots = slots_of(region, kept);
  auto held = from.load([&](region_replica::variable_key key,
                            const region_replica::stamp& stored,
                            std::span<const char> bytes) {
    const auto slot = slots.find(key);
    if (slot == slots.end()) {
      if (!is_of(kept, key))
        found.stale.push_back(key);
      return shm::result<void>{boost::outcome_v2::success()};
    }
    const auto value = found.ledger.take(key, bytes);
    if (!value)
      return shm::result<void>{shm::failed(
        errc::corrupt, "a value on disk does not end as values do")};
    values[key] = {stored, value->size()};
    return region.show_value(slot->second, stored.version, *value);
  });
  if (!held)
    return std::move(held).assume_error();
  found.usable = true;
  found.holding.epoch = held.assume_value();
  return found;
}

/// Values of epochs before one that began empty were given up. Such a region
/// begins without any.
bool was_given_up(const found_on_disk& found, const kept_on_disk& kept) {
  if (found.holding.epoch >= kept.began_empty)
    return false;
  for (const auto& [key, value] : found.holding.values)
    if (value.stored.epoch < kept.began_empty)
      return true;
  return false;
}

void restore(made_region& into, const make_region_request& request,
             region_storages& disks) {
  const auto& options = request.options;
  const auto& kept = *request.kept;
  into.storage = disks.open({options.region_id, options.tenant, options.name});
  auto found = read_back(*into.region, kept, *into.storage);
  if (found && !was_given_up(found.assume_value(), kept)) {
    into.found = std::move(found).assume_value();
    return;
  }
  if (!found && found.assume_error().code != errc::no_value)
    into.found.trouble = found.assume_error().message();
  else if (!found && kept.expected)
    into.found.trouble = "there is nothing on disk, and there should be";
  if (auto cleared = into.region->clear_values(); !cleared)
    into.found.trouble += "; " + cleared.assume_error().message();
}

caf::result<made_region> make(const make_region_request& request,
                              const region_maker_options& options) {
  auto made = shm::region::create(request.options);
  if (!made)
    return make_error(made.assume_error());
  std::shared_ptr<shm::region> region = std::move(made).assume_value();
  made_region result{std::move(region), {}};
  for (const auto& variable : request.variables)
    if (auto added = result.region->add_variable(variable); !added)
      result.refused.push_back({variable.name, added.assume_error()});
  if (request.kept && options.disks)
    restore(result, request, *options.disks);
  return result;
}

} // namespace

region_maker_actor::behavior_type region_maker(region_maker_actor::pointer,
                                               region_maker_options options) {
  return {
    [options](const make_region_request& request) {
      return make(request, options);
    },
    [](const reserve_request& request) -> caf::result<void> {
      auto reserved = request.region->reserve_for_growth(request.bytes);
      if (!reserved)
        return make_error(reserved.assume_error());
      return caf::unit;
    },
    [options](const regions_kept& kept) {
      if (options.disks)
        options.disks->keep_only(kept.ids);
    },
  };
}

} // namespace holdfast::actors
