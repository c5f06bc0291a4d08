#include "shm/directory.hpp"

#include "shm/copy.hpp"

#include <array>
#include <cassert>
#include <cstring>
#include <optional>

namespace holdfast::shm {

namespace {

constexpr int lookup_attempts_max = 64;

// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::uint64_t hash_of(std::string_view name) noexcept {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return hash;
}

std::string_view text_of(const std::array<char, limits::name_bytes>& bytes) {
  return {bytes.data(), ::strnlen(bytes.data(), bytes.size())};
}

bool plausible(const region_map& map, const layout::directory_entry& entry) {
  if (entry.capacity == 0 || entry.capacity > limits::capacity_max)
    return false;
  const auto shape = layout::extent_shape::of(entry.capacity);
  const auto data_bytes
    = std::min(map.control->data_bytes.load(std::memory_order_relaxed),
               map.data_bytes_max);
  return entry.slots == shape.slots && entry.stride == shape.stride
         && entry.offset >= map.plan.heap
         && entry.offset % layout::extent_alignment == 0
         && shape.bytes() <= data_bytes
         && entry.offset <= data_bytes - shape.bytes();
}

directory_listing listing_of(const layout::directory_entry& entry,
                             std::uint32_t slot, std::uint32_t generation,
                             std::uint64_t removals) {
  return {std::string{text_of(entry.name)},
          std::string{text_of(entry.type)},
          entry.kind,
          entry.capacity,
          slot,
          generation,
          entry.offset,
          layout::extent_shape::of(entry.capacity),
          removals};
}

struct slot_look {
  bool live = false; // the slot held one variable throughout
  std::uint32_t generation = 0;
  layout::directory_entry entry{};
};

// Copies an entry as words and checks that it stayed itself.
slot_look look_at(const region_map& map, std::uint32_t slot) {
  slot_look look;
  // E1 pairs with E2: an odd generation comes with its entry.
  look.generation = map.generation(slot)->load(std::memory_order_acquire);
  if (look.generation % 2 == 0)
    return look;
  load_words(reinterpret_cast<std::byte*>(&look.entry),
             reinterpret_cast<const layout::word*>(map.entry(slot)),
             sizeof look.entry);
  std::atomic_thread_fence(std::memory_order_acquire);
  look.live
    = map.generation(slot)->load(std::memory_order_relaxed) == look.generation;
  return look;
}

// One walk along the index; nothing if the name is not on it.
std::optional<slot_look> probe(const region_map& map, std::string_view name,
                               std::uint32_t& slot) {
  const auto mask = map.plan.index_slots - 1;
  auto at = hash_of(name) & mask;
  for (std::uint64_t step = 0; step <= mask; ++step, at = (at + 1) & mask) {
    const auto value = map.index()[at].load(std::memory_order_relaxed);
    if (value == 0)
      return std::nullopt;
    if (value == layout::index_tombstone || value > map.variables_max)
      continue;
    slot = value - 1;
    const auto look = look_at(map, slot);
    if (look.live && text_of(look.entry.name) == name)
      return look;
  }
  return std::nullopt;
}

} // namespace

result<directory_listing> find_variable(const region_map& map,
                                        std::string_view name) {
  const auto& version = map.control->directory_version;
  // E3: read before the generation, so a removal after that is counted.
  // Pairs with E4.
  const auto removals = map.control->removals.load(std::memory_order_acquire);
  for (int attempt = 0; attempt < lookup_attempts_max; ++attempt) {
    const auto before = version.load(std::memory_order_acquire);
    std::uint32_t slot = 0;
    if (const auto found = probe(map, name, slot)) {
      if (!plausible(map, found->entry))
        return failed(errc::bad_layout,
                      "directory entry " + std::to_string(slot));
      return listing_of(found->entry, slot, found->generation, removals);
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    if (before % 2 == 0 && version.load(std::memory_order_relaxed) == before)
      return failed(errc::no_such_variable, "'" + std::string{name} + "'");
  }
  return failed(errc::contended, "the directory keeps changing");
}

result<std::vector<directory_listing>> list_variables(const region_map& map) {
  std::vector<directory_listing> all;
  // E3 as in find_variable.
  const auto removals = map.control->removals.load(std::memory_order_acquire);
  for (std::uint32_t slot = 0; slot < map.variables_max; ++slot) {
    const auto look = look_at(map, slot);
    if (!look.live)
      continue;
    if (!plausible(map, look.entry))
      return failed(errc::bad_layout,
                    "directory entry " + std::to_string(slot));
    all.push_back(listing_of(look.entry, slot, look.generation, removals));
  }
  return all;
}

void directory_writer::add(const directory_listing& listing) {
  layout::directory_entry entry{};
  assert(listing.name.size() < entry.name.size());
  assert(listing.type.size() < entry.type.size());
  listing.name.copy(entry.name.data(), entry.name.size() - 1);
  listing.type.copy(entry.type.data(), entry.type.size() - 1);
  entry.offset = listing.offset;
  entry.stride = listing.shape.stride;
  entry.capacity = listing.capacity;
  entry.slots = listing.shape.slots;
  entry.kind = listing.kind;
  auto& version = map_.control->directory_version;
  version.fetch_add(1, std::memory_order_acq_rel);
  store_words(reinterpret_cast<layout::word*>(map_.entry(listing.slot)),
              reinterpret_cast<const std::byte*>(&entry), sizeof entry);
  // E2 pairs with E1.
  map_.generation(listing.slot)
    ->store(listing.generation, std::memory_order_release);
  insert(listing.name, listing.slot);
  version.fetch_add(1, std::memory_order_release);
}

void directory_writer::remove(std::uint32_t slot, std::string_view name) {
  auto& version = map_.control->directory_version;
  version.fetch_add(1, std::memory_order_acq_rel);
  map_.generation(slot)->fetch_add(1, std::memory_order_seq_cst);
  // E4 counts the removal after the generation shows it. Pairs with E3.
  map_.control->removals.fetch_add(1, std::memory_order_release);
  const auto mask = map_.plan.index_slots - 1;
  auto at = hash_of(name) & mask;
  while (map_.index()[at].load(std::memory_order_relaxed) != slot + 1)
    at = (at + 1) & mask;
  map_.index()[at].store(layout::index_tombstone, std::memory_order_relaxed);
  // Tombstones lengthen every walk; a quarter of the index is enough.
  if (++tombstones_ > map_.plan.index_slots / 4)
    rebuild_index();
  version.fetch_add(1, std::memory_order_release);
}

void directory_writer::insert(std::string_view name, std::uint32_t slot) {
  const auto mask = map_.plan.index_slots - 1;
  auto at = hash_of(name) & mask;
  for (;; at = (at + 1) & mask) {
    const auto value = map_.index()[at].load(std::memory_order_relaxed);
    if (value == layout::index_tombstone)
      --tombstones_;
    if (value == 0 || value == layout::index_tombstone)
      break;
  }
  map_.index()[at].store(slot + 1, std::memory_order_release);
}

void directory_writer::rebuild_index() {
  for (std::uint64_t i = 0; i < map_.plan.index_slots; ++i)
    map_.index()[i].store(0, std::memory_order_relaxed);
  tombstones_ = 0;
  for (std::uint32_t slot = 0; slot < map_.variables_max; ++slot)
    if (map_.generation(slot)->load(std::memory_order_relaxed) % 2 == 1)
      insert(text_of(map_.entry(slot)->name), slot);
}

} // namespace holdfast::shm
