// A node compares its tables with those of the leader.
#include "actors/catalog.hpp"
#include "actors/cluster.hpp"
#include "actors/cluster_parts.hpp"
#include "config/tables_bounds.hpp"
#include "tests/actors/elector_cluster.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* difference
  = "the tables of this node are not those of the leader";

/// Whatever was agreed on, they have that digest.
actors::catalog_options tables_of(const std::string& digest) {
  actors::catalog_options options;
  options.digest = [digest](std::span<const std::uint8_t>) { return digest; };
  return options;
}

committed_entries barrier_at(consensus::log_index index) {
  return {{{index, {1, consensus::entry_kind::barrier, {}}}}};
}

/// Answers every call with these marks.
caf::behavior peer_with(caf::event_based_actor*, tables_digest marks) {
  return {[marks](const peer_call&) {
    return call_answer{actors::marks_body(marks).assume_value()};
  }};
}

/// A node that follows, and what its leader says of its own tables.
struct follower_with_tables : elector_cluster {
  follower_with_tables() : elector_cluster{3}, leader{await_leader()} {
    advance(200ms);
  }

  cluster_report report_beside(const tables_digest& leaders) {
    const auto self = leader % 3 + 1;
    actors::cluster_options options;
    options.node = self;
    options.elector = at(self).elector;
    options.catalog = start(actors::catalog, tables_of("ours"));
    tell(options.catalog, barrier_at(5));
    options.peers_max = 4;
    options.interval = 100ms;
    options.compare_interval = 1s;
    options.call_deadline = 1s;
    options.now = now();
    options.log = log();
    options.start_peer = [this, leaders](auto&&...) {
      return caf::actor_cast<actors::peer_actor>(start(peer_with, leaders));
    };
    const auto cluster = start(actors::cluster, std::move(options));
    advance(2s);
    return *ask<cluster_report>(cluster, cluster_status_query{}).value;
  }

  consensus::node_id leader;
};

} // namespace

TEST_CASE_METHOD(follower_with_tables,
                 "a node whose tables are not the leader's says so",
                 "[actors][cluster]") {
  const auto report = report_beside({{{5, "theirs"}}});

  CHECK(report.tables == catalog::tables_mark{5, "ours"});
  CHECK(report.differs == 5);
  CHECK(has_logged(difference));
}

TEST_CASE_METHOD(follower_with_tables,
                 "tables of other entries are not compared",
                 "[actors][cluster]") {
  const auto report = report_beside({{{7, "theirs"}}});

  CHECK(report.differs == 0);
  CHECK_FALSE(has_logged(difference));
}

TEST_CASE_METHOD(follower_with_tables, "equal tables are no difference",
                 "[actors][cluster]") {
  report_beside({{{5, "ours"}}});

  CHECK_FALSE(has_logged(difference));
}

TEST_CASE_METHOD(stepped_system, "some entries are marked on every node",
                 "[actors][catalog]") {
  const auto catalog = start(actors::catalog, tables_of("ours"));
  for (const auto index :
       {config::tables_mark_every, config::tables_mark_every + 7})
    tell(catalog, barrier_at(index));

  const auto marks = ask<tables_digest>(catalog, tables_digest_query{})->marks;

  REQUIRE(marks.size() == 2);
  CHECK(marks[0].index == config::tables_mark_every);
  CHECK(marks[1].index == config::tables_mark_every + 7);
}
