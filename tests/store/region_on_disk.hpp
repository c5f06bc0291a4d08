// A region's file in a directory of its own, and what a store of it says.
#pragma once

#include "runtime/store/region_store.hpp"
#include "tests/store/store_history.hpp"
#include "tests/support/catch.hpp"

#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace holdfast::test {

using region_replica::stamp;
using region_replica::variable_key;
using runtime::region_store;
using shm::errc;

struct shown_value {
  stamp stored;
  std::string bytes;
  bool operator==(const shown_value&) const = default;
};

using shown_values = std::map<variable_key, shown_value>;

/// What a store answered to a load.
struct loaded_region {
  errc code = errc::ok;
  region_replica::epoch_number held = 0;
  shown_values values;
  std::string detail;
};

struct region_on_disk : scratch_directory {
  static constexpr std::uint64_t database = 0x1234;

  region_on_disk() {
    REQUIRE(sodium_init() >= 0);
  }

  runtime::region_store_options chosen(std::string vfs = {}) const {
    return {path().string(), {17, "acme", "quotes"}, database, std::move(vfs)};
  }

  loaded_region load(region_store& from) const {
    loaded_region made;
    auto held = from.load(
      [&](variable_key key, const stamp& stored, std::span<const char> bytes) {
        made.values[key] = {stored, {bytes.begin(), bytes.end()}};
        return shm::result<void>{boost::outcome_v2::success()};
      });
    if (held)
      made.held = held.assume_value();
    else
      made.code = held.assume_error().code,
      made.detail = held.assume_error().detail;
    return made;
  }

  loaded_region loaded() const {
    region_store store{chosen()};
    return load(store);
  }

  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& each : std::filesystem::directory_iterator{path()})
      all.push_back(each.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }

  /// In the directory itself, where regions lie.
  std::string file(const std::string& name) const {
    return (path() / name).string();
  }

  std::string newest(const std::string& ending) const {
    std::string found;
    for (const auto& each : files())
      if (each.ends_with("." + ending))
        found = std::max(found, (path() / each).string());
    return found;
  }
};

inline kept_row row(variable_key key, const stamp& stored,
                    const std::string& bytes) {
  return {key, stored, {bytes.begin(), bytes.end()}};
}

inline region_writes batch(std::vector<kept_row> rows, std::uint64_t held) {
  region_writes made;
  made.rows = std::move(rows);
  made.held = held;
  return made;
}

inline region_writes first(std::vector<kept_row> rows, std::uint64_t held) {
  auto made = batch(std::move(rows), held);
  made.anew = true;
  return made;
}

inline errc code_of(const shm::result<void>& done) {
  return done ? errc::ok : done.assume_error().code;
}

inline const shown_values two_values{{3, {{10, 4}, "bid"}},
                                     {5, {{9, 1}, "ask"}}};

} // namespace holdfast::test
