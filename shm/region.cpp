#include "shm/region.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace holdfast::shm {

namespace {

result<void> check(const region_options& o) {
  const auto bad = [](std::string why) {
    return failed(errc::bad_argument, std::move(why));
  };
  if (o.tenant.empty() || o.tenant.size() >= limits::name_bytes
      || o.name.empty() || o.name.size() >= limits::name_bytes)
    return bad("tenant and region names have 1 to 63 characters");
  if (o.variables_max < 1 || o.variables_max > limits::variables_max)
    return bad("variables_max is 1 to 65536");
  if (o.clients_max < 1 || o.clients_max > limits::clients_max)
    return bad("clients_max is 1 to 4096");
  if (o.bytes < limits::region_bytes_min || o.bytes > o.bytes_max
      || o.bytes_max > limits::region_bytes_max)
    return bad("bytes is 64KiB to bytes_max, which is at most 64GiB");
  const auto heap = layout::plan::of(o.variables_max).heap;
  if (heap >= o.bytes)
    return bad("the bookkeeping of " + std::to_string(o.variables_max)
               + " variables takes " + std::to_string(heap) + " of "
               + std::to_string(o.bytes)
               + " bytes; give more bytes or a smaller variables_max");
  return boost::outcome_v2::success();
}

void put_text(std::array<char, limits::name_bytes>& into,
              const std::string& text) {
  text.copy(into.data(), into.size() - 1);
}

std::uint64_t random_generation() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

/// In one go: page by page, as values come, would cost more than the values. A
/// kernel before 5.14 does it so.
void fault_in(void* at, std::uint64_t bytes) noexcept {
  ::madvise(at, static_cast<std::size_t>(bytes), MADV_POPULATE_WRITE);
}

} // namespace

result<std::unique_ptr<region>> region::create(const region_options& options) {
  if (auto checked = shm::check(options); !checked)
    return std::move(checked).assume_error();
  std::unique_ptr<region> made{new region};
  made->options_ = options;
  const auto plan = layout::plan::of(options.variables_max);
  const auto name = "holdfast:" + options.tenant + "/" + options.name;
  auto control = memory_object::create(name + ":control", plan.control_bytes);
  if (!control)
    return std::move(control).assume_error();
  made->control_object_ = std::move(control).assume_value();
  auto data = memory_object::create(name + ":data", options.bytes);
  if (!data)
    return std::move(data).assume_error();
  made->data_object_ = std::move(data).assume_value();
  auto control_mapping
    = made->control_object_.map(access::write, plan.control_bytes);
  if (!control_mapping)
    return std::move(control_mapping).assume_error();
  made->control_mapping_ = std::move(control_mapping).assume_value();
  auto data_mapping = made->data_object_.map(access::write, options.bytes_max);
  if (!data_mapping)
    return std::move(data_mapping).assume_error();
  made->data_mapping_ = std::move(data_mapping).assume_value();
  fault_in(made->data_mapping_.get_address(), options.bytes);
  made->lay_out(random_generation());
  // From here on nobody, of any uid, can map the control object writable.
  if (auto sealed = made->control_object_.seal_writes(growth::forbidden);
      !sealed)
    return std::move(sealed).assume_error();
  const auto later
    = options.bytes < options.bytes_max ? growth::allowed : growth::forbidden;
  auto sealed = options.node_writes_only ? made->data_object_.seal_writes(later)
                                         : made->data_object_.seal_size(later);
  if (!sealed)
    return std::move(sealed).assume_error();
  if (auto opened = made->open_for_readers(); !opened)
    return std::move(opened).assume_error();
  return made;
}

// Reopening one by way of /proc costs more than all else in an attach.
result<void> region::open_for_readers() {
  auto control = share_control();
  if (!control)
    return std::move(control).assume_error();
  auto data = share_data(access::read);
  if (!data)
    return std::move(data).assume_error();
  control_for_readers_
    = std::make_shared<descriptor>(std::move(control).assume_value());
  data_for_readers_
    = std::make_shared<descriptor>(std::move(data).assume_value());
  return boost::outcome_v2::success();
}

void region::lay_out(std::uint64_t generation) {
  auto* control
    = static_cast<layout::control_header*>(control_mapping_.get_address());
  auto* data = static_cast<layout::data_header*>(data_mapping_.get_address());
  map_.control = control;
  map_.data = data;
  map_.variables_max = options_.variables_max;
  map_.data_bytes_max = options_.bytes_max;
  map_.plan = layout::plan::of(options_.variables_max);
  control->layout_version = layout::version;
  control->variables_max = options_.variables_max;
  control->region_id = options_.region_id;
  control->generation = generation;
  control->data_bytes_max = options_.bytes_max;
  put_text(control->tenant, options_.tenant);
  put_text(control->name, options_.name);
  control->state.store(static_cast<std::uint32_t>(layout::region_state::active),
                       std::memory_order_relaxed);
  control->role.store(static_cast<std::uint32_t>(layout::region_role::home),
                      std::memory_order_relaxed);
  control->epoch.store(options_.epoch, std::memory_order_relaxed);
  control->home.store(options_.home, std::memory_order_relaxed);
  control->data_bytes.store(options_.bytes, std::memory_order_relaxed);
  data->magic = layout::data_magic;
  data->region_id = options_.region_id;
  control->magic = layout::control_magic;
  directory_.emplace(map_);
  heap_.give(map_.plan.heap, (options_.bytes - map_.plan.heap)
                               / layout::extent_alignment
                               * layout::extent_alignment);
  own_ = std::make_shared<attachment>();
  own_->map.control = control;
  own_->map.data = data;
  own_->map.plan = map_.plan;
  own_->map.variables_max = map_.variables_max;
  own_->map.data_bytes_max = map_.data_bytes_max;
  own_->owner = layout::lock_word::node_writer;
  own_->writable = true;
}

result<void> region::check(const variable_spec& spec) const {
  if (spec.name.empty() || spec.name.size() >= limits::name_bytes)
    return failed(errc::bad_argument,
                  "a variable's name has 1 to 63 characters");
  if (spec.type.empty() || spec.type.size() >= limits::name_bytes)
    return failed(errc::bad_argument, "a type tag has 1 to 63 characters");
  if (spec.capacity < 1 || spec.capacity > limits::capacity_max)
    return failed(errc::bad_argument, "capacity is 1 byte to 16MiB");
  if (spec.kind == layout::variable_kind::counter && spec.capacity != 8)
    return failed(errc::bad_argument, "a counter has 8 bytes");
  if (variables_.contains(spec.name))
    return failed(errc::exists, "variable '" + spec.name + "'");
  return boost::outcome_v2::success();
}

result<void> region::add_variable(const variable_spec& spec) {
  if (auto checked = check(spec); !checked)
    return checked;
  settle();
  if (free_slots_.empty() && slots_used_ == map_.variables_max)
    return failed(errc::full, "the directory holds variables_max = "
                                + std::to_string(map_.variables_max));
  const auto shape = layout::extent_shape::of(spec.capacity);
  const auto offset = heap_.take(shape.bytes());
  if (!offset)
    return failed(errc::full, "variable '" + spec.name + "' needs "
                                + std::to_string(shape.bytes())
                                + " bytes, the largest free extent has "
                                + std::to_string(heap_.largest()));
  std::uint32_t slot = slots_used_;
  if (free_slots_.empty()) {
    ++slots_used_;
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  const auto generation
    = map_.generation(slot)->load(std::memory_order_relaxed) + 1;
  for (std::uint64_t i = 0; i < shape.slots; ++i)
    map_.in_data<layout::slot_head>(*offset + i * shape.stride)
      ->sequence.store(0, std::memory_order_relaxed);
  map_.committed(slot)->store(0, std::memory_order_relaxed);
  map_.head(slot)->latest.store(0, std::memory_order_relaxed);
  map_.head(slot)->grouped.store(0, std::memory_order_relaxed);
  map_.head(slot)->lock.store(layout::lock_word::free(generation),
                              std::memory_order_release);
  directory_->add({spec.name, spec.type, spec.kind, spec.capacity, slot,
                   generation, *offset, shape});
  variables_.emplace(spec.name, live_variable{slot, *offset, shape.bytes()});
  map_.control->variables.store(variables_.size(), std::memory_order_relaxed);
  announce_event();
  return boost::outcome_v2::success();
}

result<void> region::remove_variable(std::string_view name) {
  const auto found = variables_.find(name);
  if (found == variables_.end())
    return failed(errc::no_such_variable, "'" + std::string{name} + "'");
  const auto [slot, offset, bytes] = found->second;
  const auto generation
    = map_.generation(slot)->load(std::memory_order_relaxed);
  directory_->remove(slot, name);
  // G1: whatever lies in these bytes later comes after the new generation.
  // Pairs with G2 (variable.hpp).
  std::atomic_thread_fence(std::memory_order_seq_cst);
  variables_.erase(found);
  apart_.erase(slot);
  map_.control->variables.store(variables_.size(), std::memory_order_relaxed);
  retired_.push_back({slot, generation, offset, bytes});
  settle();
  announce_event();
  return boost::outcome_v2::success();
}

bool region::try_settle(const retired_variable& retired) {
  auto& lock = map_.head(retired.slot)->lock;
  const auto seen = lock.load(std::memory_order_acquire);
  const auto owner = layout::lock_word::owner(seen);
  const bool inside = layout::lock_word::generation(seen) == retired.generation
                      && clients_.contains(owner);
  if (inside)
    return false;
  // The node's lock of the old generation keeps late writers out for ever. A
  // writer that took it since is found at the next try.
  auto expected = seen;
  return lock.compare_exchange_strong(
    expected,
    layout::lock_word::held(retired.generation, layout::lock_word::node_owner),
    std::memory_order_acq_rel, std::memory_order_relaxed);
}

void region::settle() {
  const auto settled = [this](const retired_variable& retired) {
    if (!try_settle(retired))
      return false;
    heap_.give(retired.offset, retired.bytes);
    free_slots_.push_back(retired.slot);
    return true;
  };
  std::erase_if(retired_, settled);
}

result<void> region::grow(std::uint64_t bytes) {
  if (auto reserved = reserve_for_growth(bytes); !reserved)
    return reserved;
  finish_growth(bytes);
  return boost::outcome_v2::success();
}

result<void> region::reserve_for_growth(std::uint64_t bytes) const {
  const auto now = map_.control->data_bytes.load(std::memory_order_relaxed);
  if (bytes < now || bytes > options_.bytes_max)
    return failed(errc::bad_argument, "a region of " + std::to_string(now)
                                        + " bytes can grow to at most "
                                        + std::to_string(options_.bytes_max));
  return data_object_.reserve(bytes);
}

void region::finish_growth(std::uint64_t bytes) {
  const auto now = map_.control->data_bytes.load(std::memory_order_relaxed);
  const auto align = [](std::uint64_t value) {
    return value / layout::extent_alignment * layout::extent_alignment;
  };
  heap_.give(align(now), align(bytes) - align(now));
  map_.control->data_bytes.store(bytes, std::memory_order_release);
  announce_event();
}

result<std::uint32_t> region::admit_client() {
  if (clients_.size() >= options_.clients_max)
    return failed(errc::full, "clients attached to one region: "
                                + std::to_string(options_.clients_max));
  while (clients_.contains(next_owner_))
    next_owner_ = next_owner_ % limits::clients_max + 1;
  const auto owner = next_owner_;
  next_owner_ = next_owner_ % limits::clients_max + 1;
  clients_.insert(owner);
  // What this client will check lies where others may have written.
  map_.data->magic = layout::data_magic;
  map_.data->region_id = options_.region_id;
  return owner;
}

result<descriptor> region::share_control() const {
  return control_object_.share(access::read);
}

result<descriptor> region::share_data(access wanted) const {
  if (wanted == access::write && options_.node_writes_only)
    return failed(errc::no_right,
                  "only the node writes to region '" + options_.name + "'");
  return data_object_.share(wanted);
}

shared_descriptor region::lend_control() const {
  return control_for_readers_;
}

shared_descriptor region::lend_data() const {
  return data_for_readers_;
}

std::uint32_t region::drain() {
  const auto drained = take_changes([this](std::uint32_t slot) {
    commit(slot, map_.head(slot)->latest.load(std::memory_order_acquire));
  });
  if (drained != 0) {
    const auto sequence
      = map_.control->applied.load(std::memory_order_relaxed) + drained;
    count_sequences(sequence, sequence);
  }
  return drained;
}

bool region::arm_doorbell() noexcept {
  auto& doorbell = map_.control->doorbell;
  if (doorbell.load(std::memory_order_relaxed) % 2 == 0)
    doorbell.fetch_add(1, std::memory_order_seq_cst);
  // B1: armed before looking; a writer marks before it looks at the doorbell
  // (D1), so one of us sees the other.
  for (std::uint64_t i = 0; i < map_.plan.summary_words; ++i)
    if (map_.dirty_summary()[i].load(std::memory_order_seq_cst) != 0)
      return false;
  return true;
}

void region::disarm_doorbell() noexcept {
  auto& doorbell = map_.control->doorbell;
  if (doorbell.load(std::memory_order_relaxed) % 2 == 1)
    doorbell.fetch_add(1, std::memory_order_seq_cst);
}

region_status region::status() const {
  const auto& c = *map_.control;
  region_status now;
  now.bytes = c.data_bytes.load(std::memory_order_relaxed);
  now.bytes_max = options_.bytes_max;
  now.bytes_free = heap_.free_bytes();
  now.variables = static_cast<std::uint32_t>(variables_.size());
  now.variables_max = map_.variables_max;
  now.clients = static_cast<std::uint32_t>(clients_.size());
  now.applied = c.applied.load(std::memory_order_relaxed);
  now.drains = c.drains.load(std::memory_order_relaxed);
  now.repairs = c.repairs.load(std::memory_order_relaxed);
  now.epoch = c.epoch.load(std::memory_order_relaxed);
  now.home = c.home.load(std::memory_order_relaxed);
  now.state = static_cast<layout::region_state>(
    c.state.load(std::memory_order_relaxed));
  return now;
}

std::vector<std::string> region::names_after(std::string_view last,
                                             std::size_t count) const {
  std::vector<std::string> names;
  for (auto next = variables_.upper_bound(last);
       next != variables_.end() && names.size() < count; ++next)
    names.push_back(next->first);
  return names;
}

region_view region::view() const {
  return region_view::over(own_);
}

} // namespace holdfast::shm
