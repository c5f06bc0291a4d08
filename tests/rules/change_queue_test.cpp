#include "actors/rules/region_replica/change_queue.hpp"

#include "tests/support/catch.hpp"

#include <malloc.h>

#include <random>

using namespace holdfast;
using region_replica::change_queue;
using region_replica::sequence;
using region_replica::variable_key;

namespace {

/// What the queue is to be, in the plainest way.
struct plain_queue {
  std::map<variable_key, sequence> places;
  std::set<std::pair<sequence, variable_key>> order;

  void put(variable_key key, sequence changed) {
    take(key);
    places[key] = changed;
    order.emplace(changed, key);
  }
  void take(variable_key key) {
    const auto found = places.find(key);
    if (found == places.end())
      return;
    order.erase({found->second, key});
    places.erase(found);
  }
};

using steps = std::vector<std::pair<sequence, variable_key>>;

steps visited(const change_queue& queue, std::size_t count) {
  steps seen;
  queue.visit([&](sequence changed, variable_key key) {
    seen.emplace_back(changed, key);
    return seen.size() < count;
  });
  return seen;
}

void require_same(const change_queue& one, const plain_queue& other) {
  REQUIRE(one.size() == other.order.size());
  REQUIRE(visited(one, other.order.size() + 1)
          == steps(other.order.begin(), other.order.end()));
  const auto first = one.first();
  REQUIRE(first.has_value() == !other.order.empty());
  if (first)
    REQUIRE(*first == *other.order.begin());
}

} // namespace

TEST_CASE(
  "variables leave in the order of their changes, whatever came between",
  "[rules][region_replica]") {
  const auto seed = GENERATE(range(1, 13));
  CAPTURE(seed);
  std::mt19937_64 dice{static_cast<std::uint64_t>(seed)};
  const std::uint64_t keys = seed % 3 == 0 ? 4 : 60;
  change_queue made;
  plain_queue wanted;
  sequence last = 0;
  std::vector<std::pair<variable_key, sequence>> sent;

  for (int step = 0; step < 5'000; ++step) {
    const auto key = dice() % keys;
    switch (dice() % 8) {
    case 0: // before all others
      made.put(key, 0);
      wanted.put(key, 0);
      break;
    case 1: // what was sent is sent again
      for (const auto& [lost, changed] : sent)
        if (!wanted.places.contains(lost)) {
          made.put(lost, changed);
          wanted.put(lost, changed);
        }
      sent.clear();
      break;
    case 2:
      made.forget(key);
      wanted.take(key);
      break;
    case 3:
    case 4: { // the first few are sent
      const auto some = visited(made, 1 + dice() % 5);
      for (const auto& [changed, each] : some) {
        sent.emplace_back(each, changed);
        made.take(each);
        wanted.take(each);
      }
      break;
    }
    default:
      made.put(key, ++last);
      wanted.put(key, last);
    }
    CHECK(made.place_of(key).has_value() == wanted.places.contains(key));
    require_same(made, wanted);
  }
}

TEST_CASE("one that never leaves does not hold on to those behind it",
          "[rules][region_replica]") {
  change_queue made;
  made.put(1, 1);
  const auto before = ::mallinfo2().uordblks;
  for (sequence i = 2; i < 1'000'000; ++i) {
    made.put(2, i);
    made.take(2);
  }

  CHECK(visited(made, 10) == steps{{1, 1}});
  CHECK(made.size() == 1);
  CHECK(::mallinfo2().uordblks < before + 100'000);
}
