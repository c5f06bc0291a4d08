// What the configuration wants of the replicated tables: the commands that are
// still to be agreed on. Pure; knows no actor.
//
// The configuration is the truth about the quota and the principals of the
// tenants that it names, and about no region that is there already.
#pragma once

#include "actors/rules/catalog/tables.hpp"
#include "config/node_config.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct configured_changes {
  std::vector<catalog::command> commands; ///< in this order
  /// What stays as it is, against the file, with both values.
  std::vector<std::string> warnings;
  /// What these commands replace in tenants that are there already, with both
  /// values: a file that was changed, or that of another node.
  std::vector<std::string> replaced;
};

configured_changes changes_for(const catalog::contents& tables,
                               const std::vector<config::tenant>& tenants);

/// Who may enter by the configuration alone, by tenant.
std::map<std::string, std::vector<rules::principal>>
principals_of(const std::vector<config::tenant>& tenants);

} // namespace holdfast::runtime
