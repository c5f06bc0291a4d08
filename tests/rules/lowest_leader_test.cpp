#include "actors/rules/lowest_leader.hpp"

#include "tests/support/catch.hpp"

#include <map>
#include <set>

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

/// A small world: links that can be cut, leaders that fail over at once, and
/// the rule on every node.
class world {
public:
  explicit world(std::uint64_t nodes) {
    for (std::uint64_t id = 1; id <= nodes; ++id) {
      rules_.emplace(id, lowest_leader{id});
      behind_[id] = false;
    }
    lead(nodes);
  }

  void cut(std::uint64_t id) {
    cut_.insert(id);
    // Followers elect whoever is in reach; here the highest, which is worst.
    if (leader_ == id)
      lead(highest_in_reach());
  }

  void mend(std::uint64_t id) {
    cut_.erase(id);
  }

  void set_behind(std::uint64_t id, bool behind) {
    behind_[id] = behind;
  }

  void set_draining(std::uint64_t id) {
    draining_.insert(id);
  }

  /// Whether handing over works; the attempt counts anyhow.
  void refuse_transfers(bool refuse) {
    refuses_ = refuse;
  }

  void run(std::chrono::milliseconds time) {
    for (const auto end = now_ + time; now_ < end; now_ += 50ms)
      tick();
  }

  std::uint64_t leader() const {
    return leader_;
  }

  int changes() const {
    return changes_;
  }

  const std::vector<std::chrono::milliseconds>& attempts() const {
    return attempts_;
  }

private:
  std::uint64_t highest_in_reach() const {
    std::uint64_t highest = 0;
    for (const auto& [id, rule] : rules_)
      if (!cut_.contains(id))
        highest = id;
    return highest;
  }

  void lead(std::uint64_t id) {
    if (leader_ != 0)
      rules_.at(leader_).on_following();
    leader_ = id;
    ++changes_;
    rules_.at(id).on_leading(now_);
  }

  void tick() {
    std::vector<voter_view> voters;
    for (const auto& [id, rule] : rules_) {
      if (!cut_.contains(id))
        heard_[id] = now_;
      voters.push_back({id, heard_[id], !behind_[id], draining_.contains(id)});
    }
    const auto to = rules_.at(leader_).on_tick(now_, voters);
    if (!to)
      return;
    attempts_.push_back(now_);
    // One that was cut off this instant cannot be told from a healthy one.
    if (!refuses_ && !cut_.contains(*to))
      lead(*to);
  }

  std::map<std::uint64_t, lowest_leader> rules_;
  std::map<std::uint64_t, std::chrono::milliseconds> heard_;
  std::map<std::uint64_t, bool> behind_;
  std::set<std::uint64_t> cut_;
  std::set<std::uint64_t> draining_;
  std::vector<std::chrono::milliseconds> attempts_;
  std::chrono::milliseconds now_{1h};
  std::uint64_t leader_ = 0;
  int changes_ = 0;
  bool refuses_ = false;
};

} // namespace

TEST_CASE("the lowest healthy voter leads after two quiet seconds",
          "[rules][lowest_leader]") {
  world cluster{5};

  cluster.run(1900ms);
  CHECK(cluster.leader() == 5);
  cluster.run(200ms);

  CHECK(cluster.leader() == 1);
  cluster.run(60s);
  CHECK(cluster.changes() == 2);
}

TEST_CASE("the next lowest leads while the lowest is away",
          "[rules][lowest_leader]") {
  world cluster{5};
  cluster.cut(1);
  cluster.run(3s);
  CHECK(cluster.leader() == 2);

  cluster.mend(1);
  cluster.run(3s);

  CHECK(cluster.leader() == 1);
}

TEST_CASE("a voter that is behind or draining is not handed anything",
          "[rules][lowest_leader]") {
  world cluster{3};
  cluster.set_behind(1, true);
  cluster.set_draining(2);

  cluster.run(60s);
  CHECK(cluster.leader() == 3);
  cluster.set_behind(1, false);
  cluster.run(3s);

  CHECK(cluster.leader() == 1);
}

TEST_CASE("a link that comes and goes costs one change of leader",
          "[rules][lowest_leader]") {
  world cluster{5};
  cluster.run(3s);
  REQUIRE(cluster.leader() == 1);
  const auto before = cluster.changes();

  for (int flap = 0; flap < 20; ++flap) {
    cluster.cut(1);
    cluster.run(700ms);
    cluster.mend(1);
    cluster.run(1500ms);
    CHECK(cluster.leader() != 1);
  }

  // To node 5, and from there to node 2, which stays.
  CHECK(cluster.changes() <= before + 2);
  cluster.run(3s);
  CHECK(cluster.leader() == 1);
}

TEST_CASE("attempts that fail come ever more rarely",
          "[rules][lowest_leader]") {
  world cluster{2};
  cluster.refuse_transfers(true);

  cluster.run(60s);

  const auto& tried = cluster.attempts();
  REQUIRE(tried.size() == 4);
  CHECK(tried[1] - tried[0] == 5s);
  CHECK(tried[2] - tried[1] == 10s);
  CHECK(tried[3] - tried[2] == 20s);
}

TEST_CASE("slow flaps do not take leadership to and fro",
          "[rules][lowest_leader]") {
  world cluster{3};
  cluster.run(3s);

  // Each time just long enough to be handed leadership again.
  for (int flap = 0; flap < 40; ++flap) {
    cluster.cut(1);
    cluster.run(500ms);
    cluster.mend(1);
    cluster.run(2500ms);
  }

  // Two minutes: without back-off it would be about 40 attempts.
  CHECK(cluster.attempts().size() < 20);
}
