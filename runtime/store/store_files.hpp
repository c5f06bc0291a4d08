// The files of a store: where they lie, and in which order they come and go, so
// that a crash in between is seen for what it is.
#pragma once

#include "runtime/lock_file.hpp"
#include "shm/error.hpp"

#include <string>

namespace holdfast::runtime {

struct store_files {
  /// "consensus.db" and so on, if that is its name.
  store_files(const std::string& directory, const std::string& name);

  std::string directory;
  std::string lock;
  std::string database;
  std::string write_ahead;
  std::string journal; ///< of SQLite's other mode: never ours
  std::string mark;
  std::string unfinished; ///< a database on its way to its name
};

/// Makes the directory for our eyes only and takes its lock.
shm::result<lock_file> lock_store(const store_files& files);

bool is_there(const std::string& path);

/// Makes an empty file of mode 0600 in the place of an unfinished one.
shm::result<void> begin_database(const store_files& files);

/// Gives the finished database its name, durably.
shm::result<void> name_database(const store_files& files);

/// Checks what SQLite would act upon before anything is checked: an empty file
/// or one of another mode makes it delete the write-ahead log. Errors: refused
/// when others may read it; corrupt; system.
shm::result<void> check_database(const store_files& files);

/// Removes all of them, the database first: what is left is none.
shm::result<void> remove_all(const store_files& files);

/// Moves all of them to names with the next free number, the database last:
/// whatever is left after a crash is no database that could be opened.
shm::result<std::string> move_aside(const store_files& files);

} // namespace holdfast::runtime
