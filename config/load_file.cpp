// The file system's side of load.hpp.
#include "config/load.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace holdfast::config {

namespace {

class descriptor {
public:
  explicit descriptor(int number) : number_{number} {}

  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  int number() const {
    return number_;
  }

private:
  int number_;
};

outcome unreadable(const std::string& path, std::string found,
                   std::string allowed) {
  outcome result;
  result.config.origins.file = path;
  result.complaints.push_back(
    {path, 0, 0, "", std::move(found), std::move(allowed), ""});
  return result;
}

outcome unreadable(const std::string& path, int error) {
  return unreadable(path, std::generic_category().message(error),
                    "a file that this user can read");
}

/// One byte more than is allowed is enough to see that it is too much.
int read_bounded(int file, std::string& text) {
  std::array<char, 16384> block{};
  while (text.size() <= file_bytes_max) {
    const auto count = ::read(file, block.data(), block.size());
    if (count == 0)
      return 0;
    if (count > 0)
      text.append(block.data(), static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

} // namespace

outcome load_file(const std::string& path) {
  // Without waiting: a pipe that nobody writes must not hang the start.
  const descriptor file{
    ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.number() < 0)
    return unreadable(path, errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0)
    return unreadable(path, errno);
  if (S_ISDIR(status.st_mode))
    return unreadable(path, EISDIR);
  if (!S_ISREG(status.st_mode))
    return unreadable(path, "a device, pipe or socket", "a regular file");
  std::string text;
  if (const int error = read_bounded(file.number(), text); error != 0)
    return unreadable(path, error);
  return load_text(text, path);
}

} // namespace holdfast::config
