#include "tests/support/real_node.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace holdfast::test {

namespace {

std::string program() {
  const char* folder = std::getenv("HOLDFAST_BIN_DIR");
  return (folder != nullptr ? std::string{folder} : std::string{"."})
         + "/holdfast-node";
}

} // namespace

program_end run_node(const std::vector<std::string>& arguments,
                     std::chrono::seconds patience) {
  const temporary_directory directory;
  const auto output = directory.path() + "/output";
  processes::process running{
    {.program = program(), .arguments = arguments, .output = output}};
  const auto code = running.wait_for_end(patience);
  if (!code)
    throw std::runtime_error{"holdfast-node did not end: "
                             + processes::text_of_file(output)};
  return {*code, processes::text_of_file(output)};
}

std::string node_text(const std::string& tenants, const std::string& more) {
  return R"({"node": {"data_directory": "@dir@/state",
            "socket": "@dir@/run/attach.sock"}, )"
         + more + R"("tenants": )" + tenants + "}";
}

std::string own_tenant(const std::string& regions) {
  return R"([{"name": "prod", "principals": [{"name": "me", "uid": )"
         + std::to_string(::geteuid()) + R"(, "grants": [{"regions": "*",
            "rights": ["read", "write", "create", "admin"]}]}],
            "regions": )"
         + regions + "}]";
}

real_node::real_node(const std::string& text, int network)
  : node_process{program(), text, network} {
  // nop
}

} // namespace holdfast::test
