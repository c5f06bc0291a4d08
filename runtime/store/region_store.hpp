// One region on disk: a SQLite file, and beside it the mark of how far it had
// come. What commit() answered is there after a crash; what is damaged is moved
// aside, and never shown in part.
//
// A file that is to be replaced is made under the next number, whole, and then
// named; until then the one before is what counts.
#pragma once

#include "runtime/store/commit_mark.hpp"
#include "runtime/store/region_tables.hpp"

#include <optional>

namespace holdfast::runtime {

struct region_store_options {
  std::string directory; ///< is there, and for our eyes only
  region_identity region{};
  std::uint64_t database = 0; ///< of the node's log of consensus
  std::string vfs{};          ///< the SQLite layer below; empty: the usual one
};

/// One thread at a time.
class region_store final : public region_storage {
public:
  explicit region_store(region_store_options options);

  shm::result<region_replica::epoch_number> load(const visitor& show) override;
  shm::result<void> commit(const region_writes& what) override;
  void remove() override;

private:
  /// Numbers of what is in the directory, of this region.
  struct files_found {
    std::optional<std::uint64_t> newest; ///< a database that has its name
    std::vector<std::uint64_t> all;      ///< of which anything is left
  };

  /// What is open. Statements end before their database.
  struct open_file {
    std::uint64_t number = 0;
    bool named = false;
    database db;
    region_tables tables;
    commit_mark mark;
  };

  files_found look() const;
  std::string name_of(std::uint64_t number) const;
  region_origin origin() const;
  shm::result<void> open(std::uint64_t number);
  shm::result<void> read(const visitor& show);
  shm::result<void> begin_anew();
  shm::result<void> write(const region_writes& what);
  shm::result<void> name_file();
  shm::result<void> shorten_log();
  void remove_others(std::uint64_t than);

  region_store_options options_;
  std::unique_ptr<open_file> file_; ///< null: it must begin anew
};

/// The regions of a node, in one directory.
class region_stores final : public region_storages {
public:
  /// `database`: of the node's log of consensus. Files that were written beside
  /// another are not looked at.
  region_stores(std::string directory, std::uint64_t database);

  std::shared_ptr<region_storage> open(const region_identity& which) override;
  void keep_only(const std::set<std::uint64_t>& ids) override;

private:
  std::string directory_;
  std::uint64_t database_;
};

} // namespace holdfast::runtime
