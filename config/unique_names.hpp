// Names that must differ from each other within one list of the file.
#pragma once

#include "config/section_reader.hpp"

#include <set>
#include <string>
#include <string_view>

namespace holdfast::config {

class unique_names {
public:
  /// Complains about a name that an entry before this one has; what: "tenant".
  void add(const std::string& name, section_reader& keys,
           std::string_view what) {
    if (name.empty() || seen_.insert(name).second)
      return; // an empty name has had its complaint
    keys.complain("name", "the name " + in_quotes(name) + " a second time",
                  "a name of its own for each " + std::string{what});
  }

private:
  std::set<std::string> seen_;
};

} // namespace holdfast::config
