// A store whose disk a test holds up.
#pragma once

#include "actors/interfaces.hpp"

#include <caf/all.hpp>

#include <memory>
#include <vector>

namespace holdfast::test {

/// What a disk was asked for, and who waits for it.
struct slow_disk {
  bool at_work_for_ever = false;
  std::vector<std::vector<consensus::write>> asked;
  caf::typed_response_promise<stored_writes> open;
  std::uint64_t open_number = 0;
};

inline actors::log_store_actor::behavior_type
slow_store(actors::log_store_actor::pointer self,
           std::shared_ptr<slow_disk> disk) {
  return {
    [](load_log_request) {
      return loaded_log{{}, {1, 1}};
    },
    [self, disk](store_log_request& request) -> caf::result<stored_writes> {
      disk->asked.push_back(std::move(request.writes));
      if (!disk->at_work_for_ever)
        return stored_writes{request.number};
      disk->open_number = request.number;
      disk->open = self->make_response_promise<stored_writes>();
      return disk->open;
    },
    // By the test: the disk is done with what it was asked for last.
    [disk](commit_due) {
      disk->open.deliver(stored_writes{disk->open_number});
    },
  };
}

} // namespace holdfast::test
