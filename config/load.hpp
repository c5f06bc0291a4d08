// A configuration file in, a node_config or every complaint about it out.
#pragma once

#include "config/complaint.hpp"
#include "config/node_config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

struct outcome {
  node_config config{}; ///< to be used only when ok()
  std::vector<complaint> complaints{};

  bool ok() const {
    return complaints.empty();
  }
};

/// Never throws for what the text holds, however hostile.
outcome load_text(std::string_view text, std::string_view file_name);

/// A file that cannot be read is one complaint, with the system's reason.
outcome load_file(const std::string& path);

/// A complete file of defaults, commented, with an example of a tenant.
std::string print_default();

/// A file that loads to the same configuration and says for each value where
/// it came from: `// default` or `// file:line`.
std::string print_effective(const node_config& config);

} // namespace holdfast::config
