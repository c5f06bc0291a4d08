// Exactly once: what became of the last requests of each origin.
//
// An origin's ids ascend, and it has fewer requests under way than results are
// kept. A request that is there already gets its first result again. When room
// is needed the result of the lowest id is forgotten, and from then on an id
// at or below it is answered `unknown`: it may have been decided, so it is
// never decided again. An id above it that is not there was never decided.
#pragma once

#include "actors/rules/catalog/rows.hpp"

#include <cstddef>
#include <map>
#include <optional>

namespace holdfast::catalog {

class request_results {
public:
  /// The first result, `unknown` if that is forgotten, or nothing: it is new.
  std::optional<outcome> find(std::uint64_t request_id) const;

  /// Ids below are answered `unknown`. Before anything was remembered.
  void begin_at(std::uint64_t request_id) noexcept {
    forgotten_ = request_id == 0 ? 0 : request_id - 1;
  }

  void remember(std::uint64_t request_id, outcome result,
                std::size_t results_max);

  std::uint64_t forgotten() const noexcept {
    return forgotten_;
  }

  const std::map<std::uint64_t, outcome>& kept() const noexcept {
    return kept_;
  }

  /// For a snapshot; false if it could not have come to be.
  bool restore_forgotten(std::uint64_t up_to) noexcept;
  bool restore(std::uint64_t request_id, outcome result,
               std::size_t results_max);

  bool operator==(const request_results&) const = default;

private:
  std::uint64_t forgotten_ = 0; ///< the highest id that was forgotten
  std::map<std::uint64_t, outcome> kept_;
};

} // namespace holdfast::catalog
