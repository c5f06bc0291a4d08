#include "apps/caf-shell/command_line.hpp"

#include <CLI/CLI.hpp>

#include <chrono>

namespace holdfast::shell {

namespace {

constexpr const char* footer = R"(
Without COMMAND it asks for commands, or reads them from standard input.

Examples:
  caf-shell status
  caf-shell --tenant market get quotes/bid
  caf-shell watch quotes/bid quotes/ask --count 10

caf-shell help lists the commands, caf-shell help exit-codes the exit codes.)";

} // namespace

std::variant<shell_options, exit_code> read_command_line(int argc,
                                                         char** argv) {
  shell_options out;
  out.node.client = "caf-shell";
  std::uint64_t patience_ms = 5000;
  CLI::App app{"Talks to the Holdfast node of this host.\n"
               "caf-shell [OPTIONS] [COMMAND ...]",
               "caf-shell"};
  app.footer(footer);
  app.add_option("--socket", out.node.socket, "where the node listens")
    ->type_name("PATH")
    ->envname("HOLDFAST_SOCKET")
    ->capture_default_str();
  app
    .add_option("--tenant", out.node.tenant,
                "whose regions; may be left out when you are known to one")
    ->type_name("TENANT")
    ->envname("HOLDFAST_TENANT");
  app
    .add_option("--patience", patience_ms,
                "milliseconds to wait for each answer")
    ->type_name("MS")
    ->capture_default_str();
  app.add_flag("--json", out.json, "results and errors as JSON");
  // The first word that is no option of ours begins the command.
  app.prefix_command();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::ok : exit_code::usage;
  }
  out.node.patience = std::chrono::milliseconds{patience_ms};
  out.command = app.remaining();
  return out;
}

} // namespace holdfast::shell
