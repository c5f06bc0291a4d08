// Values that come from other nodes or go there: the part of `region` that
// reads and writes variables on the node's own behalf.
#include "shm/attachment.hpp"
#include "shm/copy.hpp"
#include "shm/region.hpp"

#include <algorithm>

namespace holdfast::shm {

namespace {

result<void> no_variable(std::uint32_t slot) {
  return failed(errc::no_such_variable, "slot " + std::to_string(slot));
}

result<void> too_long(std::size_t bytes, std::uint32_t capacity) {
  return failed(errc::too_long, std::to_string(bytes) + " bytes into "
                                  + std::to_string(capacity));
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

std::optional<latest_value> region::look(std::uint32_t slot) const {
  if (!in_use(slot))
    return std::nullopt;
  const auto at = place_of(slot);
  const auto version = at.head->latest.load(std::memory_order_acquire);
  const auto content
    = at.slot_of(version).content.load(std::memory_order_relaxed);
  return latest_value{
    version, std::min(layout::content_word::length(content), at.capacity),
    layout::content_word::writer(content),
    at.head->grouped.load(std::memory_order_relaxed) != 0};
}

result<std::uint64_t> region::append_value(std::uint32_t slot,
                                           std::vector<char>& into) const {
  if (!in_use(slot))
    return no_variable(slot).assume_error();
  const auto before = into.size();
  std::uint64_t version = 0;
  const auto code = read_latest(
    place_of(slot), version,
    [&](const layout::word* from, std::uint64_t length) {
      into.resize(before + length);
      load_payload(reinterpret_cast<std::byte*>(into.data() + before), from,
                   length);
    });
  if (code == errc::ok)
    return version;
  into.resize(before);
  return failed(code, "slot " + std::to_string(slot));
}

template <class Store>
result<void> region::with_lock(std::uint32_t slot, Store store) {
  if (!in_use(slot))
    return no_variable(slot);
  const auto at = place_of(slot);
  const bool is_ours = apart_.contains(slot);
  if (!is_ours)
    if (const auto taken = take_free_lock(at, own_->owner); taken != errc::ok)
      return failed(taken, "slot " + std::to_string(slot));
  auto done = store(at);
  if (!is_ours)
    release_lock(at);
  return done;
}

/// Under the lock, and no longer than the capacity.
void region::fill_as(const variable_place& at, std::uint64_t version,
                     std::span<const char> bytes) {
  // It may lie where the value that is shown does: then readers wait for it.
  // Whoever reads a version twice reads one value, so none is torn.
  fill_slot(at, version, [&](layout::word* payload) {
    store_payload(payload, reinterpret_cast<const std::byte*>(bytes.data()),
                  bytes.size());
    return bytes.size();
  });
}

void region::store_as(std::uint32_t slot, std::uint64_t version,
                      std::span<const char> bytes) {
  const auto at = place_of(slot);
  fill_as(at, version, bytes);
  publish(at, version);
  announce(*own_, *at.head, slot);
}

result<void> region::show_value(std::uint32_t slot, std::uint64_t version,
                                std::span<const char> bytes) {
  if (version == 0)
    return no_variable(slot);
  return with_lock(slot, [&](const variable_place& at) {
    if (bytes.size() > at.capacity)
      return too_long(bytes.size(), at.capacity);
    store_as(slot, version, bytes);
    return result<void>{boost::outcome_v2::success()};
  });
}

result<void> region::store_above(std::uint32_t slot, std::uint64_t above) {
  std::vector<char> bytes;
  return with_lock(slot, [&](const variable_place& at) {
    if (at.head->latest.load(std::memory_order_relaxed) > above)
      return result<void>{boost::outcome_v2::success()};
    if (auto copied = append_value(slot, bytes); !copied)
      return result<void>{copied.assume_error()};
    store_as(slot, above + 1, bytes);
    return result<void>{boost::outcome_v2::success()};
  });
}

result<void> region::store_first(std::uint32_t slot, std::uint64_t above,
                                 std::span<const char> bytes) {
  return with_lock(slot, [&](const variable_place& at) {
    if (at.head->latest.load(std::memory_order_relaxed) != 0)
      return result<void>{boost::outcome_v2::success()};
    if (bytes.size() > at.capacity)
      return too_long(bytes.size(), at.capacity);
    store_as(slot, above + 1, bytes);
    return result<void>{boost::outcome_v2::success()};
  });
}

result<void> region::clear_values() {
  const auto listed = view().list();
  if (!listed)
    return listed.assume_error();
  for (const auto& each : listed.assume_value()) {
    if (auto removed = remove_variable(each.name); !removed)
      return removed;
    if (auto made
        = add_variable({each.name, each.kind, each.type, each.capacity});
        !made)
      return made;
  }
  return boost::outcome_v2::success();
}

void region::keep_owners_of(const region& other) {
  clients_.insert(other.clients_.begin(), other.clients_.end());
  next_owner_ = other.next_owner_;
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
