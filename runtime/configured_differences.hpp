// Sentences about what the configuration says otherwise than the tables, with
// both values. Pure.
#pragma once

#include "actors/rules/catalog/rows.hpp"

#include <string>
#include <vector>

namespace holdfast::runtime {

// `where` is what is compared: "tenant 'prod'". Empty: the two are the same.

std::vector<std::string> differences(const std::string& where,
                                     const rules::quota_limits& agreed,
                                     const rules::quota_limits& named);

std::vector<std::string> differences(const std::string& where,
                                     const catalog::region_options& agreed,
                                     const catalog::region_options& named);

/// Looks at the order, too: it decides who a client is.
std::vector<std::string>
differences(const std::string& where,
            const std::vector<catalog::principal>& agreed,
            const std::vector<rules::principal>& named);

} // namespace holdfast::runtime
