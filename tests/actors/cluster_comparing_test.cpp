// A node compares its tables with those of the leader.
#include "actors/cluster.hpp"
#include "actors/cluster_parts.hpp"
#include "config/tables_bounds.hpp"
#include "tests/actors/catalog_options_of.hpp"
#include "tests/actors/elector_cluster.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* difference
  = "the tables of this node are not those of the leader; cluster_status of "
    "every node tells which are the odd ones";

/// Whatever was agreed on, they have that digest.
actors::catalog_options tables_of(stepped_system& in,
                                  const std::string& digest) {
  auto options = catalog_options_of(in);
  options.digest = [digest](std::span<const std::uint8_t>) { return digest; };
  return options;
}

committed_entries barrier_at(consensus::log_index index) {
  return {{{index, {1, consensus::entry_kind::barrier, {}}}}};
}

/// Answers every call with the marks that there are then.
caf::behavior peer_with(caf::event_based_actor*,
                        const std::function<tables_digest()>& marks) {
  return {[](const own_words&) {}, [](const peer_key&) {},
          [marks](const peer_call&) {
            return call_answer{actors::marks_body(marks()).assume_value()};
          }};
}

/// A node that follows, and what its leader says of its own tables.
struct follower_with_tables : elector_cluster {
  follower_with_tables() : elector_cluster{3}, leader{await_leader()} {
    advance(200ms);
  }

  cluster_report report_beside(tables_digest marks) {
    leaders = std::move(marks);
    const auto self = leader % 3 + 1;
    actors::cluster_options options;
    options.node = self;
    options.elector = at(self).elector;
    catalog = options.catalog
      = start(actors::catalog, tables_of(*this, "ours"));
    tell(catalog, barrier_at(5));
    options.peers_max = 4;
    options.interval = 100ms;
    options.compare_interval = 1s;
    options.call_deadline = 1s;
    options.now = now();
    options.log
      = [this, collect = log()](auto level, auto what, const auto& fields) {
          collect(level, what, fields);
          if (what == difference)
            named_leader = fields.front().second;
        };
    options.start_peer = [this](auto&&...) {
      return caf::actor_cast<actors::peer_actor>(start(
        peer_with, std::function<tables_digest()>{[this] { return asked(); }}));
    };
    cluster = start(actors::cluster, std::move(options));
    advance(2s);
    return report();
  }

  cluster_report report(bool with_tables = true) {
    return *ask<cluster_report>(cluster, cluster_status_query{with_tables})
              .value;
  }

  /// What a peer says; that another node leads is heard before.
  tables_digest asked() {
    if (next_leader != 0)
      caf::anon_send(cluster, leadership{next_leader, 1000});
    return leaders;
  }

  consensus::node_id leader;
  consensus::node_id next_leader = 0; ///< 0: the same
  tables_digest leaders;              ///< of its tables
  std::string named_leader;           ///< by the log
  actors::catalog_actor catalog;
  actors::cluster_actor cluster;
};

/// A node's tables, and how often their digest is taken.
struct counted_tables : stepped_system {
  counted_tables() {
    auto options = catalog_options_of(*this);
    options.digest = [this](std::span<const std::uint8_t>) {
      return std::to_string(++taken);
    };
    catalog = start(actors::catalog, std::move(options));
  }

  catalog::tables_mark latest() {
    return ask<tables_digest>(catalog, tables_digest_query{})->marks.back();
  }

  int taken = 0;
  actors::catalog_actor catalog;
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
                 "the first entry that is found to differ stays named",
                 "[actors][cluster]") {
  REQUIRE(report_beside({{{5, "theirs"}}}).differs == 5);

  tell(catalog, barrier_at(9));
  leaders = {{{9, "theirs"}}};
  advance(3s);

  CHECK(report().tables.index == 9);
  CHECK(report().differs == 5);
}

TEST_CASE_METHOD(follower_with_tables,
                 "the leader that was asked is named, and not the next one",
                 "[actors][cluster]") {
  report_beside({});

  next_leader = (leader + 1) % 3 + 1;
  leaders = {{{5, "theirs"}}};
  advance(2s);

  CHECK(named_leader == std::to_string(leader));
}

TEST_CASE_METHOD(follower_with_tables,
                 "who does not ask for the tables has no digest taken",
                 "[actors][cluster]") {
  report_beside({});

  CHECK(report(false).tables == catalog::tables_mark{});
  CHECK(report(false).now.leader == leader);
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
  const auto catalog = start(actors::catalog, tables_of(*this, "ours"));
  for (const auto index :
       {config::tables_mark_every, config::tables_mark_every + 7})
    tell(catalog, barrier_at(index));

  const auto marks = ask<tables_digest>(catalog, tables_digest_query{})->marks;

  REQUIRE(marks.size() == 2);
  CHECK(marks[0].index == config::tables_mark_every);
  CHECK(marks[1].index == config::tables_mark_every + 7);
}

TEST_CASE_METHOD(counted_tables,
                 "however often it is asked, a digest is taken once a second",
                 "[actors][catalog]") {
  for (consensus::log_index index = 1; index <= 5; ++index) {
    tell(catalog, barrier_at(index));
    CHECK(latest() == catalog::tables_mark{1, "1"});
  }

  advance(config::tables_digest_interval);

  CHECK(latest() == catalog::tables_mark{5, "2"});
  advance(config::tables_digest_interval);
  CHECK(latest() == catalog::tables_mark{5, "2"});
}

TEST_CASE_METHOD(counted_tables, "a snapshot takes the marks before it along",
                 "[actors][catalog]") {
  tell(catalog, barrier_at(config::tables_mark_every));
  catalog::machine other;
  constexpr auto later = config::tables_mark_every + 100;
  REQUIRE(other.skip(later));
  consensus::snapshot base;
  base.index = later;
  base.state = other.snapshot();

  tell(catalog, restore_request{std::move(base)});

  const auto marks = ask<tables_digest>(catalog, tables_digest_query{})->marks;
  REQUIRE(marks.size() == 1);
  CHECK(marks.front().index == later);
}
