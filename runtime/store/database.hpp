// One SQLite file of this process alone: opened so that a commit that returns
// is on disk, and so that no error is swallowed. Knows nothing of what is in
// it.
#pragma once

#include "shm/error.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace holdfast::runtime {

/// What a file holds is not what was stored in it.
shm::error damaged(std::string what);

/// A prepared statement. One thread at a time, as its database.
class statement {
public:
  statement() = default;

  // Parameters are counted from 1 and keep their value until bound again; the
  // bytes must live until the statement was reset.
  statement& bind(int parameter, std::uint64_t value);
  statement& bind(int parameter, std::string_view text);
  statement& bind(int parameter, std::span<const std::uint8_t> bytes);

  /// True while there is a row to look at.
  shm::result<bool> step();

  /// Runs it to its end, for its effect.
  shm::result<void> run();

  /// Lets go of the row, and of the file's read lock with it.
  void reset();

  // Columns are counted from 0; what they point to lives until the next step.
  std::uint64_t number(int column) const;
  std::string_view text(int column) const;
  std::span<const std::uint8_t> bytes(int column) const;

private:
  friend class database;

  struct finalizer {
    void operator()(sqlite3_stmt* it) const noexcept;
  };

  std::unique_ptr<sqlite3_stmt, finalizer> it_;
};

class database {
public:
  database() = default;

  /// The file must exist. `vfs` names the SQLite layer below, empty for the
  /// usual one. Errors: exists when another has it open; corrupt; system.
  static shm::result<database> open(const std::string& path,
                                    const std::string& vfs);

  shm::result<void> run(const char* sql);
  shm::result<statement> prepare(std::string_view sql);

  /// The one text or number that a question answers.
  shm::result<std::string> ask(std::string_view sql);

  /// Moves the write-ahead log into the file, and empties it if told so.
  shm::result<void> checkpoint(bool truncate);

  /// Pages in the write-ahead log after the last commit.
  int log_pages() const noexcept;

private:
  struct closer {
    void operator()(sqlite3* it) const noexcept;
  };

  std::unique_ptr<sqlite3, closer> it_;
  std::unique_ptr<int> log_pages_; ///< SQLite keeps a pointer to it
};

} // namespace holdfast::runtime
