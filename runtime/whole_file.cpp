#include "runtime/whole_file.hpp"

#include "shm/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace holdfast::runtime {

namespace {

shm::result<void> write_all(int fd, std::string_view text,
                            const std::string& name) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return shm::system_failure("write " + name);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return boost::outcome_v2::success();
}

shm::result<std::string> read_all(int fd, std::size_t bytes_max,
                                  const std::string& name) {
  std::string out(bytes_max + 1, '\0');
  std::size_t length = 0;
  while (length < out.size()) {
    const auto read = ::read(fd, out.data() + length, out.size() - length);
    if (read < 0 && errno == EINTR)
      continue;
    if (read < 0)
      return shm::system_failure("read " + name);
    if (read == 0)
      break;
    length += static_cast<std::size_t>(read);
  }
  if (length > bytes_max)
    return shm::failed(shm::errc::too_long, name + " has more than "
                                              + std::to_string(bytes_max)
                                              + " bytes");
  out.resize(length);
  return out;
}

/// A file of that name and mode which was not there before.
shm::result<shm::descriptor> make_file(int directory, const std::string& name,
                                       unsigned mode) {
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  // Born closed to others: the final mode comes before the first byte.
  shm::descriptor fd{::openat(directory, name.c_str(), flags, 0600)};
  if (!fd || ::fchmod(fd.get(), mode) != 0)
    return shm::system_failure("make " + name);
  return fd;
}

shm::result<void> fill_synced(const std::string& draft, std::string_view text,
                              unsigned mode) {
  auto fd = make_file(AT_FDCWD, draft, mode);
  if (!fd)
    return std::move(fd).assume_error();
  const int raw = fd.assume_value().get();
  if (auto written = write_all(raw, text, draft); !written)
    return written;
  if (::fsync(raw) != 0)
    return shm::system_failure("sync " + draft);
  return boost::outcome_v2::success();
}

} // namespace

shm::result<whole_file> read_whole(int directory, const std::string& name,
                                   std::size_t bytes_max,
                                   symbolic_links links) {
  // O_NONBLOCK: opening a pipe that nobody writes would wait for ever.
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
                    | (links == symbolic_links::refuse ? O_NOFOLLOW : 0);
  const shm::descriptor fd{::openat(directory, name.c_str(), flags)};
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0)
    return shm::system_failure("open " + name);
  if (!S_ISREG(found.st_mode))
    return shm::failed(shm::errc::wrong_type, name + " is not a regular file");
  auto text = read_all(fd.get(), bytes_max, name);
  if (!text)
    return std::move(text).assume_error();
  return whole_file{std::move(text).assume_value(), found.st_uid,
                    found.st_mode & 07777U};
}

shm::result<void> write_new(const std::string& path, std::string_view text,
                            unsigned mode) {
  const auto draft = path + "." + std::to_string(::getpid()) + ".new";
  auto filled = fill_synced(draft, text, mode);
  // A second name instead of a rename: that would replace what is there.
  const bool named = filled && ::link(draft.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::unlink(draft.c_str());
  if (!filled)
    return filled;
  if (named)
    return boost::outcome_v2::success();
  if (why == EEXIST)
    return shm::failed(shm::errc::exists, path);
  errno = why;
  return shm::system_failure("make " + path);
}

shm::result<void> replace_whole(int directory, const std::string& name,
                                const std::string& draft, std::string_view text,
                                unsigned mode) {
  // What a killed process left under this name is nobody's.
  ::unlinkat(directory, draft.c_str(), 0);
  auto fd = make_file(directory, draft, mode);
  if (!fd)
    return std::move(fd).assume_error();
  auto written = write_all(fd.assume_value().get(), text, draft);
  if (written
      && ::renameat(directory, draft.c_str(), directory, name.c_str()) == 0)
    return boost::outcome_v2::success();
  if (written)
    written = shm::system_failure("rename " + draft + " to " + name);
  ::unlinkat(directory, draft.c_str(), 0);
  return written;
}

shm::result<void> sync_directory(const std::string& path) {
  const shm::descriptor fd{
    ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0)
    return shm::system_failure("sync " + path);
  return boost::outcome_v2::success();
}

} // namespace holdfast::runtime
