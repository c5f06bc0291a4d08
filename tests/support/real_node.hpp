// A holdfast-node process on a directory of its own, ended with the test.
#pragma once

#include "apps/processes/interruption.hpp"
#include "apps/processes/node_process.hpp"
#include "apps/processes/temporary_directory.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace holdfast::test {

using processes::eventually;
using processes::temporary_directory;

/// How a program that was run to its end ended, and what it printed on both
/// outputs.
struct program_end {
  int exit_code = -1; ///< 128 + signal when a signal ended it
  std::string output;
};

/// Runs holdfast-node to its end. Fails the test when it runs longer.
program_end run_node(const std::vector<std::string>& arguments,
                     std::chrono::seconds patience = std::chrono::seconds{20});

/// The text of a configuration: `tenants` is the JSON of the list, `more` is
/// put before it, such as R"("lease": {…},)".
std::string node_text(const std::string& tenants, const std::string& more = {});

/// One tenant `prod` in which this process's user may do everything, with the
/// regions given as JSON.
std::string own_tenant(const std::string& regions);

/// The node that was built with the tests.
class real_node : public processes::node_process {
public:
  /// As node_process.
  explicit real_node(const std::string& text, int network = -1);
};

} // namespace holdfast::test
