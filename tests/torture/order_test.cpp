// The checker's one pass says of small histories what a search says.
#include "apps/holdfast-torture/checker/check.hpp"
#include "tests/support/catch.hpp"
#include "tests/torture/search.hpp"

#include <algorithm>
#include <random>

using namespace holdfast;
using namespace holdfast::test;
using namespace holdfast::torture;

namespace {

using operations = std::vector<register_operation>;

/// Operations around points in time at which they happen: linearizable.
operations some_operations(std::mt19937_64& dice) {
  operations made;
  const auto count = 2 + dice() % 9;
  std::uint64_t held = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto point = static_cast<std::int64_t>(100 * (i + 1));
    const auto reach = [&] { return static_cast<std::int64_t>(dice() % 300); };
    register_operation next;
    next.writes = dice() % 2 == 0;
    held += next.writes ? 1 : 0;
    next.value = held;
    next.begin = std::max<std::int64_t>(1, point - reach());
    next.end = point + 1 + reach();
    made.push_back(next);
  }
  return made;
}

/// One read returns what another operation is about.
void disturb(operations& some, std::mt19937_64& dice) {
  auto& one = some[dice() % some.size()];
  if (!one.writes)
    one.value = some[dice() % some.size()].value;
}

record begin(const register_operation& of, record_kind kind) {
  record made;
  made.state = state_ended;
  made.kind = kind;
  made.outcome = record_outcome::ok;
  made.mapping = made.node = 1;
  made.variable = 0;
  made.version = made.value = of.value;
  made.epoch = made.epoch_before = 1;
  made.begin_ns = of.begin;
  made.end_ns = of.end;
  return made;
}

/// Each operation by a client of its own; the value of version n is n.
history records_of(const operations& some) {
  history made;
  for (const auto& each : some) {
    client_records client;
    if (each.writes) {
      auto stored = begin(each, record_kind::store);
      stored.end_ns = each.begin;
      client.push_back(stored);
      client.push_back(begin(each, record_kind::flush));
      client.back().variable = every_variable;
    } else {
      client.push_back(begin(each, record_kind::confirmed_read));
      if (each.value == 0)
        client.back().outcome = record_outcome::no_value;
    }
    for (auto& one : client)
      one.client = static_cast<std::uint32_t>(made.clients.size() + 1);
    made.clients.push_back(std::move(client));
  }
  return made;
}

} // namespace

TEST_CASE("the checker agrees with a search about flushes and linearizable "
          "reads",
          "[torture][order]") {
  std::uint64_t wrong = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    std::mt19937_64 dice{seed};
    auto some = some_operations(dice);
    for (auto times = seed % 3; times > 0; --times)
      disturb(some, dice);

    const bool clean = check(records_of(some)).count() == 0;

    INFO("seed " << seed);
    REQUIRE(clean == is_linearizable(some, true));
    if (clean)
      REQUIRE(is_linearizable(some, false));
    wrong += clean ? 0 : 1;
  }
  CHECK(wrong > 200);
  CHECK(wrong < 3000);
}
