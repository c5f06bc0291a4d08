#include "tests/store/failing_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <new>

namespace holdfast::test {

namespace {

struct plan {
  failing_call call = failing_call::none;
  std::uint64_t left = 0;
  bool failed = false;
  std::uint64_t changes_after = 0;
};

plan current;

/// Lies before the file of the layer below, in memory that SQLite reserves.
struct layered_file {
  sqlite3_file base;
  sqlite3_file* below;
};

sqlite3_vfs* below() {
  return sqlite3_vfs_find("unix");
}

sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<layered_file*>(file)->below;
}

bool fails_now(failing_call call) {
  if (current.failed)
    ++current.changes_after;
  if (current.call != call || current.left == 0)
    return false;
  if (--current.left > 0)
    return false;
  current.failed = true;
  return true;
}

int close(sqlite3_file* file) {
  return below(file)->pMethods->xClose(below(file));
}

int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  return below(file)->pMethods->xRead(below(file), to, bytes, at);
}

int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  const auto call = current.call == failing_call::full ? failing_call::full
                                                       : failing_call::write;
  if (!fails_now(call))
    return below(file)->pMethods->xWrite(below(file), from, bytes, at);
  below(file)->pMethods->xWrite(below(file), from, bytes / 2, at);
  return call == failing_call::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (current.failed)
    ++current.changes_after;
  return below(file)->pMethods->xTruncate(below(file), size);
}

int sync(sqlite3_file* file, int flags) {
  if (fails_now(failing_call::sync))
    return SQLITE_IOERR_FSYNC;
  return below(file)->pMethods->xSync(below(file), flags);
}

int size(sqlite3_file* file, sqlite3_int64* size) {
  return below(file)->pMethods->xFileSize(below(file), size);
}

int lock(sqlite3_file* file, int level) {
  return below(file)->pMethods->xLock(below(file), level);
}

int unlock(sqlite3_file* file, int level) {
  return below(file)->pMethods->xUnlock(below(file), level);
}

int check_lock(sqlite3_file* file, int* held) {
  return below(file)->pMethods->xCheckReservedLock(below(file), held);
}

int control(sqlite3_file* file, int what, void* with) {
  return below(file)->pMethods->xFileControl(below(file), what, with);
}

int sector(sqlite3_file* file) {
  return below(file)->pMethods->xSectorSize(below(file));
}

int traits(sqlite3_file* file) {
  return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

sqlite3_io_methods methods() {
  sqlite3_io_methods made{};
  made.iVersion = 1; // no shared memory: the store locks the file for itself
  made.xClose = close;
  made.xRead = read;
  made.xWrite = write;
  made.xTruncate = truncate;
  made.xSync = sync;
  made.xFileSize = size;
  made.xLock = lock;
  made.xUnlock = unlock;
  made.xCheckReservedLock = check_lock;
  made.xFileControl = control;
  made.xSectorSize = sector;
  made.xDeviceCharacteristics = traits;
  return made;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags,
         int* used) {
  static const sqlite3_io_methods layered = methods();
  auto* made = reinterpret_cast<layered_file*>(file);
  made->below = reinterpret_cast<sqlite3_file*>(made + 1);
  const int code = below()->xOpen(below(), name, made->below, flags, used);
  made->base.pMethods = code == SQLITE_OK ? &layered : nullptr;
  return code;
}

sqlite3_vfs layer;

} // namespace

failing_vfs::failing_vfs() {
  current = {};
  layer = *below();
  layer.pNext = nullptr;
  layer.zName = "failing";
  layer.szOsFile += static_cast<int>(sizeof(layered_file));
  layer.xOpen = open;
  sqlite3_vfs_register(&layer, 0);
}

failing_vfs::~failing_vfs() {
  sqlite3_vfs_unregister(&layer);
}

std::string failing_vfs::name() {
  return "failing";
}

void failing_vfs::fail_at(failing_call call, std::uint64_t n) {
  current = {call, n, false, 0};
}

bool failing_vfs::has_failed() {
  return current.failed;
}

std::uint64_t failing_vfs::changes_after_failure() {
  return current.changes_after;
}

} // namespace holdfast::test
