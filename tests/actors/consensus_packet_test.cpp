#include "actors/consensus_packet.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;

namespace {

constexpr std::size_t bytes_max = 1000;

consensus::message said(consensus::body body) {
  return {3, 1, 77, {8, 9}, 10, 12, std::move(body)};
}

const std::vector<consensus::entry> entries{
  {4, consensus::entry_kind::change, {1, 2, 3}},
  {5, consensus::entry_kind::barrier, {}}};

const consensus::snapshot base{
  9,
  4,
  2,
  {{{1, "a:1", {}}, {2, "b:2", consensus::member_role::learner}}},
  {7}};

} // namespace

TEST_CASE("each word of the agreement arrives as it was said",
          "[actors][consensus_packet]") {
  const auto body
    = GENERATE(consensus::body{consensus::append_request{5, 6, 4, 3, entries}},
               consensus::body{consensus::append_result{5, 1, 2}},
               consensus::body{consensus::vote_request{5, 6, 4, true, true}},
               consensus::body{consensus::vote_result{5, true, false}},
               consensus::body{consensus::install_request{5, base}},
               consensus::body{consensus::timeout_now{5, 6, 4}});

  const auto heard = actors::unpack(actors::pack(said(body)), bytes_max);

  REQUIRE(heard);
  CHECK(*heard == said(body));
}

TEST_CASE("a packet that is cut, too long or of no kind is not unpacked",
          "[actors][consensus_packet]") {
  const auto whole
    = actors::pack(said(consensus::append_request{5, 6, 4, 3, entries}));

  for (std::size_t length = 0; length < whole.content.size(); ++length) {
    auto cut = whole;
    cut.content.resize(length);
    CHECK_FALSE(actors::unpack(cut, bytes_max));
  }
  auto longer = whole;
  longer.content.push_back(0);
  auto other_kind = whole;
  other_kind.kind = 6;

  CHECK_FALSE(actors::unpack(longer, bytes_max));
  CHECK_FALSE(actors::unpack(other_kind, bytes_max));
  CHECK_FALSE(actors::unpack(whole, whole.content.size() - 1));
}
