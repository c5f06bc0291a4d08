// Between the tables and the placement rule: what the rule is shown, and the
// commands that its steps become.
#pragma once

#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/catalog/tables.hpp"
#include "actors/rules/placement.hpp"

#include <optional>

namespace holdfast::catalog {

rules::placement_view placement_view_of(const contents& of);

/// Some region has its home on that node and is held by another one that may
/// become its home.
bool can_be_moved_from(node_id node, const contents& of);

/// A region on disk of whose values no other member has any; nothing: there is
/// none.
std::optional<region_name> kept_by_none_but(node_id node, const contents& of);

/// It may change what placement_view_of shows.
bool concerns_placement(const command& what);

/// move_home, or set_placement.
command command_of(const rules::placement_step& step);

} // namespace holdfast::catalog
