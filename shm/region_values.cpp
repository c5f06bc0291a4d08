// Values that come from other nodes or go there: the part of `region` that
// reads and writes variables on the node's own behalf.
#include "shm/attachment.hpp"
#include "shm/copy.hpp"
#include "shm/region.hpp"

namespace holdfast::shm {

namespace {

result<void> no_variable(std::uint32_t slot) {
  return failed(errc::no_such_variable, "slot " + std::to_string(slot));
}

} // namespace

bool region::in_use(std::uint32_t slot) const noexcept {
  return slot < map_.variables_max
         && map_.generation(slot)->load(std::memory_order_relaxed) % 2 == 1;
}

std::optional<std::uint32_t> region::slot_of(std::string_view name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end())
    return std::nullopt;
  return found->second.slot;
}

result<carried_value> region::copy_value(std::uint32_t slot) const {
  if (!in_use(slot))
    return no_variable(slot).assume_error();
  const auto at = place_of(slot);
  carried_value copied;
  const auto code = read_latest(
    at, copied.version, [&](const layout::word* from, std::uint64_t length) {
      copied.bytes.resize(length);
      load_payload(reinterpret_cast<std::byte*>(copied.bytes.data()), from,
                   length);
    });
  if (code != errc::ok)
    return failed(code, "slot " + std::to_string(slot));
  return copied;
}

result<void> region::show_value(std::uint32_t slot,
                                const carried_value& value) {
  if (!in_use(slot) || value.version == 0)
    return no_variable(slot);
  const auto at = place_of(slot);
  if (value.bytes.size() > at.capacity)
    return failed(errc::too_long, std::to_string(value.bytes.size())
                                    + " bytes into "
                                    + std::to_string(at.capacity));
  if (const auto taken = take_lock(at, own_->owner); taken != errc::ok)
    return failed(taken, "slot " + std::to_string(slot));
  // It may lie where the value that is shown does: then readers wait for it.
  // Whoever reads a version twice reads one value, so none is torn.
  fill_slot(at, value.version, [&](layout::word* payload) {
    store_payload(payload,
                  reinterpret_cast<const std::byte*>(value.bytes.data()),
                  value.bytes.size());
    return value.bytes.size();
  });
  publish(at, value.version);
  announce(*own_, *at.head, slot);
  release_lock(at);
  return boost::outcome_v2::success();
}

void region::commit(std::uint32_t slot, std::uint64_t version) noexcept {
  map_.committed(slot)->store(version, std::memory_order_release);
}

void region::count_sequences(std::uint64_t applied,
                             std::uint64_t committed) noexcept {
  map_.control->applied.store(applied, std::memory_order_relaxed);
  map_.control->committed.store(committed, std::memory_order_release);
}

} // namespace holdfast::shm
