#include "shm/region_view.hpp"

#include <algorithm>
#include <cstring>

namespace holdfast::shm {

namespace {

// The header as the node wrote it, read once into private memory.
struct claimed {
  std::uint64_t magic;
  std::uint32_t layout_version;
  std::uint32_t variables_max;
  std::uint64_t region_id;
  std::uint64_t data_bytes_max;
};

claimed read_claims(const layout::control_header& control) {
  return {control.magic, control.layout_version, control.variables_max,
          control.region_id, control.data_bytes_max};
}

// The control object as far as it can be one, mapped once.
result<boost::interprocess::mapped_region>
map_control(const memory_object& object) {
  const auto size = object.size();
  if (!size)
    return size.assume_error();
  const auto bytes = size.assume_value();
  if (bytes < layout::page)
    return failed(errc::bad_layout,
                  "control object of " + std::to_string(bytes) + " bytes");
  constexpr auto most = layout::plan::of(limits::variables_max).control_bytes;
  return object.map(access::read, std::min(bytes, most));
}

result<claimed>
check_control(const boost::interprocess::mapped_region& mapping) {
  const auto claims
    = read_claims(*static_cast<layout::control_header*>(mapping.get_address()));
  if (claims.magic != layout::control_magic)
    return failed(errc::bad_layout, "not a control object");
  if (claims.layout_version != layout::version)
    return failed(errc::bad_layout,
                  "layout version " + std::to_string(claims.layout_version)
                    + ", this client knows " + std::to_string(layout::version));
  const bool sizes_fit = claims.variables_max >= 1
                         && claims.variables_max <= limits::variables_max
                         && claims.data_bytes_max <= limits::region_bytes_max
                         && layout::plan::of(claims.variables_max).control_bytes
                              <= mapping.get_size();
  if (!sizes_fit)
    return failed(errc::bad_layout, "sizes of the control object");
  return claims;
}

result<void> check_data(const layout::data_header& data,
                        const claimed& claims) {
  if (data.magic != layout::data_magic || data.region_id != claims.region_id)
    return failed(errc::bad_layout, "the data object is of another region");
  return boost::outcome_v2::success();
}

std::string text_in(const std::array<char, limits::name_bytes>& bytes) {
  return {bytes.data(), ::strnlen(bytes.data(), bytes.size())};
}

std::string_view word_for(layout::variable_kind kind) noexcept {
  switch (kind) {
  case layout::variable_kind::value:
    return "value";
  case layout::variable_kind::bytes:
    return "bytes";
  case layout::variable_kind::string:
    return "string";
  case layout::variable_kind::json:
    return "json";
  case layout::variable_kind::counter:
    return "counter";
  }
  return "unknown kind";
}

std::string describe(layout::variable_kind kind, std::string_view type,
                     std::uint32_t bytes) {
  return std::string{word_for(kind)} + " '" + std::string{type} + "' of "
         + std::to_string(bytes) + " bytes";
}

} // namespace

result<region_view> region_view::attach(attach_grant grant) {
  const auto control = memory_object::adopt(std::move(grant.control));
  const auto data = memory_object::adopt(std::move(grant.data));
  auto control_mapping = map_control(control);
  if (!control_mapping)
    return std::move(control_mapping).assume_error();
  const auto checked = check_control(control_mapping.assume_value());
  if (!checked)
    return checked.assume_error();
  const auto& claims = checked.assume_value();
  const auto plan = layout::plan::of(claims.variables_max);
  auto data_size = data.size();
  if (!data_size)
    return std::move(data_size).assume_error();
  // Larger than the largest size is none of our business: a client that may
  // write can grow an object that may grow.
  if (std::min(data_size.assume_value(), claims.data_bytes_max) < plan.heap)
    return failed(errc::bad_layout, "size of the data object");
  // The whole address space up to the largest size: growth needs no remap.
  auto data_mapping = data.map(grant.granted, claims.data_bytes_max);
  if (!data_mapping)
    return std::move(data_mapping).assume_error();

  auto attached = std::make_shared<attachment>();
  attached->control_mapping = std::move(control_mapping).assume_value();
  attached->data_mapping = std::move(data_mapping).assume_value();
  attached->map.control = static_cast<const layout::control_header*>(
    attached->control_mapping.get_address());
  attached->map.data
    = static_cast<layout::data_header*>(attached->data_mapping.get_address());
  attached->map.plan = plan;
  attached->map.variables_max = claims.variables_max;
  attached->map.data_bytes_max = claims.data_bytes_max;
  attached->owner = grant.owner;
  attached->writable = grant.granted == access::write;
  attached->doorbell = grant.doorbell;
  attached->watch = std::move(grant.watch);
  if (auto same = check_data(*attached->map.data, claims); !same)
    return std::move(same).assume_error();
  return over(std::move(attached));
}

region_view region_view::over(std::shared_ptr<attachment> attached) {
  region_view view;
  view.attached_ = std::move(attached);
  return view;
}

result<directory_listing> region_view::find_checked(std::string_view name,
                                                    layout::variable_kind kind,
                                                    std::string_view type,
                                                    std::uint32_t bytes) const {
  auto found = find_variable(attached_->map, name);
  if (!found)
    return found;
  const auto& listing = found.assume_value();
  const bool same = listing.kind == kind && listing.type == type
                    && (bytes == 0 || listing.capacity == bytes);
  if (!same)
    return failed(
      errc::wrong_type,
      "variable '" + std::string{name} + "' holds "
        + describe(listing.kind, listing.type, listing.capacity)
        + ", asked for "
        + describe(kind, type, bytes == 0 ? listing.capacity : bytes));
  return found;
}

variable_place
region_view::place_of(const directory_listing& listing) const noexcept {
  const auto& map = attached_->map;
  variable_place at;
  at.control = map.control;
  at.head = map.head(listing.slot);
  at.slots = map.in_data<std::byte>(listing.offset);
  at.removals = listing.removals;
  at.stride = static_cast<std::uint32_t>(listing.shape.stride);
  at.capacity = listing.capacity;
  at.slot = listing.slot;
  at.generation = listing.generation;
  return at;
}

result<bytes_variable> region_view::find_bytes(std::string_view name) const {
  auto found = find_checked(name, layout::variable_kind::bytes, "bytes", 0);
  if (!found)
    return std::move(found).assume_error();
  return bytes_variable{attached_, place_of(found.assume_value())};
}

result<string_variable> region_view::find_string(std::string_view name) const {
  auto found = find_checked(name, layout::variable_kind::string, "string", 0);
  if (!found)
    return std::move(found).assume_error();
  return string_variable{attached_, place_of(found.assume_value())};
}

result<json_variable> region_view::find_json(std::string_view name) const {
  auto found = find_checked(name, layout::variable_kind::json, "json", 0);
  if (!found)
    return std::move(found).assume_error();
  return json_variable{attached_, place_of(found.assume_value())};
}

result<counter> region_view::find_counter(std::string_view name) const {
  auto found = find_checked(name, layout::variable_kind::counter, "i64", 8);
  if (!found)
    return std::move(found).assume_error();
  return counter{attached_, place_of(found.assume_value())};
}

result<untyped_variable> region_view::find_any(std::string_view name) const {
  auto found = find_variable(attached_->map, name);
  if (!found)
    return std::move(found).assume_error();
  const auto& listing = found.assume_value();
  return untyped_variable{attached_, place_of(listing), listing.kind,
                          listing.type};
}

result<std::vector<directory_listing>> region_view::list() const {
  return list_variables(attached_->map);
}

std::string region_view::tenant() const {
  return text_in(attached_->control().tenant);
}

std::string region_view::name() const {
  return text_in(attached_->control().name);
}

freshness region_view::freshness_now() const noexcept {
  return freshness::of(
    attached_->state(),
    attached_->control().lease_end.load(std::memory_order_acquire),
    boot_clock::now());
}

std::uint64_t region_view::epoch() const noexcept {
  return attached_->control().epoch.load(std::memory_order_acquire);
}

std::uint64_t region_view::home() const noexcept {
  return attached_->control().home.load(std::memory_order_acquire);
}

std::uint64_t region_view::bytes() const noexcept {
  return attached_->control().data_bytes.load(std::memory_order_acquire);
}

bool region_view::writable() const noexcept {
  return attached_->writable;
}

} // namespace holdfast::shm
