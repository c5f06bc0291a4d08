// Tables for people, drawn by libsmartcols.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace holdfast::shell {

/// The text of one value: a text as it is, anything else as JSON.
std::string cell_of(const nlohmann::ordered_json& value);

/// The same on one line: tabs, line ends and other control characters become
/// escapes, so that no value can act on a terminal or pretend to be two.
std::string one_line(std::string_view text);

/// Rows under a heading, aligned. Sizes get their unit, states their colour.
std::string draw_table(const nlohmann::ordered_json& rows,
                       const std::vector<std::string>& columns, bool colours);

/// Names and values, one below the other.
std::string draw_record(const nlohmann::ordered_json& record, bool colours);

} // namespace holdfast::shell
