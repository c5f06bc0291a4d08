#include "actors/tenant_region_values.hpp"

#include "config/defaults.hpp"

namespace holdfast::actors {

namespace {

using shm::errc;

std::string named(const std::string& variable) {
  return "variable '" + variable + "'";
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

shm::result<std::uint64_t> store_value(const shm::region& region,
                                       const store_value_request& request) {
  const auto view = region.view();
  const auto found = view.find_any(request.variable);
  if (!found)
    return found.assume_error();
  const auto& variable = found.assume_value();
  const auto bytes = request.value.size();
  if (const auto fits = variable.check_size(bytes); fits != errc::ok)
    return shm::failed(fits, std::to_string(bytes) + " bytes for "
                               + named(request.variable) + " of "
                               + std::to_string(variable.capacity()));
  const auto version = variable.store_at_once(
    std::as_bytes(std::span{request.value}),
    request.expects ? std::optional{request.expected} : std::nullopt);
  if (!version)
    return shm::failed(version.assume_error(), named(request.variable));
  return version.assume_value();
}

shm::result<loaded_value> load_value(const shm::region& region,
                                     const load_value_request& request,
                                     shm::boot_clock::time_point now) {
  const auto view = region.view();
  const auto found = view.find_any(request.variable);
  if (!found)
    return found.assume_error();
  const auto& variable = found.assume_value();
  loaded_value loaded;
  loaded.epoch = view.epoch();
  const auto freshness = freshness_of(view, now);
  loaded.freshness = static_cast<std::uint8_t>(freshness.kind);
  loaded.age = freshness.age;
  auto read = variable.read_at_once(config::session_value_bytes_max);
  if (!read && counts_from_zero(variable, read.assume_error())) {
    loaded.value.resize(variable.capacity());
    return loaded;
  }
  if (!read)
    return shm::failed(read.assume_error(), named(request.variable));
  const auto& bytes = read.assume_value().value;
  const auto* from = reinterpret_cast<const char*>(bytes.data());
  loaded.value.assign(from, from + bytes.size());
  loaded.version = read.assume_value().version;
  loaded.committed = variable.committed_version();
  return loaded;
}

} // namespace holdfast::actors
