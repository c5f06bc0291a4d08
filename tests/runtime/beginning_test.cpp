#include "runtime/beginning.hpp"

#include "config/defaults.hpp"
#include "tests/support/stepped_system.hpp"

#include <algorithm>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// The tables have another quota of the tenant, and nobody leads who could
/// change it.
struct replacing_node : stepped_system {
  replacing_node() {
    prod.name = "prod";
    const auto& wanted = prod.quota;
    auto agreed = std::make_shared<catalog::contents>();
    agreed->tenants["prod"].quota = rules::quota{
      {wanted.bytes, wanted.regions + 1, wanted.variables, wanted.sessions}};
    tables = agreed;
  }

  caf::behavior answer() {
    return {[](const actors::enter_request&) { return caf::unit; },
            [this](tables_query) { return tables_copy{tables}; },
            [](const command_request&) -> caf::result<void> {
              return actors::make_error(shm::errc::no_leader, "nobody leads");
            }};
  }

  runtime::beginning_options options() {
    runtime::beginning_options made;
    made.catalog = caf::actor_cast<actors::catalog_actor>(
      start([this](caf::event_based_actor*) { return answer(); }));
    made.tenants = {prod};
    made.awaited = false;
    made.log = log();
    return made;
  }

  std::shared_ptr<const catalog::contents> tables;
  config::tenant prod;
};

} // namespace

TEST_CASE_METHOD(replacing_node,
                 "while nobody leads, a node says once what it would replace",
                 "[runtime][beginning]") {
  const auto beginning = runtime::spawn_beginning(system, options());

  tell(beginning, runtime::begin_request{});
  advance(5 * config::command_retry);

  CHECK(std::count(logged.begin(), logged.end(),
                   "this node's configuration replaces what was agreed on")
        == 1);
  end(beginning);
}
