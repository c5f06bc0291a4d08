#include "actors/rules/peer_hello.hpp"

#include "tests/support/catch.hpp"

#include <set>

using namespace holdfast::rules;

namespace {

/// Node 1 listens to node 2, which agrees in everything.
struct two_nodes {
  hello ours{3,    2,       "prod", {7, 7}, 1, {1, 1}, "interval=500",
             0xF0, {4, 90}, "key 1"};
  hello theirs{3,    2,       "prod", {7, 7}, 2, {2, 2}, "interval=500",
               0xF0, {4, 80}, "key 2"};
  known_peer known{2, {}, {4, 80}};

  /// What is refused and why, or "accepted".
  std::string verdict() const {
    const auto refused = judge_hello(ours, theirs, known);
    if (!refused)
      return "accepted";
    return std::string{text_of(refused->what)} + ": " + refused->difference;
  }
};

} // namespace

TEST_CASE_METHOD(two_nodes, "nodes that agree accept each other",
                 "[rules][peer_hello]") {
  CHECK(verdict() == "accepted");
}

TEST_CASE_METHOD(two_nodes,
                 "versions are compatible if each speaks the other's",
                 "[rules][peer_hello]") {
  theirs.protocol = 2;
  theirs.protocol_least = 1;
  CHECK(verdict() == "accepted");

  theirs.protocol = 1;
  CHECK(verdict() == "incompatible version: protocol 3 here, 1 there");

  theirs.protocol = 5;
  theirs.protocol_least = 4;
  CHECK(verdict() == "incompatible version: protocol 3 here, 5 there");
}

TEST_CASE_METHOD(two_nodes, "a node of another cluster is refused",
                 "[rules][peer_hello]") {
  theirs.cluster = "test\n";

  CHECK(verdict() == "wrong cluster: cluster 'prod' here, 'test?' there");
}

TEST_CASE_METHOD(two_nodes, "two clusters of one name are told apart by id",
                 "[rules][peer_hello]") {
  theirs.cluster_id = {7, 8};
  CHECK(verdict() == "wrong cluster: another cluster of the same name 'prod'");

  theirs.cluster_id = {}; // it has not learnt it yet
  CHECK(verdict() == "accepted");
}

TEST_CASE_METHOD(two_nodes, "a node with our id is refused",
                 "[rules][peer_hello]") {
  theirs.node = 1;
  CHECK(verdict() == "duplicate id: node 1 is this node's id too");

  theirs.incarnation = ours.incarnation;
  CHECK(verdict() == "duplicate id: node 1 is this node itself");
}

TEST_CASE_METHOD(two_nodes, "a second node with a linked peer's id is refused",
                 "[rules][peer_hello]") {
  known.linked_incarnation = {2, 1};
  CHECK(verdict() == "duplicate id: another node 2 is connected and answers");

  known.linked_incarnation = theirs.incarnation;
  CHECK(verdict() == "accepted");
}

TEST_CASE_METHOD(two_nodes,
                 "another node than the one that was called is refused",
                 "[rules][peer_hello]") {
  theirs.node = 3;

  CHECK(verdict() == "unexpected node: node 3 instead of node 2");
}

TEST_CASE_METHOD(two_nodes, "the first setting that differs is named",
                 "[rules][peer_hello]") {
  ours.settings = "interval=500\ndown_after=5\nvoters=1,2";
  theirs.settings = "interval=500\ndown_after=9\nvoters=1";
  CHECK(
    verdict()
    == "different configuration: 'down_after=5' here, 'down_after=9' there");

  theirs.settings = "interval=500\ndown_after=5";
  CHECK(verdict() == "different configuration: 'voters=1,2' here, '' there");
}

TEST_CASE_METHOD(two_nodes, "a cluster founded with other members is refused",
                 "[rules][peer_hello]") {
  theirs.founders = 0xF1;
  CHECK(verdict()
        == "different founders: the cluster was founded with other members "
           "there");

  theirs.founders = 0; // it has not been told yet
  CHECK(verdict() == "accepted");
}

TEST_CASE_METHOD(two_nodes,
                 "a log that ends before what was carried out is refused",
                 "[rules][peer_hello]") {
  theirs.history = {4, 79};
  CHECK(verdict()
        == "older history: its log ends at index 79 of term 4 and was carried "
           "out up to index 80 of term 4 before: its disk is an old copy; with "
           "its log moved away it joins anew");

  theirs.history = {5, 3};
  CHECK(verdict().starts_with("older history: "));
  theirs.history = {3, 81};
  CHECK(verdict().starts_with("older history: "));
  theirs.history = {}; // it lost its log and joins anew
  CHECK(verdict() == "accepted");
}

TEST_CASE_METHOD(two_nodes, "a hello out of bounds is refused before all else",
                 "[rules][peer_hello]") {
  SECTION("cluster") {
    theirs.cluster = std::string(64, 'a');
  }
  SECTION("settings") {
    theirs.settings = std::string(4097, 'a');
  }
  SECTION("key") {
    theirs.key = std::string(65, 'a');
  }
  SECTION("node") {
    theirs.node = 0;
  }
  SECTION("incarnation") {
    theirs.incarnation = {};
  }

  const auto refused = judge_hello(ours, theirs, known);

  REQUIRE(refused);
  CHECK(refused->what == hello_refusal::malformed);
}

TEST_CASE_METHOD(two_nodes, "whatever changes, something else is signed",
                 "[rules][peer_hello]") {
  const auto spell = [this](hello_side side = hello_side::dialler) {
    return hello_transcript(side, ours, {9, 1}, theirs, {9, 2});
  };
  std::set<std::string> spelled{spell(), spell(hello_side::dialled)};
  spelled.insert(
    hello_transcript(hello_side::dialler, ours, {9, 3}, theirs, {9, 2}));
  spelled.insert(
    hello_transcript(hello_side::dialler, ours, {9, 1}, theirs, {9, 3}));
  spelled.insert(
    hello_transcript(hello_side::dialler, theirs, {9, 1}, ours, {9, 2}));

  const auto with = [&](auto change) {
    const auto kept = theirs;
    change(theirs);
    spelled.insert(spell());
    theirs = kept;
  };
  with([](hello& h) { h.protocol = 4; });
  with([](hello& h) { h.protocol_least = 1; });
  with([](hello& h) { h.cluster = "prod2"; });
  with([](hello& h) { h.cluster_id = {7, 9}; });
  with([](hello& h) { h.node = 5; });
  with([](hello& h) { h.incarnation = {2, 3}; });
  with([](hello& h) { h.settings = "interval=50"; });
  with([](hello& h) { h.founders = 1; });
  with([](hello& h) { h.history = {4, 81}; });
  with([](hello& h) { h.key = "key 3"; });

  CHECK(spelled.size() == 15);
}

TEST_CASE_METHOD(two_nodes, "a node shows the key that the members know it by",
                 "[rules][peer_hello]") {
  known.key = "6b65792032"; // "key 2"
  CHECK(verdict() == "accepted");

  theirs.key = "key 3";

  CHECK(verdict()
        == "different key: node 2 shows key 6b65792033, the members know it "
           "by key 6b65792032: give it back its data directory, or remove it "
           "('members remove 2') and add it again");
  theirs.key.clear();
  CHECK(verdict().starts_with("different key: node 2 shows no key"));
}

TEST_CASE_METHOD(two_nodes,
                 "a node whose key nobody knows shows the same one each time",
                 "[rules][peer_hello]") {
  known.shown_key = "key 2";
  CHECK(verdict() == "accepted");

  theirs.key = "key 3";

  CHECK(verdict()
        == "different key: node 2 shows key 6b65792033, and showed key "
           "6b65792032 before: one of the two is not node 2");
  // What the members know counts, whatever was shown.
  known.key = "6b65792033";
  CHECK(verdict() == "accepted");
}
