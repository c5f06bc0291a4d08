// holdfast-node: reads the command line and the configuration, then serves.
#include "apps/holdfast-node/command_line.hpp"
#include "apps/holdfast-node/serve.hpp"
#include "config/load.hpp"
#include "runtime/node.hpp"

#include <iostream>
#include <optional>

namespace holdfast {

namespace {

/// The configuration, or nothing after every complaint was printed.
std::optional<config::node_config> load(const std::string& file) {
  auto loaded = config::load_file(file);
  for (const auto& complaint : loaded.complaints)
    std::cerr << complaint.message() << '\n';
  if (!loaded.ok())
    return std::nullopt;
  return std::move(loaded.config);
}

struct runner {
  exit_code operator()(const serve_command& command) const {
    const auto config = load(command.config);
    return config ? serve(*config) : exit_code::config_invalid;
  }

  exit_code operator()(const check_command& command) const {
    if (!load(command.config))
      return exit_code::config_invalid;
    std::cout << command.config << ": ok\n";
    return exit_code::ok;
  }

  exit_code operator()(print_default_command) const {
    std::cout << config::print_default();
    return exit_code::ok;
  }

  exit_code operator()(const print_effective_command& command) const {
    const auto config = load(command.config);
    if (!config)
      return exit_code::config_invalid;
    std::cout << config::print_effective(*config);
    return exit_code::ok;
  }

  exit_code operator()(print_version_command) const {
    std::cout << "holdfast-node " << runtime::node_version() << '\n';
    return exit_code::ok;
  }
};

} // namespace

} // namespace holdfast

int main(int argc, char** argv) {
  using namespace holdfast;
  const auto asked = read_command_line(argc, argv);
  const auto* command = std::get_if<node_command>(&asked);
  const auto code = command != nullptr ? std::visit(runner{}, *command)
                                       : std::get<exit_code>(asked);
  return static_cast<int>(code);
}
