// The log of consensus in memory, as the contract in actors/consensus says it:
// what the store on disk is compared with, and what electors are tested on.
#pragma once

#include "actors/consensus/storage.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace holdfast::test {

/// What is left when the node that wrote it is gone.
struct kept_log {
  consensus::stored_log log;
  std::size_t commits_until_failure = static_cast<std::size_t>(-1);
};

inline void apply(const consensus::install& from, consensus::stored_log& log) {
  const auto keep = from.replaces_log ? from.base.index + 1 : from.keep_from;
  if (from.replaces_log)
    log.entries.clear();
  while (log.first < keep && !log.entries.empty()) {
    log.entries.erase(log.entries.begin());
    ++log.first;
  }
  if (from.replaces_log)
    log.first = keep;
  log.base = from.base;
}

inline void apply(const consensus::append& from, consensus::stored_log& log) {
  log.entries.resize(from.first - log.first);
  log.entries.insert(log.entries.end(), from.entries.begin(),
                     from.entries.end());
}

inline void apply(const consensus::write& one, consensus::stored_log& log) {
  if (one.vote)
    log.vote = *one.vote;
  if (one.base)
    apply(*one.base, log);
  if (one.tail)
    apply(*one.tail, log);
}

class memory_storage final : public consensus::storage {
public:
  explicit memory_storage(std::shared_ptr<kept_log> kept)
    : kept_{std::move(kept)} {
    // nop
  }

  shm::result<consensus::stored_log> load() override {
    return kept_->log;
  }

  shm::result<void>
  commit(const std::vector<consensus::write>& writes) override {
    if (kept_->commits_until_failure == 0)
      return shm::failed(shm::errc::system, "the disk is gone");
    --kept_->commits_until_failure;
    for (const auto& each : writes)
      apply(each, kept_->log);
    return boost::outcome_v2::success();
  }

private:
  std::shared_ptr<kept_log> kept_;
};

} // namespace holdfast::test
