#include "runtime/store/store_files.hpp"

#include "runtime/data_directory.hpp"
#include "runtime/whole_file.hpp"
#include "shm/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace holdfast::runtime {

namespace {

/// Copies kept of what was corrupt: an operator looks at the first few.
constexpr int kept_max = 100;

shm::result<void> rename_if_there(const std::string& from,
                                  const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT)
    return shm::system_failure("move " + from);
  return boost::outcome_v2::success();
}

shm::result<void> remove_if_there(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return shm::system_failure("remove " + path);
  return boost::outcome_v2::success();
}

/// The start of a file of 4 KiB pages that uses a write-ahead log.
constexpr std::array<std::uint8_t, 20> expected_start{
  'S', 'Q', 'L', 'i', 't', 'e',  ' ',  'f', 'o', 'r',
  'm', 'a', 't', ' ', '3', '\0', 0x10, 0,   2,   2};

} // namespace

store_files::store_files(const std::string& directory_name,
                         const std::string& name)
  : directory{directory_name},
    lock{directory + "/" + name + ".lock"},
    database{directory + "/" + name + ".db"},
    write_ahead{database + "-wal"},
    journal{database + "-journal"},
    mark{directory + "/" + name + ".mark"},
    unfinished{database + ".new"} {
  // nop
}

shm::result<lock_file> lock_store(const store_files& files) {
  if (auto made = make_directories(files.directory, 0700); !made)
    return std::move(made).assume_error();
  if (auto checked = check_private(files.directory); !checked)
    return std::move(checked).assume_error();
  return lock_file::take(files.lock);
}

bool is_there(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 || errno != ENOENT;
}

shm::result<void> begin_database(const store_files& files) {
  for (const auto* suffix : {"", "-wal", "-journal"})
    if (auto gone = remove_if_there(files.unfinished + suffix); !gone)
      return gone;
  const shm::descriptor fd{::open(files.unfinished.c_str(),
                                  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd)
    return shm::system_failure("make " + files.unfinished);
  return boost::outcome_v2::success();
}

shm::result<void> name_database(const store_files& files) {
  // Empty: its content was moved into the database.
  if (auto gone = remove_if_there(files.unfinished + "-wal"); !gone)
    return gone;
  if (::rename(files.unfinished.c_str(), files.database.c_str()) != 0)
    return shm::system_failure("name " + files.database);
  return sync_directory(files.directory);
}

shm::result<void> check_database(const store_files& files) {
  // Closed again before SQLite opens it: closing any descriptor of a file
  // gives up the locks that this process has on it.
  const shm::descriptor fd{
    ::open(files.database.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0)
    return shm::system_failure("open " + files.database);
  if (!S_ISREG(found.st_mode) || found.st_uid != ::geteuid()
      || (found.st_mode & 0077U) != 0)
    return shm::failed(shm::errc::refused,
                       files.database + " is not a file of this user alone");
  std::array<std::uint8_t, expected_start.size()> start{};
  if (::pread(fd.get(), start.data(), start.size(), 0)
        != static_cast<ssize_t>(start.size())
      || start != expected_start || is_there(files.journal))
    return shm::failed(shm::errc::corrupt,
                       files.database + " is not what this node made");
  return boost::outcome_v2::success();
}

shm::result<void> remove_all(const store_files& files) {
  for (const auto* each :
       {&files.database, &files.write_ahead, &files.journal, &files.mark})
    if (auto gone = remove_if_there(*each); !gone)
      return gone;
  for (const auto* suffix : {"", "-wal", "-journal"})
    if (auto gone = remove_if_there(files.unfinished + suffix); !gone)
      return gone;
  return boost::outcome_v2::success();
}

shm::result<std::string> move_aside(const store_files& files) {
  std::string target;
  for (int n = 1; n <= kept_max && target.empty(); ++n) {
    const auto name = files.database + ".corrupt-" + std::to_string(n);
    if (!is_there(name) && !is_there(name + "-wal") && !is_there(name + "-mark")
        && !is_there(name + "-journal"))
      target = name;
  }
  if (target.empty())
    return shm::failed(shm::errc::full,
                       "remove the older corrupt files in " + files.directory);
  const std::array<std::pair<const std::string*, const char*>, 4> moves{
    {{&files.write_ahead, "-wal"},
     {&files.journal, "-journal"},
     {&files.mark, "-mark"},
     {&files.database, ""}}};
  for (const auto& [from, suffix] : moves)
    if (auto moved = rename_if_there(*from, target + suffix); !moved)
      return std::move(moved).assume_error();
  if (auto synced = sync_directory(files.directory); !synced)
    return std::move(synced).assume_error();
  return target;
}

} // namespace holdfast::runtime
