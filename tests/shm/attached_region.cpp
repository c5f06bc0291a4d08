#include "tests/shm/attached_region.hpp"

#include "tests/support/catch.hpp"

namespace holdfast::test {

shm::region_options small_region(std::uint64_t bytes,
                                 std::uint32_t variables_max) {
  shm::region_options options;
  options.region_id = 7;
  options.tenant = "acme";
  options.name = "prices";
  options.bytes = bytes;
  options.bytes_max = 4 * bytes;
  options.variables_max = variables_max;
  return options;
}

attached_region::attached_region(const shm::region_options& options) {
  auto made = shm::region::create(options);
  REQUIRE(made);
  owner = std::move(made).assume_value();
  owner->renew_lease(shm::boot_clock::now() + std::chrono::hours{1});
}

shm::region_view attached_region::attach(shm::access wanted) {
  shm::attach_grant grant;
  grant.control = std::move(owner->share_control()).assume_value();
  grant.data = std::move(owner->share_data(wanted)).assume_value();
  grant.granted = wanted;
  grant.owner = owner->admit_client().assume_value();
  grant.watch = [this](shm::watch_scope scope) -> shm::result<void> {
    owner->count_watchers(scope, +1);
    return boost::outcome_v2::success();
  };
  auto view = shm::region_view::attach(std::move(grant));
  REQUIRE(view);
  return std::move(view).assume_value();
}

void attached_region::add(const std::string& name,
                          shm::layout::variable_kind kind,
                          const std::string& type, std::uint32_t capacity) {
  auto added = owner->add_variable({name, kind, type, capacity});
  INFO((added ? "" : added.assume_error().message()));
  REQUIRE(added);
}

} // namespace holdfast::test
