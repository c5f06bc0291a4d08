// What a half-typed word may become: commands, regions and variables, live.
#pragma once

#include "apps/caf-shell/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shell {

/// Asks the node with a patience of its own, so that a node which does not
/// answer costs a fifth of a second, not the command's patience.
class completion {
public:
  explicit completion(client::connect_options options);

  /// What the last word of the line may become, sorted. A region that may be
  /// followed by a variable ends in '/'.
  std::vector<std::string> of(std::string_view line);

private:
  std::vector<std::string> commands_like(std::string_view start) const;
  std::vector<std::string> second_words_like(std::string_view line) const;
  std::vector<std::string> regions_like(std::string_view start,
                                        std::string_view ending);
  std::vector<std::string> variables_like(std::string_view start);

  node_link node_;
};

/// The longest start that all have in common.
std::string shared_start(const std::vector<std::string>& words);

} // namespace holdfast::shell
