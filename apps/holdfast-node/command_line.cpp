#include "apps/holdfast-node/command_line.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace holdfast {

namespace {

constexpr const char* footer = R"(
Exit codes:
   0  ended as asked
   2  wrong arguments
  10  the configuration is invalid; every complaint names file, line, column
  11  another node owns the data directory or the socket
  12  cannot start; the message names the system's reason
  13  the shutdown overran its deadline

Signals: SIGTERM and SIGINT end the node, SIGHUP is noted and ignored.)";

} // namespace

std::variant<node_command, exit_code> read_command_line(int argc, char** argv) {
  CLI::App app{"Holdfast node: owns regions of shared memory and hands them "
               "to programs on this host",
               "holdfast-node"};
  app.footer(footer);
  std::string config;
  std::string check;
  bool print_default = false;
  bool print_effective = false;
  bool version = false;
  auto* config_option
    = app.add_option("--config", config, "serve with this configuration")
        ->type_name("FILE");
  auto* check_option
    = app
        .add_option("--check", check,
                    "read this configuration, complain or say ok; open nothing")
        ->type_name("FILE")
        ->excludes(config_option);
  app.add_flag("--print-default", print_default,
               "print a complete configuration of defaults, with comments");
  app
    .add_flag("--print-effective", print_effective,
              "print what --config means, and where each value comes from")
    ->needs(config_option);
  app.add_flag("--version", version, "print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::ok : exit_code::usage;
  }
  if (version)
    return print_version_command{};
  if (print_default)
    return print_default_command{};
  if (print_effective)
    return print_effective_command{config};
  if (check_option->count() != 0)
    return check_command{check};
  if (config_option->count() != 0)
    return serve_command{config};
  std::cerr << "holdfast-node: --config FILE is missing\n"
               "Run with --help for more, with --print-default for a file to "
               "start from.\n";
  return exit_code::usage;
}

} // namespace holdfast
