// A region with its clients in one process: each attaches by descriptors of
// its own, so that every byte is mapped twice, as between processes.
#pragma once

#include "shm/region.hpp"

#include <memory>
#include <string>

namespace holdfast::test {

struct quote {
  double bid;
  double ask;
  std::uint64_t size;
};

/// Options of a small region for tests.
shm::region_options small_region(std::uint64_t bytes = 4U << 20,
                                 std::uint32_t variables_max = 256);

struct attached_region {
  explicit attached_region(const shm::region_options& options = small_region());

  /// Attaches one more client.
  shm::region_view attach(shm::access wanted = shm::access::write);

  void add(const std::string& name, shm::layout::variable_kind kind,
           const std::string& type, std::uint32_t capacity);

  template <class T>
  void add_value(const std::string& name) {
    add(name, shm::layout::variable_kind::value,
        std::string{shm::type_tag<T>::value}, sizeof(T));
  }

  std::unique_ptr<shm::region> owner;

private:
  /// A client at the addresses of the node: ThreadSanitizer knows a word by
  /// its address, and two mappings of it would be two words.
  shm::region_view within_owners_mapping(const shm::attach_grant& grant);
};

} // namespace holdfast::test

template <>
struct holdfast::shm::type_tag<holdfast::test::quote> {
  static constexpr std::string_view value = "test::quote/1";
};
