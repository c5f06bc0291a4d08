#include "actors/rules/ordered_table.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>

using namespace holdfast;

namespace {

using table = rules::ordered_table<std::uint64_t, std::string>;
using model = std::map<std::uint64_t, std::string>;

void require_same(const table& one, const model& other) {
  REQUIRE(one.size() == other.size());
  REQUIRE(one.empty() == other.empty());
  REQUIRE(std::equal(one.begin(), one.end(), other.begin(), other.end(),
                     [](const auto& a, const auto& b) {
                       return a.first == b.first && a.second == b.second;
                     }));
}

} // namespace

TEST_CASE("a table does what a map does, whatever comes",
          "[rules][ordered_table]") {
  const auto seed = GENERATE(range(1, 9));
  CAPTURE(seed);
  std::mt19937_64 dice{static_cast<std::uint64_t>(seed)};
  const std::uint64_t keys = seed % 2 == 0 ? 40 : 3000;
  table made;
  model wanted;

  for (int step = 0; step < 20'000; ++step) {
    const auto key = dice() % keys;
    switch (dice() % 8) {
    case 0:
    case 1:
      REQUIRE(made.erase(key) == (wanted.erase(key) == 1));
      break;
    case 2: {
      const auto from = made.lower_bound(key);
      const auto other = wanted.lower_bound(key);
      REQUIRE((from == made.end()) == (other == wanted.end()));
      if (other != wanted.end())
        REQUIRE(from->first == other->first);
      break;
    }
    case 3: {
      const auto* found = made.find(key);
      REQUIRE((found != nullptr) == wanted.contains(key));
      if (found != nullptr)
        REQUIRE(*found == wanted.at(key));
      break;
    }
    default:
      made[key] = std::to_string(step);
      wanted[key] = std::to_string(step);
    }
    if (step % 1000 == 0)
      require_same(made, wanted);
  }
  require_same(made, wanted);
}

TEST_CASE("keys that only ascend or descend end up in order",
          "[rules][ordered_table]") {
  table up, down;
  model wanted;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    up[i] = "x";
    down[4999 - i] = "x";
    wanted[i] = "x";
  }

  require_same(up, wanted);
  require_same(down, wanted);
  CHECK(up == down);
  for (std::uint64_t i = 0; i < 5000; ++i)
    REQUIRE(up.find(i) != nullptr);
  up.clear();
  CHECK(up.begin() == up.end());
  CHECK_FALSE(up.contains(7));
  CHECK(up.lower_bound(7) == up.end());
}
