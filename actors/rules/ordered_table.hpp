// A map for tables of many small values that are mostly walked through in the
// order of their keys: a sorted sequence in chunks, and a finger on what was
// found last.
//
// Looking up a key right behind the last one costs a comparison, any other two
// binary searches in neighbouring memory; a new key moves what is behind it in
// its chunk. (Finger search: Knuth, The Art of Computer Programming 3, 6.2.3.)
// The finger moves with each lookup, so one thread at a time may use a table,
// also for reading. Whatever changes its keys invalidates pointers into it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace holdfast::rules {

template <class Key, class Value>
class ordered_table {
public:
  using entry = std::pair<Key, Value>;

  class const_iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const entry*;
    using reference = const entry&;

    const_iterator() = default;

    reference operator*() const {
      return (*in_)[chunk_][at_];
    }
    pointer operator->() const {
      return &**this;
    }
    const_iterator& operator++() {
      if (++at_ == (*in_)[chunk_].size()) {
        ++chunk_;
        at_ = 0;
      }
      return *this;
    }
    const_iterator operator++(int) {
      auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const const_iterator&) const = default;

  private:
    friend class ordered_table;
    using chunks = std::vector<std::vector<entry>>;

    const_iterator(const chunks& in, std::size_t chunk, std::size_t at)
      : in_{&in}, chunk_{chunk}, at_{at} {
      // nop
    }

    const chunks* in_ = nullptr;
    std::size_t chunk_ = 0;
    std::size_t at_ = 0;
  };

  const_iterator begin() const {
    return {chunks_, 0, 0};
  }
  const_iterator end() const {
    return {chunks_, chunks_.size(), 0};
  }

  /// The first whose key is not less.
  const_iterator lower_bound(const Key& key) const {
    const auto at = place_of(key);
    if (at.chunk < chunks_.size() && at.index == chunks_[at.chunk].size())
      return {chunks_, at.chunk + 1, 0};
    return {chunks_, at.chunk, at.index};
  }

  /// Null: it is not there.
  const Value* find(const Key& key) const {
    const auto at = place_of(key);
    return at.found ? &chunks_[at.chunk][at.index].second : nullptr;
  }
  Value* find(const Key& key) {
    const auto at = place_of(key);
    return at.found ? &chunks_[at.chunk][at.index].second : nullptr;
  }
  bool contains(const Key& key) const {
    return place_of(key).found;
  }

  /// Made with its default if it is not there.
  Value& operator[](const Key& key) {
    auto at = place_of(key);
    if (!at.found)
      at = insert(at, key);
    return chunks_[at.chunk][at.index].second;
  }

  /// True if it was there.
  bool erase(const Key& key) {
    const auto at = place_of(key);
    if (!at.found)
      return false;
    auto& chunk = chunks_[at.chunk];
    chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(at.index));
    if (chunk.empty())
      chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(at.chunk));
    --size_;
    return true;
  }

  void clear() {
    chunks_.clear();
    size_ = 0;
  }
  std::size_t size() const noexcept {
    return size_;
  }
  bool empty() const noexcept {
    return size_ == 0;
  }

  bool operator==(const ordered_table& other) const {
    return size_ == other.size_
           && std::equal(begin(), end(), other.begin(), other.end());
  }

private:
  static constexpr std::size_t chunk_max = 256;

  /// Where a key is, or would be: then its chunk may be full, and there is none
  /// in an empty table.
  struct place {
    std::size_t chunk = 0;
    std::size_t index = 0;
    bool found = false;
  };

  bool is_at(std::size_t chunk, std::size_t index, const Key& key) const {
    return chunk < chunks_.size() && index < chunks_[chunk].size()
           && chunks_[chunk][index].first == key;
  }

  place place_of(const Key& key) const {
    auto& [chunk, index, found] = finger_;
    if (is_at(chunk, index, key))
      return {chunk, index, true};
    if (is_at(chunk, index + 1, key)) {
      ++index;
      return {chunk, index, true};
    }
    finger_ = search(key);
    return finger_;
  }

  place search(const Key& key) const {
    if (chunks_.empty())
      return {};
    const auto behind = std::upper_bound(
      chunks_.begin(), chunks_.end(), key,
      [](const Key& one, const auto& other) { return one < other[0].first; });
    const auto chunk
      = behind == chunks_.begin()
          ? std::size_t{0}
          : static_cast<std::size_t>(behind - chunks_.begin()) - 1;
    const auto& in = chunks_[chunk];
    const auto at = std::lower_bound(
      in.begin(), in.end(), key,
      [](const entry& one, const Key& other) { return one.first < other; });
    return {chunk, static_cast<std::size_t>(at - in.begin()),
            at != in.end() && at->first == key};
  }

  place insert(place at, const Key& key) {
    if (chunks_.empty())
      chunks_.emplace_back();
    if (chunks_[at.chunk].size() == chunk_max)
      at = split(at);
    auto& into = chunks_[at.chunk];
    into.emplace(into.begin() + static_cast<std::ptrdiff_t>(at.index), key,
                 Value{});
    ++size_;
    at.found = true;
    finger_ = at;
    return at;
  }

  /// Makes room: keys that only ascend leave full chunks behind.
  place split(place at) {
    auto& full = chunks_[at.chunk];
    const bool ascends
      = at.index == chunk_max && at.chunk + 1 == chunks_.size();
    const auto keep = ascends ? chunk_max : chunk_max / 2;
    std::vector<entry> rest(full.begin() + static_cast<std::ptrdiff_t>(keep),
                            full.end());
    full.resize(keep);
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(at.chunk) + 1,
                   std::move(rest));
    if (at.index < keep || (at.index == keep && !ascends))
      return at;
    return {at.chunk + 1, at.index - keep, false};
  }

  std::vector<std::vector<entry>> chunks_; ///< none is empty
  std::size_t size_ = 0;
  mutable place finger_;
};

} // namespace holdfast::rules
