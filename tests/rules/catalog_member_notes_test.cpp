#include "actors/rules/catalog/member_notes.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using catalog::note_about;
using rules::peer_state;

namespace {

constexpr catalog::node_id node = 7;
constexpr catalog::log_index now = 20;

catalog::member known(bool down, bool draining = false) {
  catalog::member made;
  made.incarnation = 3;
  made.joined = now - 1;
  made.down = down;
  made.draining = draining;
  return made;
}

std::optional<catalog::command> decided(bool down) {
  return catalog::decide_health{node, 3, down};
}

} // namespace

TEST_CASE("a node that consensus does not count any more leaves the tables",
          "[rules][catalog]") {
  CHECK(note_about(node, known(false), {false, now, peer_state::healthy, false})
        == catalog::command{catalog::leave_member{node}});
}

TEST_CASE("who joined after the look at the members was not among them, and "
          "belongs",
          "[rules][catalog]") {
  const auto then = known(true).joined;

  CHECK(note_about(node, known(true), {false, then - 1, peer_state::healthy})
        == decided(false));
  CHECK(note_about(node, known(true), {false, then, peer_state::healthy})
        == catalog::command{catalog::leave_member{node}});
}

TEST_CASE("a change of health is noted once", "[rules][catalog]") {
  const catalog::member_view up{true, now, peer_state::healthy, false};
  const catalog::member_view down{true, now, peer_state::down, false};

  CHECK(note_about(node, known(false), down) == decided(true));
  CHECK(note_about(node, known(true), up) == decided(false));
  CHECK(note_about(node, known(true), down) == std::nullopt);
  CHECK(note_about(node, known(false), up) == std::nullopt);
}

TEST_CASE("one that is suspected, or not known, stays what it was",
          "[rules][catalog]") {
  for (const bool down : {false, true}) {
    CHECK(
      note_about(node, known(down), {true, now, peer_state::suspected, false})
      == std::nullopt);
    CHECK(note_about(node, known(down), {true, now, std::nullopt, true})
          == std::nullopt);
  }
}

TEST_CASE("a node that is being emptied is noted, and that it is no more",
          "[rules][catalog]") {
  catalog::change_member changed;
  changed.node = node;
  changed.draining = true;

  CHECK(note_about(node, known(false), {true, now, peer_state::healthy, true})
        == catalog::command{changed});

  changed.draining = false;
  CHECK(note_about(node, known(false, true),
                   {true, now, peer_state::healthy, false})
        == catalog::command{changed});
}
