#include "actors/tenant_region_values.hpp"

#include "actors/error.hpp"
#include "config/defaults.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using shm::errc;

std::string named(const std::string& variable) {
  return "variable '" + variable + "'";
}

/// A replica's memory shows what its home stored, and nobody else stores in
/// it.
caf::error not_the_home(const shm::region& region) {
  const auto& options = region.options();
  return make_error(errc::unavailable, "region '" + options.name
                                         + "' is on node "
                                         + std::to_string(options.home));
}

bool is_home(const shm::region_view& view) {
  return view.attached()->control().role.load(std::memory_order_relaxed)
         == static_cast<std::uint32_t>(shm::layout::region_role::home);
}

shm::freshness freshness_of(const shm::region_view& view,
                            shm::boot_clock::time_point now) {
  const auto& control = view.attached()->control();
  return shm::freshness::of(view.attached()->state(),
                            control.lease_end.load(std::memory_order_acquire),
                            now);
}

/// A counter has a value before anybody stored one.
bool counts_from_zero(const shm::untyped_variable& variable, errc code) {
  return code == errc::no_value
         && variable.kind() == shm::layout::variable_kind::counter;
}

} // namespace

caf::result<stored_value> store_value(const shm::region& region,
                                      const store_value_request& request) {
  const auto view = region.view();
  if (!is_home(view))
    return not_the_home(region);
  const auto found = view.find_any(request.variable);
  if (!found)
    return make_error(found.assume_error());
  const auto& variable = found.assume_value();
  const auto bytes = request.value.size();
  if (const auto fits = variable.check_size(bytes); fits != errc::ok)
    return make_error(fits, std::to_string(bytes) + " bytes for "
                              + named(request.variable) + " of "
                              + std::to_string(variable.capacity()));
  const auto epoch = view.epoch();
  const auto version = variable.store_at_once(request.value, request.expected);
  if (!version)
    return make_error(version.assume_error(), named(request.variable));
  return stored_value{version.assume_value(), epoch};
}

caf::result<loaded_value> load_value(const shm::region& region,
                                     const load_value_request& request,
                                     shm::boot_clock::time_point now) {
  const auto view = region.view();
  const auto found = view.find_any(request.variable);
  if (!found)
    return make_error(found.assume_error());
  const auto& variable = found.assume_value();
  loaded_value loaded;
  loaded.epoch = view.epoch();
  loaded.freshness = freshness_of(view, now);
  auto read = variable.read_at_once(config::session_value_bytes_max);
  if (!read && counts_from_zero(variable, read.assume_error())) {
    loaded.value.resize(variable.capacity());
    return loaded;
  }
  if (!read)
    return make_error(read.assume_error(), named(request.variable));
  loaded.value = std::move(read.assume_value().value);
  loaded.version = read.assume_value().version;
  loaded.committed = variable.committed_version();
  return loaded;
}

} // namespace holdfast::actors
