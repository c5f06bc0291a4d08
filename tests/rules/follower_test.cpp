#include "actors/rules/region_replica/follower.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::region_replica;
using namespace std::chrono_literals;

namespace {

constexpr boot_time start{1000s};

struct sent_to_one : follower {
  options how;

  /// A message with one change of that variable.
  std::uint64_t send(variable_key key, sequence changed, boot_time now) {
    queue(key, changed);
    row what;
    what.key = key;
    return take({what}, now).number;
  }

  void acknowledge(std::uint64_t number, boot_time now) {
    delta_ack said;
    said.number = number;
    on_ack(said, now);
  }

  bool sends_again(boot_time now) {
    send_again(now, how);
    return singles().size() != 0;
  }
};

} // namespace

TEST_CASE_METHOD(sent_to_one, "what has no answer for long is sent again",
                 "[rules][region_replica]") {
  send(7, 1, start);
  send(8, 2, start);

  CHECK_FALSE(sends_again(start + how.resend - 1ms));
  CHECK(sends_again(start + how.resend));
  CHECK(singles().size() == 2);
}

TEST_CASE_METHOD(sent_to_one, "a slow link is not taken for one that loses",
                 "[rules][region_replica]") {
  const auto first = send(7, 1, start);
  send(8, 2, start);

  acknowledge(first, start + how.resend - 1ms);

  CHECK_FALSE(sends_again(start + how.resend + 1ms));
  CHECK_FALSE(sends_again(start + 2 * how.resend - 2ms));
  CHECK(sends_again(start + 2 * how.resend - 1ms));
  CHECK(singles().size() == 1);
}
