// What the guards keep from the library, each seen from outside.
#include "tests/consensus/cluster.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::consensus;
using namespace holdfast::tests;

namespace {

membership no_voters() {
  return {{{1, "node-1:1", member_role::learner}}};
}

/// The bytes of that, which encode() would not make.
octets bytes_of_no_voters() {
  auto bytes = encode(voters({1}));
  constexpr std::size_t role_at = 1 + 2 + 8;
  bytes[role_at] = static_cast<std::uint8_t>(member_role::learner);
  return bytes;
}

shm::result<actions> started_with(stored_log found) {
  core_options options;
  options.self = 1;
  return core{options}.start(std::move(found), instant{1});
}

/// Of three in their first lives; its content is the test's.
message said_by(node_id from, node_id to) {
  message made;
  made.from = from;
  made.to = to;
  made.cluster = digest_of(voters({1, 2, 3}));
  made.who = {1000 + from, 1};
  made.sequence = 1'000'000;
  return made;
}

} // namespace

TEST_CASE("a late rejection does not leave a follower behind for ever",
          "[consensus][guards]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id slow = leader == 1 ? 2 : 1;
  three.run(500ms);
  three.isolate(slow);
  three.run(700ms);
  REQUIRE(three.leader() == leader);
  const auto status = three[leader].core->status();

  int rejections = 0;
  three.on_message = [&](message& said) {
    // The answer to something that was said long ago.
    if (said.from == slow && rejections == 0
        && std::holds_alternative<append_result>(said.content)) {
      said.content = append_result{status.term, status.last, status.last - 1};
      ++rejections;
    }
    return said.from != slow
           || !std::holds_alternative<vote_request>(said.content);
  };
  three.heal();
  three.submit(leader, "a");
  three.run(200ms);
  three.submit(leader, "b");
  three.run(2s);

  CHECK(rejections == 1);
  CHECK(three.leader() == leader);
  CHECK(three[slow].story() == "a b");
}

TEST_CASE("the longer log learns of the higher term when both need each other",
          "[consensus][guards]") {
  cluster two{1, 2};
  const auto longer = two.elect();
  const node_id later = 3 - longer;
  two.run(500ms);
  two.cut(1, 2);
  two.submit(longer, "a");
  two.run(20ms);

  two.kill(1);
  two.kill(2);
  two[later].disk.vote = {two[later].disk.vote.term + 5, later};
  two.start(1);
  two.start(2);
  two.heal();

  CHECK(two.elect() == longer);
  two.run(200ms);
  CHECK(two[later].story() == "a");
}

TEST_CASE("a membership without voters on the disk is an error",
          "[consensus][guards]") {
  stored_log in_snapshot;
  in_snapshot.vote = {1, 0};
  in_snapshot.base = snapshot{3, 1, 1, no_voters(), {}};
  in_snapshot.first = 4;
  stored_log in_entry;
  in_entry.vote = {1, 0};
  in_entry.entries = {{1, entry_kind::change, bytes_of_no_voters()}};

  const auto first = started_with(in_snapshot);
  const auto second = started_with(in_entry);

  REQUIRE_FALSE(first);
  CHECK(first.error().code == shm::errc::corrupt);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == shm::errc::corrupt);
  CHECK_FALSE(decode(bytes_of_no_voters()).has_value());
}

TEST_CASE("a membership without voters from the network is not listened to",
          "[consensus][guards]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id other = leader == 1 ? 2 : 1;
  three.run(100ms);
  const auto status = three[other].core->status();
  auto said = said_by(leader, other);
  said.content
    = append_request{status.term,
                     status.last,
                     status.term,
                     status.commit,
                     {{status.term, entry_kind::change, bytes_of_no_voters()}}};
  three.deliver(said);
  said.content = install_request{
    status.term, {status.last + 10, status.term, 1, no_voters(), {}}};
  three.deliver(said);

  REQUIRE(three[other].refused.size() == 2);
  for (const auto& one : three[other].refused)
    CHECK(one.why == refused_message::reason::malformed);
  CHECK(three[other].core->status().last == status.last);
}

TEST_CASE("a snapshot of a leader of an older term is not accepted",
          "[consensus][guards]") {
  cluster three{1, 2, 3};
  const auto former = three.elect();
  three.run(100ms);
  const auto before = three[former].core->status();
  three.isolate(former);
  three.run(3s);
  const node_id other = former == 1 ? 2 : 1;
  REQUIRE(three[other].core->status().term > before.term);
  three.submit(other, "a"); // for the library's memory to be used
  three.run(100ms);

  auto late = said_by(former, other);
  late.content = install_request{
    before.term, {before.last + 10, before.term, 1, voters({1, 2, 3}), {}}};
  std::vector<append_result> answers;
  three.on_message = [&](message& said) {
    if (const auto* answer = std::get_if<append_result>(&said.content);
        answer != nullptr && said.from == other && said.to == former)
      answers.push_back(*answer);
    return true;
  };
  three.deliver(late);
  three.run(10ms);

  REQUIRE(answers.size() == 1);
  CHECK(answers[0].last_index == 0);
}

TEST_CASE("what follows an entry that a snapshot has replaced is not refused",
          "[consensus][guards]") {
  stored_log stored;
  stored.vote = {1, 0};
  stored.base = snapshot{9, 1, 1, voters({1, 2, 3}), {}};
  stored.first = 10;
  const log_cache log{stored};
  const entry any{1, entry_kind::barrier, {}};
  append_request longer{1, 7, 1, 11, {any, any, any, any}};
  append_request shorter{1, 5, 1, 11, {any}};
  append_request after{1, 9, 1, 11, {any}};
  const auto unchanged = after;

  skip_replaced(longer, log);
  skip_replaced(shorter, log);
  skip_replaced(after, log);

  CHECK(longer == append_request{1, 9, 1, 11, {any, any}});
  CHECK(shorter == append_request{1, 9, 1, 11, {}});
  CHECK(after == unchanged);
}

TEST_CASE("a change that a received snapshot replaces is not told of",
          "[consensus][guards]") {
  stored_log stored;
  stored.vote = {1, 0};
  stored.entries = {{1, entry_kind::change, encode(voters({1, 2, 3}))},
                    {1, entry_kind::change, encode(voters({1, 2}))},
                    {1, entry_kind::barrier, {}}};
  log_cache log{stored};
  append_request heard{1, 3, 1, 3, {stored.entries.front()}};
  const auto before = change_told_before(heard, log, 2);

  log.restore({9, 1, 8, voters({1, 2, 3}), {}});
  heard.previous_index = 9;
  const auto after = change_told_before(heard, log, 2);

  CHECK(before == 2);
  CHECK(after == 0);
}
