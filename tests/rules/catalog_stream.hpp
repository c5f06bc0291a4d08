// Entries for the catalog: made by hand with little to write, or by chance
// from a seed, out of few names so that they meet.
#pragma once

#include "actors/rules/catalog/format.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace holdfast::test {

/// Tables that node 1 has joined, and short ways to tell them something.
class told_tables {
public:
  explicit told_tables(catalog::limits bounds = {});

  /// Decides the command as the next request of node 1.
  catalog::outcome tell(catalog::command what);

  /// The same of somebody else.
  catalog::outcome tell_as(catalog::origin from, std::uint64_t request,
                           catalog::command what);

  catalog::outcome join(catalog::node_id node, std::uint64_t incarnation = 1);

  const catalog::contents& all() const {
    return tables.all();
  }

  catalog::tables tables;
  catalog::caller by{"prod", "ops", 0, 1, "uid 1000"};
  std::uint64_t leader_ms = 1000;

private:
  std::uint64_t next_request_ = 1;
};

/// A region that may be created.
catalog::create_region region_of(const std::string& tenant,
                                 const std::string& name,
                                 catalog::node_id home = 0,
                                 std::set<catalog::node_id> replicas = {});

/// Entries by chance: joins and leaves, wrong names, wrong epochs, requests
/// sent twice, requests long forgotten.
class entry_stream {
public:
  explicit entry_stream(std::uint64_t seed) : chance_{seed} {
    // nop
  }

  /// `at` is the state it is meant for: epochs and sessions are taken from it
  /// most of the time.
  catalog::entry next(const catalog::contents& at);

private:
  std::uint64_t draw(std::uint64_t below);
  std::string tenant();
  std::string region();
  catalog::region_name name(const catalog::contents& at);
  catalog::node_id node();
  std::uint64_t session(const catalog::contents& at);
  catalog::log_index epoch(const catalog::contents& at,
                           const catalog::region_name& of);
  catalog::origin origin(const catalog::contents& at);
  catalog::command command(const catalog::contents& at);
  catalog::command of_tenants();
  catalog::command of_regions(const catalog::contents& at);
  catalog::command changed(const catalog::region_name& of,
                           const catalog::contents& at);
  catalog::command of_placement(const catalog::contents& at);
  catalog::command of_members(const catalog::contents& at);
  catalog::command of_sessions(const catalog::contents& at);

  std::mt19937_64 chance_;
  std::vector<catalog::entry> sent_;
  std::uint64_t next_request_ = 1;
  std::uint64_t clock_ = 0;
};

} // namespace holdfast::test
