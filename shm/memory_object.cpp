#include "shm/memory_object.hpp"

#include <boost/interprocess/exceptions.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

namespace holdfast::shm {

namespace {

// In Linux since 6.3; older kernels refuse the flag and we go without.
constexpr unsigned noexec_seal = 0x0008U; // MFD_NOEXEC_SEAL

// What Boost.Interprocess asks of a mappable object.
struct mappable {
  int fd;

  boost::interprocess::mapping_handle_t get_mapping_handle() const {
    return boost::interprocess::ipcdetail::mapping_handle_from_file_handle(fd);
  }
};

int open_anonymous(const std::string& name) {
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const int fd = ::memfd_create(name.c_str(), flags | noexec_seal);
  if (fd >= 0 || errno != EINVAL)
    return fd;
  return ::memfd_create(name.c_str(), flags);
}

result<void> add_seals(int fd, growth later, int more) {
  const int grow = later == growth::forbidden ? F_SEAL_GROW : 0;
  if (::fcntl(fd, F_ADD_SEALS, more | grow | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
    return system_failure("seal memory");
  return boost::outcome_v2::success();
}

} // namespace

result<memory_object> memory_object::create(const std::string& name,
                                            std::uint64_t bytes) {
  memory_object object;
  object.fd_ = descriptor{open_anonymous(name)};
  if (!object.fd_)
    return system_failure("memfd_create");
  // A memfd is born with mode 0777: any uid could reopen it for writing.
  if (::fchmod(object.fd_.get(), 0600) != 0)
    return system_failure("fchmod");
  if (auto reserved = object.reserve(bytes); !reserved)
    return std::move(reserved).assume_error();
  return object;
}

memory_object memory_object::adopt(descriptor fd) {
  memory_object object;
  object.fd_ = std::move(fd);
  return object;
}

result<void> memory_object::reserve(std::uint64_t bytes) const {
  // Reserving now turns a full host into an error here instead of a SIGBUS
  // in some reader later.
  int status = 0;
  do
    status = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(bytes));
  while (status == EINTR);
  if (status == 0)
    return boost::outcome_v2::success();
  errno = status;
  return system_failure("reserve memory");
}

result<void> memory_object::seal_size(growth later) {
  return add_seals(fd_.get(), later, 0);
}

result<void> memory_object::seal_writes(growth later) {
  return add_seals(fd_.get(), later, F_SEAL_FUTURE_WRITE);
}

result<unsigned> memory_object::seals() const {
  const int seals = ::fcntl(fd_.get(), F_GET_SEALS);
  if (seals < 0)
    return system_failure("read seals");
  return static_cast<unsigned>(seals);
}

result<std::uint64_t> memory_object::size() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0)
    return system_failure("fstat");
  return static_cast<std::uint64_t>(status.st_size);
}

result<descriptor> memory_object::share(access wanted) const {
  // Reopening makes a description of its own: a flag or an offset that the
  // receiver changes is not ours.
  const auto path = "/proc/self/fd/" + std::to_string(fd_.get());
  const int mode = wanted == access::write ? O_RDWR : O_RDONLY;
  descriptor copy{::open(path.c_str(), mode | O_CLOEXEC)};
  if (!copy)
    return system_failure("reopen " + path + " (is /proc mounted?)");
  return copy;
}

result<boost::interprocess::mapped_region>
memory_object::map(access wanted, std::uint64_t bytes) const {
  namespace bip = boost::interprocess;
  try {
    bip::mapped_region mapped{mappable{fd_.get()},
                              wanted == access::write ? bip::read_write
                                                      : bip::read_only,
                              0, static_cast<std::size_t>(bytes)};
    // Values of tenants have no place in a core file.
    ::madvise(mapped.get_address(), mapped.get_size(), MADV_DONTDUMP);
    return mapped;
  } catch (const bip::interprocess_exception& failure) {
    return failed(errc::system, std::string{"map memory: "} + failure.what());
  }
}

} // namespace holdfast::shm
