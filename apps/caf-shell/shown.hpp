// What a command has to show, before anybody decided how.
#pragma once

#include "apps/caf-shell/exit_code.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace holdfast::shell {

/// An array of objects is shown as a table, an object as names and values,
/// null as nothing. JSON programs see `data` as it is.
struct shown {
  nlohmann::ordered_json data;
  std::vector<std::string> columns; // of a table: the keys, in order
  std::optional<std::string> plain; // for people, instead of `data`
  std::string remark;               // for people, beside the data
  exit_code code = exit_code::ok;
};

} // namespace holdfast::shell
