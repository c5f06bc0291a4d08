#include "apps/caf-shell/prompt.hpp"

#include "apps/caf-shell/completion.hpp"
#include "apps/caf-shell/line_editor.hpp"
#include "apps/caf-shell/words.hpp"

#include <cstdio>
#include <iostream>

namespace holdfast::shell {

namespace {

std::string prompt_of(const node_link& node) {
  return node.place() + (node.connected() ? "> " : " (away)> ");
}

bool is_farewell(const std::vector<std::string>& words) {
  return words.size() == 1 && (words[0] == "quit" || words[0] == "exit");
}

// The exit code of a line; nothing when it says to leave.
std::optional<exit_code> run_line(workplace& at, std::string_view line) {
  auto words = words_of(line);
  if (!words)
    return at.out.show(words.assume_error(), at.node.meta());
  if (is_farewell(words.assume_value()))
    return std::nullopt;
  return run_words(at, std::move(words).assume_value());
}

} // namespace

exit_code run_prompt(workplace& at) {
  completion names{at.node.options()};
  line_editor editor{
    history_file(), [&names](std::string_view line) { return names.of(line); }};
  if (const auto node = at.node.connection(); !node)
    at.out.show(node.assume_error(), nullptr);
  at.out.say("Type help for the commands, quit to leave.");
  for (;;) {
    const auto line = editor.read(prompt_of(at.node));
    if (!line) {
      std::fputc('\n', stdout);
      return exit_code::ok;
    }
    if (!run_line(at, *line))
      return exit_code::ok;
  }
}

exit_code run_script(workplace& at) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto code = run_line(at, line);
    if (!code || *code != exit_code::ok)
      return code.value_or(exit_code::ok);
  }
  return exit_code::ok;
}

} // namespace holdfast::shell
