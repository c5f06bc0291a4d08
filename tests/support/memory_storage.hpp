// The log of consensus in memory, as the contract in actors/consensus says it:
// what the store on disk is compared with, and what electors are tested on.
#pragma once

#include "tests/support/memory_log.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace holdfast::test {

/// What is left when the node that wrote it is gone.
struct kept_log {
  consensus::stored_log log;
  std::size_t commits_until_failure = static_cast<std::size_t>(-1);
};

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
      tests::carry_out(kept_->log, each);
    return boost::outcome_v2::success();
  }

private:
  std::shared_ptr<kept_log> kept_;
};

} // namespace holdfast::test
