// Why the live region lives where it does, as caf-shell tells it.
#pragma once

#include <string>
#include <vector>

namespace holdfast::examples {

/// "+13 ms settle_region ..." from its last move to another home on. Asks the
/// node at `socket` by `caf-shell cluster why`.
std::vector<std::string> story_of(const std::string& socket);

} // namespace holdfast::examples
