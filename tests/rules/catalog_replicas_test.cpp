// Replicas decide alike: by chance, from seeds that are printed.
#include "actors/rules/catalog/format.hpp"
#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sanitizers.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// So small that every bound is met.
catalog::limits small_bounds() {
  catalog::limits bounds;
  bounds.members = 4;
  bounds.regions = 6;
  bounds.variables = 20;
  bounds.sessions = 5;
  bounds.replicas = 2;
  bounds.audit_records = 40;
  bounds.results_per_node = 8;
  bounds.results_per_session = 3;
  return bounds;
}

catalog::entry passed_on(const catalog::entry& what) {
  const auto octets = catalog::encode(what);
  REQUIRE(octets);
  auto read = catalog::decode_entry(octets.assume_value());
  INFO((read ? std::string{} : read.assume_error().message()));
  REQUIRE(read);
  REQUIRE(read.assume_value() == what);
  return std::move(read).assume_value();
}

catalog::tables restored(const catalog::tables& from) {
  auto read
    = catalog::decode_snapshot(catalog::encode_snapshot(from), from.bounds());
  INFO((read ? std::string{} : read.assume_error().message()));
  REQUIRE(read);
  return std::move(read).assume_value();
}

} // namespace

TEST_CASE("replicas that restore at different points agree to the byte",
          "[rules][catalog]") {
  const auto seed = GENERATE(range(1, rounds(41, 11)));
  CAPTURE(seed);
  entry_stream stream{static_cast<std::uint64_t>(seed)};
  catalog::tables first{small_bounds()};
  catalog::tables second{small_bounds()};
  std::mt19937_64 chance{static_cast<std::uint64_t>(seed) + 1000};

  for (catalog::log_index index = 1; index <= 600; ++index) {
    if (chance() % 30 == 0) {
      first.skip(index);
      second.skip(index);
      continue;
    }
    const auto what = passed_on(stream.next(first.all()));
    const auto decided = first.apply(index, what);
    REQUIRE(second.apply(index, what) == decided);
    if (chance() % 40 == 0)
      second = restored(second);
    if (chance() % 40 == 0)
      first = restored(first);
  }

  CHECK(first == second);
  CHECK(catalog::encode_snapshot(first) == catalog::encode_snapshot(second));
}

TEST_CASE("streams by chance reach every command both ways",
          "[rules][catalog]") {
  std::map<std::string_view, std::pair<int, int>> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    entry_stream stream{seed};
    catalog::tables tables{small_bounds()};
    for (catalog::log_index index = 1; index <= 600; ++index) {
      const auto what = stream.next(tables.all());
      auto& [done, refused] = seen[name_of(what.command)];
      ++(tables.apply(index, what).ok() ? done : refused);
    }
  }

  CHECK(seen.size() == std::variant_size_v<catalog::command>);
  for (const auto& [name, counts] : seen) {
    CAPTURE(name);
    CHECK(counts.first > 0);
    CHECK(counts.second > 0);
  }
}

TEST_CASE("what tenants use is what there is", "[rules][catalog]") {
  const auto seed = GENERATE(range(100, 120));
  CAPTURE(seed);
  entry_stream stream{static_cast<std::uint64_t>(seed)};
  catalog::tables tables{small_bounds()};

  for (catalog::log_index index = 1; index <= 600; ++index) {
    tables.apply(index, stream.next(tables.all()));
    // restore() counts anew.
    REQUIRE(
      catalog::tables::restore(tables.all(), tables.bounds()).assume_value()
      == tables);
  }
}

TEST_CASE("a request decided once is never decided again", "[rules][catalog]") {
  const auto seed = GENERATE(range(200, 220));
  CAPTURE(seed);
  entry_stream stream{static_cast<std::uint64_t>(seed)};
  catalog::tables tables{small_bounds()};
  std::map<std::pair<catalog::origin, std::uint64_t>, catalog::outcome> first;

  for (catalog::log_index index = 1; index <= 600; ++index) {
    const auto what = stream.next(tables.all());
    const auto said = tables.apply(index, what);
    if (said.code == shm::errc::unknown)
      continue;
    const auto [at, fresh]
      = first.emplace(std::pair{what.origin, what.request_id}, said);
    CAPTURE(index, name_of(what.command), at->second.text, said.text);
    // A join that was refused is not remembered, but refused again.
    if (!fresh && (at->second.ok() || said.ok()))
      REQUIRE(at->second == said);
  }
}
