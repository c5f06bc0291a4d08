#include "runtime/start_warnings.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct small_config : config::node_config {
  explicit small_config(const temporary_directory& directory) {
    node.socket = directory.path() + "/attach.sock";
  }

  void add(config::principal principal) {
    if (tenants.empty())
      tenants.push_back({});
    tenants.front().name = "prod";
    tenants.front().principals.push_back(std::move(principal));
  }
};

bool mentions(const std::vector<std::string>& warnings,
              const std::string& text) {
  for (const auto& each : warnings)
    if (each.find(text) != std::string::npos)
      return true;
  return false;
}

} // namespace

TEST_CASE("a principal that is the node's own user is warned about",
          "[runtime][start_warnings]") {
  const temporary_directory directory;
  small_config config{directory};
  config.add({"me", ::geteuid()});

  const auto warnings = runtime::start_warnings(config);

  CHECK(
    mentions(warnings, "principal 'me' of tenant 'prod' is the node's own"));
}

TEST_CASE("a principal that cannot pass the socket's directory is warned about",
          "[runtime][start_warnings]") {
  const temporary_directory directory;
  small_config config{directory};
  config.add({"far", 54321});
  config.add({"far group", {}, 54321});
  CHECK(runtime::start_warnings(config).empty());

  ::chmod(directory.path().c_str(), 0710);

  const auto warnings = runtime::start_warnings(config);
  CHECK(warnings.size() == 2);
  CHECK(mentions(warnings, "'far' of tenant 'prod' cannot enter"));
}

TEST_CASE("a socket in a directory that everybody may write is warned about",
          "[runtime][start_warnings]") {
  const temporary_directory directory;
  const small_config config{directory};
  ::chmod(directory.path().c_str(), 01777);

  CHECK(mentions(runtime::start_warnings(config), "everybody may write"));
}

TEST_CASE("a principal of the directory's group passes",
          "[runtime][start_warnings]") {
  const temporary_directory directory;
  ::chmod(directory.path().c_str(), 0710);
  small_config config{directory};
  config.add({"near", {}, ::getegid()});

  CHECK(runtime::start_warnings(config).empty());
}
