#include "actors/consensus/log_cache.hpp"

#include "actors/consensus/membership.hpp"

#include <cassert>

namespace holdfast::consensus {

log_cache::log_cache(stored_log stored) : first_{stored.first} {
  if (stored.base)
    changes_[stored.base->membership_index] = stored.base->members;
  base_ = std::move(stored.base);
  put(first_, stored.entries);
}

const entry& log_cache::at(log_index index) const {
  assert(has(index));
  return entries_[index - first_];
}

term_number log_cache::term_of(log_index index) const {
  if (has(index))
    return at(index).term;
  return base_ && base_->index == index ? base_->term : 0;
}

void log_cache::put(log_index from, const std::vector<entry>& entries) {
  assert(from >= first_ && from <= last() + 1);
  entries_.resize(from - first_);
  changes_.erase(changes_.lower_bound(from), changes_.end());
  for (const auto& one : entries) {
    entries_.push_back(one);
    if (one.kind == entry_kind::change)
      changes_[last()] = *decode(one.data);
  }
}

void log_cache::restore(snapshot base) {
  entries_.clear();
  changes_.clear();
  changes_[base.membership_index] = base.members;
  first_ = base.index + 1;
  base_ = std::move(base);
}

void log_cache::compact(snapshot base, log_index keep_from) {
  assert(has(base.index) && keep_from >= first_);
  while (first_ < keep_from) {
    entries_.pop_front();
    ++first_;
  }
  changes_.erase(changes_.begin(), changes_.lower_bound(base.membership_index));
  base_ = std::move(base);
}

log_index log_cache::keep_from(log_index index, log_index trailing) const {
  if (index <= trailing || term_of(index - trailing) == 0)
    return first_;
  return index - trailing + 1;
}

std::pair<log_index, const membership*>
log_cache::membership_at(log_index index) const {
  const auto after = changes_.upper_bound(index);
  if (after == changes_.begin())
    return {0, nullptr};
  const auto& [found, members] = *std::prev(after);
  return {found, &members};
}

} // namespace holdfast::consensus
