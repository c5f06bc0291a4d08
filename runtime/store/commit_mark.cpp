#include "runtime/store/commit_mark.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace holdfast::runtime {

namespace {

constexpr digest_key mark_key{'h', 'o', 'l', 'd', 'f', 'a', 's', 't',
                              ' ', 'm', 'a', 'r', 'k', ' ', '0', '1'};

/// As it lies in the file, twice: the two take turns, each in a sector of its
/// own, so that an interrupted write leaves the other.
struct slot {
  std::uint64_t sequence = 0;
  digest seal{};
  digest checksum{};
};

constexpr off_t slot_distance = 512;

slot slot_for(const commit_point& point) {
  slot made;
  made.sequence = point.sequence;
  made.seal = point.seal;
  made.checksum
    = row_digest{mark_key, "mark"}.add(point.sequence).add(point.seal).finish();
  return made;
}

off_t place_of(std::uint64_t sequence) {
  return static_cast<off_t>(sequence % 2) * slot_distance;
}

std::optional<commit_point> read_slot(int fd, off_t place) {
  slot found;
  if (::pread(fd, &found, sizeof(found), place) != sizeof(found))
    return std::nullopt;
  const commit_point point{found.sequence, found.seal};
  if (found.sequence == 0 || slot_for(point).checksum != found.checksum)
    return std::nullopt;
  return point;
}

} // namespace

shm::result<commit_mark> commit_mark::create(const std::string& path,
                                             const commit_point& first) {
  const int flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  commit_mark made;
  made.fd_ = shm::descriptor{::open(path.c_str(), flags, 0600)};
  if (!made.fd_)
    return shm::system_failure("open " + path);
  if (auto written = made.write(first); !written)
    return std::move(written).assume_error();
  if (auto synced = made.sync(); !synced)
    return std::move(synced).assume_error();
  return made;
}

shm::result<commit_mark> commit_mark::open(const std::string& path) {
  commit_mark made;
  made.fd_
    = shm::descriptor{::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)};
  if (!made.fd_ && errno == ENOENT)
    return shm::failed(shm::errc::no_value, "there is no " + path);
  if (!made.fd_)
    return shm::system_failure("open " + path);
  const auto even = read_slot(made.fd_.get(), place_of(0));
  const auto odd = read_slot(made.fd_.get(), place_of(1));
  if (!even && !odd)
    return shm::failed(shm::errc::corrupt, path + " is damaged");
  made.last_ = !odd || (even && even->sequence > odd->sequence) ? *even : *odd;
  return made;
}

shm::result<void> commit_mark::write(const commit_point& point) {
  const auto bytes = slot_for(point);
  if (::pwrite(fd_.get(), &bytes, sizeof(bytes), place_of(point.sequence))
      != sizeof(bytes))
    return shm::system_failure("write the commit mark");
  last_ = point;
  return boost::outcome_v2::success();
}

shm::result<void> commit_mark::sync() {
  if (::fdatasync(fd_.get()) != 0)
    return shm::system_failure("sync the commit mark");
  return boost::outcome_v2::success();
}

} // namespace holdfast::runtime
