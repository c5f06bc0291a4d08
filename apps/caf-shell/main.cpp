// caf-shell: asks the node of this host and reads its memory, for people at a
// prompt and for programs, with one grammar.
#include "apps/caf-shell/command.hpp"
#include "apps/caf-shell/command_line.hpp"
#include "apps/caf-shell/interrupt.hpp"
#include "apps/caf-shell/prompt.hpp"

#include <unistd.h>

#include <clocale>

namespace holdfast::shell {

namespace {

exit_code run(const shell_options& options) {
  std::setlocale(LC_CTYPE, "");
  note_interrupts();
  const bool person
    = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  const output out{options.json ? output_form::json : form_of_stdout()};
  node_link node{options.node};
  workplace at{node, out, person};
  if (!options.command.empty())
    return run_words(at, options.command);
  return person ? run_prompt(at) : run_script(at);
}

} // namespace

} // namespace holdfast::shell

int main(int argc, char** argv) {
  using namespace holdfast::shell;
  const auto read = read_command_line(argc, argv);
  if (const auto* code = std::get_if<exit_code>(&read))
    return static_cast<int>(*code);
  return static_cast<int>(run(std::get<shell_options>(read)));
}
