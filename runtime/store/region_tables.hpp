// The rows that a region is stored in, and the checksum of each; knows one
// database, and not which file that is.
#pragma once

#include "actors/region_storage.hpp"
#include "runtime/store/commit_mark.hpp"
#include "runtime/store/database.hpp"
#include "runtime/store/row_digest.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace holdfast::runtime {

/// Which region a file is of. One of another is not read.
struct region_origin {
  std::uint64_t database = 0; ///< of the node's log of consensus
  std::uint64_t region = 0;   ///< its id
  std::string tenant;
  std::string name;
  digest_key history{}; ///< random, made with the file
};

/// What must be found again: how many rows there are, and which.
struct region_seal {
  std::uint64_t sequence = 0; ///< of the commit that wrote it
  region_replica::epoch_number held = 0;
  std::uint64_t rows = 0;
  digest sum{}; ///< of the rows' checksums, in any order
  digest meta{};
};

/// Of the tables' format; what was made by another is not read.
inline constexpr std::uint64_t region_format = 2;

class region_tables {
public:
  using variable_key = region_replica::variable_key;

  region_tables() = default;

  /// In a transaction that is open.
  static shm::result<region_tables> create(database& in,
                                           const region_origin& origin);
  /// Errors: refused when it is another region's; corrupt; system.
  static shm::result<region_tables> open(database& in,
                                         const region_origin& expected);

  /// Checks every row, and shows it. Errors: corrupt; system; what `show` says.
  shm::result<void> read(const region_storage::visitor& show);

  /// In a transaction that is open: all of it, and the seal.
  shm::result<void> write(const region_writes& what);

  /// The transaction is on disk, or never was.
  void keep();
  void undo();

  /// Checksums of what is stored, for when the file is opened under its name.
  std::map<variable_key, digest> release_rows() {
    return std::exchange(rows_, {});
  }
  void take_rows(std::map<variable_key, digest> rows) {
    rows_ = std::move(rows);
  }

  const region_seal& seal() const noexcept {
    return seal_;
  }
  commit_point point() const;

private:
  shm::result<void> prepare(database& in);
  shm::result<void> write_origin(database& in);
  shm::result<void> write_seal();
  shm::result<void> read_origin(database& in, const region_origin& expected);
  shm::result<void> read_seal(database& in);
  shm::result<void> put(const kept_row& row);
  shm::result<void> drop(variable_key key);
  void note(variable_key key, const std::optional<digest>& now);
  std::optional<digest> known(variable_key key) const;
  digest checksum_of(const kept_row& row) const;
  digest checksum_of(variable_key key, const region_replica::stamp& stored,
                     std::span<const std::uint8_t> bytes) const;
  digest checksum_of(const region_seal& seal) const;
  digest checksum_of(const region_origin& origin) const;

  region_origin origin_;
  region_seal seal_;
  region_seal kept_seal_; ///< of the last transaction that is on disk
  std::map<variable_key, digest> rows_;
  std::map<variable_key, std::optional<digest>> changed_; ///< not yet on disk
  database* in_ = nullptr;
  statement put_;
  statement drop_;
  statement put_seal_;
};

} // namespace holdfast::runtime
