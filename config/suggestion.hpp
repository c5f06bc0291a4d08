// "Did you mean": the known word that is nearest to an unknown one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

/// Nothing when no known word is near enough to be meant.
std::string nearest(std::string_view unknown,
                    const std::vector<std::string_view>& known);

} // namespace holdfast::config
