// What a region is kept in beside memory, as the actors see it. Knows no file.
#pragma once

#include "actors/rules/region_replica/holding.hpp"
#include "actors/rules/region_replica/store_ledger.hpp"
#include "shm/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace holdfast {

/// A value with its tail, and what it is.
struct kept_row {
  region_replica::variable_key key = 0;
  region_replica::stamp stored;
  std::vector<char> bytes;
};

/// What is to be on disk together: all of it, or nothing. A batch of more
/// bytes than one step may have takes several; the last one says what they
/// make together. Until then what was on disk counts, with newer values in it.
struct region_writes {
  bool anew = false; ///< what is there is no part of it
  std::vector<kept_row> rows;
  std::vector<region_replica::variable_key> removed;
  /// With the last step: all values that made this holder whole in that epoch
  /// are on disk. 0: it is not whole.
  std::optional<region_replica::epoch_number> held;
};

class region_storage {
public:
  using visitor = std::function<shm::result<void>(region_replica::variable_key,
                                                  const region_replica::stamp&,
                                                  std::span<const char>)>;

  virtual ~region_storage() = default;

  /// Once, before all else. Shows every row, and answers the epoch in which
  /// they made this holder whole. What was shown is to be forgotten after an
  /// error: no_value when there is nothing; corrupt when what is there is not
  /// what was written, which is moved aside; system.
  virtual shm::result<region_replica::epoch_number> load(const visitor& show)
    = 0;

  /// On disk when it returns. `full`: there is no room, nothing has happened,
  /// and it may be tried again. After any other error it must begin anew.
  virtual shm::result<void> commit(const region_writes& what) = 0;

  /// Nothing is left of it.
  virtual void remove() = 0;
};

/// Of which region.
struct region_identity {
  std::uint64_t id = 0;
  std::string tenant;
  std::string name;
};

/// Those of a node.
class region_storages {
public:
  virtual ~region_storages() = default;

  virtual std::shared_ptr<region_storage> open(const region_identity& which)
    = 0;

  /// Removes what is left of all other regions.
  virtual void keep_only(const std::set<std::uint64_t>& ids) = 0;
};

/// What a region found on disk when it was made.
struct found_on_disk {
  region_replica::holding holding;     ///< what is in memory now
  bool usable = false;                 ///< it may be gone on with
  region_replica::store_ledger ledger; ///< of the values in memory
  /// There, and of no variable that the region has.
  std::vector<region_replica::variable_key> stale;
  std::string trouble; ///< why there is less than should be; empty: all is well
};

} // namespace holdfast
