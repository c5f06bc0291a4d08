// One line from a person, with history and completion. Only this file's source
// knows libedit.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shell {

/// Owns the terminal while it reads. One in a process.
class line_editor {
public:
  using complete = std::function<std::vector<std::string>(std::string_view)>;

  /// Keeps the history in that file, for this user alone; nowhere if empty.
  line_editor(std::string history_file, complete suggest);
  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;
  ~line_editor();

  /// The next line without its end; nothing at the end of input. Ctrl-C gives
  /// up what was typed and reads another.
  std::optional<std::string> read(std::string prompt);

private:
  struct library;

  std::unique_ptr<library> library_;
};

/// $XDG_STATE_HOME/holdfast/history or the like; its directory is made. Empty
/// where there is no home.
std::string history_file();

} // namespace holdfast::shell
