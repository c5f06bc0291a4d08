#include "actors/region_disk.hpp"

#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

region_disk_actor::behavior_type
region_disk(region_disk_actor::pointer self,
            std::shared_ptr<region_storage> storage) {
  return {
    [storage](const write_region_request& request) -> caf::result<void> {
      auto done = storage->commit(request.what);
      if (!done)
        return make_error(done.assume_error());
      return caf::unit;
    },
    [self, storage](region_gone) {
      storage->remove();
      self->quit();
    },
    [self](region_closed) { self->quit(); },
  };
}

} // namespace holdfast::actors
