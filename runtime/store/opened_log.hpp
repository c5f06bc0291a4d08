// The log of consensus as a node finds it at start: opened, read and checked
// before any actor begins, so that damage stops the start with its own words.
#pragma once

#include "actors/consensus/messages.hpp"
#include "runtime/store/consensus_store.hpp"

#include <memory>

namespace holdfast::runtime {

struct opened_log {
  std::shared_ptr<consensus::storage> storage; ///< hands out what was read
  consensus::origin who;         ///< `start` is the node's incarnation
  consensus::log_index last = 0; ///< 0: it is empty
  consensus::term_number last_term = 0;
};

/// Errors: as consensus_store::open and load.
shm::result<opened_log> open_log(const consensus_store_options& options);

/// A new one, where there is none. Errors: as consensus_store::create.
shm::result<opened_log> make_log(const consensus_store_options& options);

} // namespace holdfast::runtime
