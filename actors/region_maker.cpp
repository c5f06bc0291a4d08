#include "actors/region_maker.hpp"

#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

caf::result<made_region> make(const make_region_request& request) {
  auto made = shm::region::create(request.options);
  if (!made)
    return make_error(made.assume_error());
  std::shared_ptr<shm::region> region = std::move(made).assume_value();
  made_region result{std::move(region), {}};
  for (const auto& variable : request.variables)
    if (auto added = result.region->add_variable(variable); !added)
      result.refused.push_back({variable.name, added.assume_error()});
  return result;
}

} // namespace

region_maker_actor::behavior_type region_maker(region_maker_actor::pointer) {
  return {
    [](const make_region_request& request) { return make(request); },
    [](const reserve_request& request) -> caf::result<void> {
      auto reserved = request.region->reserve_for_growth(request.bytes);
      if (!reserved)
        return make_error(reserved.assume_error());
      return caf::unit;
    },
  };
}

} // namespace holdfast::actors
