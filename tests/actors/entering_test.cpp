// A node whose leader is ahead of it: what was decided its own tables must say.
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
      carried_out_at = asked.carried_out_at;
      decided.index = ++last;
      return proposal_result{last, catalog::encode(decided)};
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

  /// What the leader was asked for last.
  void catch_up() {
    const consensus::entry content{1, consensus::entry_kind::command, proposed};
    REQUIRE(
      ask<applied_results>(catalog, committed_entries{{{last, content}}}));
  }

  void enter() {
    tell(catalog, in_life(7));
    catch_up();
  }

  const command_request wish{catalog::create_tenant{"prod", {}}, {}};

  actors::catalog_actor catalog
    = start(actors::catalog, catalog_options_of(*this, node));
  actors::elector_actor elector = caf::actor_cast<actors::elector_actor>(
    start([this](caf::event_based_actor*) { return lead(); }));
  actors::region_keeper_actor keeper
    = caf::actor_cast<actors::region_keeper_actor>(
      start([this](caf::event_based_actor*) { return keep(); }));
  consensus::octets proposed;
  std::uint64_t carried_out_at = 0; ///< as the leader was told
  std::uint64_t last = 1;           ///< entry of the leader
  catalog::outcome decided{};       ///< by it
  int looks = 0;                    ///< of the keeper at the tables
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

  catch_up();

  REQUIRE(starter->has_next_message());
  entered.receive([] {}, [](const caf::error&) { FAIL("not entered"); });
  CHECK(looks == 1);
}

TEST_CASE_METHOD(told_early,
                 "a command is answered when this node's tables have it",
                 "[actors][catalog]") {
  enter();
  SECTION("it was agreed on") {
    // nop
  }
  SECTION("it was refused") {
    decided.code = shm::errc::exists;
  }
  caf::scoped_actor asker{system};

  auto answer = asker->request(catalog, caf::infinite, wish);
  run();
  const bool early = asker->has_next_message();
  catch_up();

  CHECK_FALSE(early);
  REQUIRE(asker->has_next_message());
  answer.receive([&] { CHECK(decided.ok()); },
                 [&](const caf::error& error) {
                   CHECK(actors::to_shm(error).code == decided.code);
                 });
}

TEST_CASE_METHOD(
  told_early, "a command that this node does not hear of again has an answer",
  "[actors][catalog]") {
  enter();
  auto expected = shm::errc::unknown;
  SECTION("it was agreed on") {
    // nop
  }
  SECTION("it was refused") {
    expected = decided.code = shm::errc::exists;
  }
  caf::scoped_actor asker{system};

  const auto answer = ask_as<nothing>(asker, catalog, wish, 7500ms);

  CHECK(answer.error.code == expected);
  catch_up(); // too late for it
}

TEST_CASE_METHOD(told_early,
                 "the leader is told which other node has to carry it out",
                 "[actors][catalog]") {
  enter();
  catalog::create_region made;
  made.name = {"prod", "orders"};
  made.options = {1 << 20, 1 << 20, 16, 16};
  made.home = GENERATE(true, false) ? node : node + 1;
  caf::scoped_actor asker{system};

  asker->send(catalog, command_request{made, {}});
  run();

  CHECK(carried_out_at == (made.home == node ? 0 : made.home));
}
