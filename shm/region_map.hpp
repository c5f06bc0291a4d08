// Pointers into both objects of a mapped region.
#pragma once

#include "shm/layout.hpp"

#include <cstddef>
#include <cstdint>

namespace holdfast::shm {

/// Where everything is in one process. Holds no ownership; `variables_max` and
/// `data_bytes_max` are private copies that were checked once.
///
/// `Control` is control_header for the node and const control_header for a
/// client: who may write is seen in the type.
template <class Control>
struct basic_region_map {
  Control* control = nullptr;
  layout::data_header* data = nullptr;
  layout::plan plan{};
  std::uint32_t variables_max = 0;
  std::uint64_t data_bytes_max = 0;

  template <class T>
  auto* in_control(std::uint64_t offset) const noexcept {
    if constexpr (std::is_const_v<Control>)
      return reinterpret_cast<const T*>(
        reinterpret_cast<const std::byte*>(control) + offset);
    else
      return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(control)
                                  + offset);
  }

  template <class T>
  T* in_data(std::uint64_t offset) const noexcept {
    return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(data) + offset);
  }

  auto* generation(std::uint32_t slot) const noexcept {
    return in_control<layout::half_word>(plan.generations) + slot;
  }

  auto* committed(std::uint32_t slot) const noexcept {
    return in_control<layout::word>(plan.committed) + slot;
  }

  auto* index() const noexcept {
    return in_control<layout::half_word>(plan.index);
  }

  auto* entry(std::uint32_t slot) const noexcept {
    return in_control<layout::directory_entry>(plan.entries) + slot;
  }

  layout::variable_head* head(std::uint32_t slot) const noexcept {
    return in_data<layout::variable_head>(plan.heads) + slot;
  }

  layout::word* dirty_summary() const noexcept {
    return in_data<layout::word>(plan.dirty_summary);
  }

  layout::word* dirty_words() const noexcept {
    return in_data<layout::word>(plan.dirty_words);
  }
};

using region_map = basic_region_map<const layout::control_header>;
using owned_region_map = basic_region_map<layout::control_header>;

} // namespace holdfast::shm
