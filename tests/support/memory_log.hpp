// What writes of consensus make of a log that is kept in memory.
#pragma once

#include "actors/consensus/storage.hpp"

#include <algorithm>
#include <cassert>

namespace holdfast::tests {

inline void carry_out(consensus::stored_log& log,
                      const consensus::install& made) {
  log.base = made.base;
  if (made.replaces_log) {
    log.entries.clear();
    log.first = made.base.index + 1;
    return;
  }
  const auto gone = std::max(made.keep_from, log.first) - log.first;
  assert(gone <= log.entries.size());
  log.entries.erase(log.entries.begin(),
                    log.entries.begin() + static_cast<std::ptrdiff_t>(gone));
  log.first += gone;
}

inline void carry_out(consensus::stored_log& log,
                      const consensus::append& made) {
  assert(made.first >= log.first
         && made.first <= log.first + log.entries.size());
  log.entries.resize(made.first - log.first);
  log.entries.insert(log.entries.end(), made.entries.begin(),
                     made.entries.end());
}

inline void carry_out(consensus::stored_log& log,
                      const consensus::write& made) {
  if (made.vote)
    log.vote = *made.vote;
  if (made.base)
    carry_out(log, *made.base);
  if (made.tail)
    carry_out(log, *made.tail);
}

} // namespace holdfast::tests
