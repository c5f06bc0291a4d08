#include "actors/departure_watch.hpp"

#include "tests/actors/lone_node.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct watched_node : lone_node {
  int departures = 0;
  /// Held as a node does: the elector that dies holds it no more.
  actors::leadership_watcher_actor watch
    = start(actors::departure_watch,
            actors::departure_watch_options{elector, [this] { ++departures; }});
};

} // namespace

TEST_CASE_METHOD(watched_node, "a node whose disk fails is told to end, once",
                 "[actors][departure]") {
  REQUIRE(run_command(catalog::create_tenant{"prod", {}}));
  CHECK(departures == 0);

  disk->commits_until_failure = 0;
  caf::scoped_actor asker{system};
  CHECK_FALSE(ask_as<nothing>(
    asker, catalog, command_request{catalog::create_tenant{"trial", {}}, {}},
    1000ms));
  end(elector);

  CHECK(departures == 1);
}

TEST_CASE_METHOD(watched_node, "a node whose elector dies is told to end",
                 "[actors][departure]") {
  caf::anon_send_exit(elector, caf::exit_reason::unhandled_exception);
  run();

  CHECK(departures == 1);
}

TEST_CASE_METHOD(watched_node, "a node that is ended is not told to end",
                 "[actors][departure]") {
  end(elector);

  CHECK(departures == 0);
}

TEST_CASE_METHOD(lone_node, "a disk that failed before is heard of, too",
                 "[actors][departure]") {
  disk->commits_until_failure = 0;
  caf::scoped_actor asker{system};
  ask_as<nothing>(asker, catalog,
                  command_request{catalog::create_tenant{"prod", {}}, {}},
                  1000ms);
  int departures = 0;

  start(actors::departure_watch,
        actors::departure_watch_options{elector, [&] { ++departures; }});

  CHECK(departures == 1);
}
