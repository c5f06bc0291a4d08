#include "runtime/data_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace holdfast::runtime {

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

shm::result<void> check_private(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return shm::system_failure("stat " + path);
  if (!S_ISDIR(found.st_mode))
    return shm::failed(shm::errc::refused, path + " is not a directory");
  if (found.st_uid != ::geteuid())
    return shm::failed(shm::errc::refused,
                       path + " belongs to user " + std::to_string(found.st_uid)
                         + "; chown it to user " + std::to_string(::geteuid()));
  if ((found.st_mode & 0077U) != 0)
    return shm::failed(shm::errc::refused,
                       path + " is open to others; chmod 0700 it");
  return boost::outcome_v2::success();
}

shm::result<bool> make_directories(std::string path, unsigned mode) {
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  bool made = false;
  for (std::size_t end = 1; end != std::string::npos;) {
    end = path.find('/', end);
    const auto part = path.substr(0, end);
    // Who dies before the chmod leaves one that is at most as open.
    const auto last = end == std::string::npos;
    made = ::mkdir(part.c_str(), last ? mode : 0755) == 0;
    if (!made && errno != EEXIST)
      return shm::system_failure("make " + part);
    if (!last)
      ++end;
  }
  if (made && ::chmod(path.c_str(), mode) != 0)
    return shm::system_failure("chmod " + path);
  return made;
}

shm::result<data_directory> data_directory::open(const std::string& path) {
  if (auto made = make_directories(path, 0700); !made)
    return std::move(made).assume_error();
  if (auto checked = check_private(path); !checked)
    return std::move(checked).assume_error();
  auto lock = lock_file::take(path + "/node.lock");
  if (!lock)
    return std::move(lock).assume_error();
  return data_directory{std::move(lock).assume_value()};
}

} // namespace holdfast::runtime
