#include "tests/shm/races.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("every race keeps its rule", "[shm][unit][race]") {
  for (const auto& race : holdfast::test::races()) {
    const auto outcome = race.run(400ms);

    INFO(race.name << ": " << race.rule << ", " << outcome.rounds << " rounds");
    CHECK(outcome.rounds > 0);
    CHECK(outcome.breaches == 0);
  }
}
