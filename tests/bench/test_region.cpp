#include "tests/bench/test_region.hpp"

namespace holdfast::bench {

test_region::test_region(std::uint32_t variables, std::uint32_t capacity) {
  const auto plan = shm::layout::plan::of(variables);
  const auto shape = shm::layout::extent_shape::of(capacity);
  const auto extent
    = shm::layout::round_up(shape.bytes(), shm::layout::extent_alignment);
  shm::region_options options;
  options.region_id = 1;
  options.tenant = "bench";
  options.name = "bench";
  options.bytes = shm::layout::round_up(plan.heap + variables * extent
                                          + shm::limits::region_bytes_min,
                                        shm::layout::page);
  options.bytes_max = options.bytes;
  options.variables_max = variables;
  node_ = need(shm::region::create(options));
  const bool fixed = capacity <= block_bytes_max;
  shm::variable_spec spec;
  spec.kind = fixed ? shm::layout::variable_kind::value
                    : shm::layout::variable_kind::bytes;
  spec.type = fixed ? "bench::block" : "bytes";
  spec.capacity = capacity;
  for (std::uint32_t i = 0; i < variables; ++i) {
    spec.name = name_of(i);
    if (!node_->add_variable(spec))
      give_up("no room for " + spec.name);
  }
}

shm::region_view test_region::attach(shm::access wanted,
                                     std::uint32_t owner) const {
  shm::attach_grant grant;
  grant.control = need(node_->share_control());
  grant.data = need(node_->share_data(wanted));
  grant.granted = wanted;
  grant.owner = owner;
  return need(shm::region_view::attach(std::move(grant)));
}

} // namespace holdfast::bench
