// Puts the log of consensus on disk. It blocks for as long as the disk does,
// so it has a thread of its own. Knows nothing of terms or leaders.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace holdfast::actors {

struct log_store_options {
  /// Used by this actor alone, from here on.
  std::shared_ptr<consensus::storage> storage;
  /// Which run of which database this is; asked once the log is loaded.
  std::function<consensus::origin()> who;
  std::size_t writes_max = 0; ///< that wait for the disk
  log_function log;
};

struct log_store_state {
  static constexpr const char* name = "log_store";

  struct open_request {
    std::uint64_t number = 0;
    caf::typed_response_promise<stored_writes> answer;
  };

  log_store_options options;
  std::vector<consensus::write> writes;
  std::vector<open_request> requests;
  bool failed = false;
};

/// To be spawned detached.
log_store_actor::behavior_type
log_store(log_store_actor::stateful_pointer<log_store_state> self,
          log_store_options options);

} // namespace holdfast::actors
