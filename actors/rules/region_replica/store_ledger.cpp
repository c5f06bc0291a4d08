#include "actors/rules/region_replica/store_ledger.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace holdfast::region_replica {

namespace {

// The order is the format between nodes, and on disk.
using entry_words = std::array<std::uint64_t, 7>;
static_assert(sizeof(entry_words) == store_ledger::entry_bytes);
static_assert(sizeof(row) + store_ledger::tail_bytes == row_bytes);

void append_words(const void* from, std::size_t bytes,
                  std::vector<char>& into) {
  const auto* first = static_cast<const char*>(from);
  into.insert(into.end(), first, first + bytes);
}

noted_store store_in(std::span<const char> entry) {
  entry_words from;
  std::memcpy(from.data(), entry.data(), sizeof from);
  return {{from[0], {from[1], from[2]}, from[3]}, from[4], {from[5], from[6]}};
}

/// How many stores the tail names; nothing: it is no tail.
std::optional<std::size_t> count_in(std::span<const char> whole) {
  if (whole.size() < store_ledger::tail_bytes)
    return std::nullopt;
  std::uint64_t count = 0;
  std::memcpy(&count, whole.data() + whole.size() - sizeof count, sizeof count);
  const auto room = (whole.size() - sizeof count) / store_ledger::entry_bytes;
  if (count > std::min(room, store_ledger::sessions_max))
    return std::nullopt;
  return count;
}

} // namespace

const noted_store* store_ledger::last_of(variable_key key,
                                         const session_id& session) const {
  const auto* noted = of_.find(key);
  if (noted == nullptr)
    return nullptr;
  for (const auto& each : *noted)
    if (each.by == session)
      return &each;
  return nullptr;
}

void store_ledger::note(variable_key key, const noted_store& made) {
  auto& noted = of_[key];
  std::erase_if(noted, [&](const auto& each) { return each.by == made.by; });
  if (noted.size() == sessions_max)
    noted.erase(noted.begin());
  noted.push_back(made);
}

void store_ledger::append(variable_key key, std::vector<char>& into) const {
  const auto* noted = of_.find(key);
  const std::uint64_t count = noted == nullptr ? 0 : noted->size();
  if (noted != nullptr)
    for (const auto& each : *noted) {
      const entry_words words{each.by.node,
                              each.by.incarnation.high,
                              each.by.incarnation.low,
                              each.by.number,
                              each.serial,
                              each.made.epoch,
                              each.made.version};
      append_words(words.data(), sizeof words, into);
    }
  append_words(&count, sizeof count, into);
}

std::optional<std::span<const char>>
store_ledger::without_tail(std::span<const char> whole) {
  const auto count = count_in(whole);
  if (!count)
    return std::nullopt;
  return whole.first(whole.size() - tail_bytes - *count * entry_bytes);
}

std::optional<std::span<const char>>
store_ledger::take(variable_key key, std::span<const char> whole) {
  const auto value = without_tail(whole);
  if (!value)
    return std::nullopt;
  const auto count = *count_in(whole);
  if (count == 0) {
    of_.erase(key);
    return value;
  }
  auto& noted = of_[key];
  noted.clear();
  for (std::size_t i = 0; i < count; ++i)
    noted.push_back(
      store_in(whole.subspan(value->size() + i * entry_bytes, entry_bytes)));
  return value;
}

void store_ledger::forget(variable_key key) {
  of_.erase(key);
}

void store_ledger::clear() {
  of_.clear();
}

} // namespace holdfast::region_replica
