#include "tests/shm/attached_region.hpp"

#include <stdexcept>
#include <type_traits>
#include <utility>

namespace holdfast::test {

namespace {

// Throws rather than asks Catch: the races run without it, too.
template <class T>
T must(shm::result<T> outcome) {
  if (!outcome)
    throw std::runtime_error{outcome.assume_error().message()};
  if constexpr (!std::is_void_v<T>)
    return std::move(outcome).assume_value();
}

#ifdef __SANITIZE_THREAD__
constexpr bool thread_sanitizer = true;
#else
constexpr bool thread_sanitizer = false;
#endif

} // namespace

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
  owner = must(shm::region::create(options));
  owner->renew_lease(shm::boot_clock::now() + std::chrono::hours{1});
}

shm::region_view
attached_region::within_owners_mapping(const shm::attach_grant& grant) {
  auto attached = std::make_shared<shm::attachment>();
  attached->map = owner->view().attached()->map;
  attached->owner = grant.owner;
  attached->writable = grant.granted == shm::access::write;
  attached->watch = grant.watch;
  return shm::region_view::over(std::move(attached));
}

shm::region_view attached_region::attach(shm::access wanted) {
  shm::attach_grant grant;
  grant.control = must(owner->share_control());
  grant.data = must(owner->share_data(wanted));
  grant.granted = wanted;
  grant.owner = must(owner->admit_client());
  grant.watch = [this](shm::watch_scope scope) -> shm::result<void> {
    owner->count_watchers(scope, +1);
    return boost::outcome_v2::success();
  };
  if (thread_sanitizer)
    return within_owners_mapping(grant);
  return must(shm::region_view::attach(std::move(grant)));
}

void attached_region::add(const std::string& name,
                          shm::layout::variable_kind kind,
                          const std::string& type, std::uint32_t capacity) {
  must(owner->add_variable({name, kind, type, capacity}));
}

} // namespace holdfast::test
