#include "runtime/store/database.hpp"

#include <sqlite3.h>

namespace holdfast::runtime {

namespace {

shm::errc case_of(int code) {
  switch (code & 0xff) {
  case SQLITE_ERROR: // the statements are right: it is the file that is not
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_FORMAT:
  case SQLITE_SCHEMA:
    return shm::errc::corrupt;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return shm::errc::exists;
  case SQLITE_FULL:
    return shm::errc::full;
  default:
    return shm::errc::system;
  }
}

shm::error failure_of(sqlite3* db, int code) {
  std::string detail = sqlite3_errmsg(db);
  return shm::failed(case_of(code),
                     detail + " (" + sqlite3_errstr(code) + ", code "
                       + std::to_string(sqlite3_extended_errcode(db)) + ")");
}

/// How the file is used. An own read of the file's content comes last: it
/// takes the lock.
constexpr auto settings = R"(
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA mmap_size = 0;
  PRAGMA cell_size_check = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA temp_store = MEMORY;
)";

int note_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

} // namespace

shm::error damaged(std::string what) {
  return shm::failed(shm::errc::corrupt, std::move(what));
}

// -- statement ----------------------------------------------------------------

void statement::finalizer::operator()(sqlite3_stmt* it) const noexcept {
  sqlite3_finalize(it);
}

// A bind fails only for a wrong number or without memory; a step after it then
// meets NULL, which no column of ours accepts.

statement& statement::bind(int parameter, std::uint64_t value) {
  sqlite3_bind_int64(it_.get(), parameter, static_cast<sqlite3_int64>(value));
  return *this;
}

statement& statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(it_.get(), parameter, text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

statement& statement::bind(int parameter, std::span<const std::uint8_t> bytes) {
  // A null pointer would mean NULL rather than no bytes.
  const void* start = bytes.empty() ? "" : static_cast<const void*>(&bytes[0]);
  sqlite3_bind_blob64(it_.get(), parameter, start, bytes.size(), SQLITE_STATIC);
  return *this;
}

shm::result<bool> statement::step() {
  const int code = sqlite3_step(it_.get());
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  return failure_of(sqlite3_db_handle(it_.get()), code);
}

shm::result<void> statement::run() {
  auto stepped = step();
  reset();
  if (!stepped)
    return std::move(stepped).assume_error();
  return boost::outcome_v2::success();
}

void statement::reset() {
  sqlite3_reset(it_.get());
}

std::uint64_t statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(it_.get(), column));
}

std::string_view statement::text(int column) const {
  const auto* start = sqlite3_column_text(it_.get(), column);
  const auto length = sqlite3_column_bytes(it_.get(), column);
  return {reinterpret_cast<const char*>(start),
          start ? static_cast<std::size_t>(length) : 0};
}

std::span<const std::uint8_t> statement::bytes(int column) const {
  const auto* start = sqlite3_column_blob(it_.get(), column);
  const auto length = sqlite3_column_bytes(it_.get(), column);
  return {static_cast<const std::uint8_t*>(start),
          start ? static_cast<std::size_t>(length) : 0};
}

// -- database -----------------------------------------------------------------

void database::closer::operator()(sqlite3* it) const noexcept {
  sqlite3_close_v2(it);
}

shm::result<database> database::open(const std::string& path,
                                     const std::string& vfs) {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
                    | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags,
                                   vfs.empty() ? nullptr : vfs.c_str());
  database made;
  made.it_.reset(opened);
  if (code != SQLITE_OK)
    return failure_of(opened, code);
  // Closing writes nothing: after an error no byte may change any more.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (auto set = made.run(settings); !set)
    return std::move(set).assume_error();
  // After the settings: turning checkpoints of its own off ends any hook.
  made.log_pages_ = std::make_unique<int>(0);
  sqlite3_wal_hook(opened, note_pages, made.log_pages_.get());
  // Takes the lock, so that a second opener is found out here.
  if (auto locked = made.ask("PRAGMA schema_version"); !locked)
    return std::move(locked).assume_error();
  return made;
}

shm::result<void> database::run(const char* sql) {
  const int code = sqlite3_exec(it_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return failure_of(it_.get(), code);
  return boost::outcome_v2::success();
}

shm::result<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(
    it_.get(), sql.data(), static_cast<int>(sql.size()), &prepared, nullptr);
  if (code != SQLITE_OK)
    return failure_of(it_.get(), code);
  statement made;
  made.it_.reset(prepared);
  return made;
}

shm::result<std::string> database::ask(std::string_view sql) {
  auto question = prepare(sql);
  if (!question)
    return std::move(question).assume_error();
  auto& rows = question.assume_value();
  auto row = rows.step();
  if (!row)
    return std::move(row).assume_error();
  return std::string{row.assume_value() ? rows.text(0) : ""};
}

shm::result<void> database::checkpoint(bool truncate) {
  const int mode
    = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code
    = sqlite3_wal_checkpoint_v2(it_.get(), nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_OK)
    return failure_of(it_.get(), code);
  *log_pages_ = 0;
  return boost::outcome_v2::success();
}

int database::log_pages() const noexcept {
  return log_pages_ ? *log_pages_ : 0;
}

} // namespace holdfast::runtime
