// A node that begins again: whether it is there its own tables must say.
#include "tests/actors/catalog_options_of.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t node = 2;

/// Another node leads: its answers come before this node's tables have what
/// they are about.
struct told_early : stepped_system {
  caf::behavior lead() {
    return {[this](propose_request& asked) {
      proposed = asked.command;
      return proposal_result{2, catalog::encode(catalog::outcome{})};
    }};
  }

  caf::behavior keep() {
    return {[this](tables_changed) { ++looks; }};
  }

  actors::enter_request in_life(std::uint64_t incarnation) {
    catalog::join_member self;
    self.node = node;
    self.incarnation = incarnation;
    return {elector, keeper, {}, self};
  }

  void apply(std::uint64_t index, const consensus::octets& command) {
    const consensus::entry content{1, consensus::entry_kind::command, command};
    REQUIRE(
      ask<applied_results>(catalog, committed_entries{{{index, content}}}));
  }

  actors::catalog_actor catalog
    = start(actors::catalog, catalog_options_of(*this, node));
  actors::elector_actor elector = caf::actor_cast<actors::elector_actor>(
    start([this](caf::event_based_actor*) { return lead(); }));
  actors::region_keeper_actor keeper
    = caf::actor_cast<actors::region_keeper_actor>(
      start([this](caf::event_based_actor*) { return keep(); }));
  consensus::octets proposed;
  int looks = 0; ///< of the keeper at the tables
};

} // namespace

TEST_CASE_METHOD(
  told_early, "a node has entered when its own tables say so, and not before",
  "[actors][catalog]") {
  caf::scoped_actor starter{system};
  auto entered = starter->request(catalog, caf::infinite, in_life(7));
  run();

  CHECK_FALSE(starter->has_next_message());
  CHECK(looks == 0); // its tables have what was there before its start

  apply(2, proposed);

  REQUIRE(starter->has_next_message());
  entered.receive([] {}, [](const caf::error&) { FAIL("not entered"); });
  CHECK(looks == 1);
}
