#include "actors/rules/region_replica/made_stores.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace holdfast::region_replica {

namespace {

// The order is the format between nodes, and on disk.
using row_words = std::array<std::uint64_t, 9>;
static_assert(sizeof(row_words) == made_stores::row_bytes);

row_words words_of(const made_store& made) {
  return {made.by.node,
          made.by.incarnation.high,
          made.by.incarnation.low,
          made.by.number,
          made.serial,
          made.key,
          made.made.epoch,
          made.made.version,
          made.lost_in};
}

made_store made_of(const row_words& from) {
  return {{from[0], {from[1], from[2]}, from[3]},
          from[4],
          from[5],
          {from[6], from[7]},
          from[8]};
}

} // namespace

made_stores::change made_stores::say(std::size_t at, const made_store& made,
                                     std::uint64_t above) {
  last_version_ = std::max(last_version_, above) + 1;
  rows_[at] = {last_version_, made};
  return {at, last_version_};
}

const made_stores::row* made_stores::row_of(const session_id& session) const {
  for (const auto& each : rows_)
    if (each.made.serial != 0 && each.made.by == session)
      return &each;
  return nullptr;
}

const made_store* made_stores::last_of(const session_id& session) const {
  const auto* found = row_of(session);
  return found != nullptr && found->made.lost_in == 0 ? &found->made : nullptr;
}

made_stores::change made_stores::note(const made_store& made) {
  // Its own, or one without a store, or the least recent.
  const auto rank = [&](const row& of) {
    return of.made.serial != 0 && of.made.by == made.by ? 0
           : of.made.serial == 0                        ? 1
                                                        : 1 + of.version;
  };
  const auto place = std::min_element(rows_.begin(), rows_.end(),
                                      [&](const row& left, const row& right) {
                                        return rank(left) < rank(right);
                                      });
  return say(static_cast<std::size_t>(place - rows_.begin()), made);
}

/// What was stored in an epoch is called after it. A value of the epoch in
/// which a store was lost, or of a later one, says nothing of it.
std::vector<made_stores::change>
made_stores::judge(epoch_number epoch,
                   const std::function<stamp(variable_key)>& origin,
                   const std::function<bool(variable_key)>& pulled) {
  const auto in = [&origin](const made_store& made) {
    const auto has = origin(made.key);
    return has >= made.made && (made.lost_in == 0 || has.epoch < made.lost_in);
  };
  std::vector<change> changes;
  for (std::size_t at = 0; at < rows_.size(); ++at) {
    auto made = rows_[at].made;
    if (made.serial == 0)
      continue;
    const bool is_in = in(made);
    if (is_in == (made.lost_in == 0))
      continue;
    made.lost_in = is_in ? 0 : epoch;
    changes.push_back(say(at, made));
  }
  const auto before = std::exchange(replaced_, {});
  for (auto made : before) {
    const auto* row = row_of(made.by);
    if (pulled_in_ != epoch || pulled(made.key) || !in(made)
        || (row != nullptr && row->made.serial >= made.serial))
      continue;
    made.lost_in = 0;
    changes.push_back(note(made));
  }
  return changes;
}

void made_stores::remember(epoch_number epoch, const made_store& before) {
  if (std::exchange(pulled_in_, epoch) != epoch)
    replaced_.clear();
  if (before.serial == 0)
    return;
  for (auto& each : replaced_)
    if (each.by == before.by) {
      if (each.serial < before.serial)
        each = before;
      return;
    }
  if (replaced_.size() < 2 * rows_.size())
    replaced_.push_back(before);
}

bool made_stores::pull(epoch_number epoch, variable_key key,
                       std::uint64_t version, std::span<const char> bytes) {
  remember(epoch, rows_[key].made);
  return show(key, version, bytes);
}

std::uint64_t made_stores::append(variable_key key,
                                  std::vector<char>& into) const {
  const auto& of = rows_[key];
  if (of.version == 0)
    return 0;
  const auto all = words_of(of.made);
  const auto* from = reinterpret_cast<const char*>(all.data());
  into.insert(into.end(), from, from + row_bytes);
  return of.version;
}

bool made_stores::show(variable_key key, std::uint64_t version,
                       std::span<const char> bytes) {
  if (bytes.size() != row_bytes)
    return false;
  row_words all;
  std::memcpy(all.data(), bytes.data(), row_bytes);
  rows_[key] = {version, made_of(all)};
  last_version_ = std::max(last_version_, version);
  return true;
}

std::optional<made_stores::change>
made_stores::show_first(variable_key key, std::uint64_t version) {
  if (rows_[key].version != 0)
    return std::nullopt;
  return say(key, {}, version);
}

std::optional<made_stores::change> made_stores::outnumber(variable_key key,
                                                          std::uint64_t above) {
  if (rows_[key].version > above)
    return std::nullopt;
  return say(key, rows_[key].made, above);
}

void made_stores::clear() {
  std::fill(rows_.begin(), rows_.end(), row{});
  replaced_.clear();
}

} // namespace holdfast::region_replica
