// Sees where regions are said to live, on all nodes, and says what must not be.
#pragma once

#include "actors/rules/catalog/tables.hpp"

#include <map>
#include <string>

namespace holdfast::simulation {

class placements {
public:
  /// What a node's tables say after the entry of that index. What is wrong;
  /// empty: nothing.
  std::string see(catalog::log_index index, const catalog::contents& after);

  /// A region was placed or moved by a decision about that epoch of it.
  static std::string placed(catalog::log_index expected,
                            catalog::log_index before);

private:
  struct home {
    catalog::node_id node = 0;
    std::set<catalog::node_id> replicas;
  };

  struct latest {
    catalog::log_index index = 0;
    catalog::log_index epoch = 0;
  };

  using region_id = catalog::log_index;

  std::string see(catalog::log_index index, const catalog::region& region);

  std::map<std::pair<region_id, catalog::log_index>, home> homes_;
  std::map<region_id, latest> latest_;
};

} // namespace holdfast::simulation
