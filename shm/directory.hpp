// Names to slots: written by the node, read by everybody, live.
//
// An entry is valid while its slot's generation is odd and unchanged. The name
// index is open addressing with tombstones; directory_version is odd while
// the node changes it, so that a miss can be told from a change under way.
#pragma once

#include "shm/error.hpp"
#include "shm/region_map.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shm {

/// A variable as the directory describes it, copied out and checked.
struct directory_listing {
  std::string name;
  std::string type;
  layout::variable_kind kind = layout::variable_kind::value;
  std::uint32_t capacity = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::uint64_t offset = 0;
  layout::extent_shape shape{};
  std::uint64_t removals = 0; // in the region, before this was looked up
};

/// Finds a variable. Any thread. Errors: no_such_variable, contended,
/// bad_layout (the node's bytes do not make sense).
result<directory_listing> find_variable(const region_map& map,
                                        std::string_view name);

/// All variables, in the order of their slots. Errors: bad_layout.
result<std::vector<directory_listing>> list_variables(const region_map& map);

/// The node's side: the only writer. Keeps nothing but the map.
class directory_writer {
public:
  explicit directory_writer(owned_region_map map) noexcept : map_{map} {
    // nop
  }

  /// Puts a checked listing into its slot and index. Its slot is free and its
  /// name is not in the index.
  void add(const directory_listing& listing);

  /// Takes the slot's name out of the index and its generation to even.
  void remove(std::uint32_t slot, std::string_view name);

private:
  void rebuild_index();
  void insert(std::string_view name, std::uint32_t slot);

  owned_region_map map_;
  std::uint64_t tombstones_ = 0;
};

} // namespace holdfast::shm
