// holdfast-torture: has a cluster go through faults, and checks its promises.
#include "apps/holdfast-torture/command_line.hpp"
#include "apps/holdfast-torture/nodes.hpp"
#include "apps/holdfast-torture/progress.hpp"
#include "apps/holdfast-torture/report.hpp"
#include "apps/processes/interruption.hpp"

#include <cstdio>
#include <exception>
#include <fstream>

namespace holdfast::torture {

namespace {

exit_code nothing_because(const std::string& why) {
  say("holdfast-torture: " + why);
  return exit_code::nothing;
}

exit_code code_of(const run_result& result) {
  if (result.found.count() > 0)
    return exit_code::violation;
  return result.clean() ? exit_code::clean : exit_code::nothing;
}

exit_code do_run(const torture_options& options) {
  if (options.faults.of(fault_kind::partition) > 0)
    if (const auto why = allow_cuts(); !why.empty())
      return nothing_because("packets cannot be cut here (" + why
                             + "): --partitions 0 leaves them alone");
  const auto result = run(options);
  say_nothing();
  std::fputs(report_of(options, result).c_str(), stdout);
  if (!options.json.empty()
      && !(std::ofstream{options.json} << json_of(options, result)))
    return nothing_because("cannot write " + options.json);
  return code_of(result);
}

struct runner {
  int operator()(const torture_options& options) const {
    processes::end_on_signals();
    try {
      return static_cast<int>(do_run(options));
    } catch (const std::exception& failure) {
      return static_cast<int>(nothing_because(failure.what()));
    }
  }

  int operator()(const client_options& options) const {
    try {
      return work(options);
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "client %u: %s\n", options.id, failure.what());
      return static_cast<int>(exit_code::nothing);
    }
  }

  int operator()(exit_code code) const {
    return static_cast<int>(code);
  }
};

} // namespace

} // namespace holdfast::torture

int main(int argc, char** argv) {
  using namespace holdfast::torture;
  return std::visit(runner{}, read_command_line(argc, argv));
}
