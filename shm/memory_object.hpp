// Anonymous shared memory: make it, seal it, map it, pass it on.
//
// The only file that knows memfd, seals and Boost.Interprocess.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/error.hpp"

#include <boost/interprocess/mapped_region.hpp>

#include <cstdint>
#include <string>

namespace holdfast::shm {

enum class access : std::uint8_t { read, write };
enum class growth : std::uint8_t { forbidden, allowed };

/// A memfd without a name in the file system, so nothing is left behind.
/// Owned by one thread at a time.
class memory_object {
public:
  /// Makes an object of `bytes` reserved bytes, mode 0600, close-on-exec.
  /// Errors: no_memory when the host cannot reserve them.
  static result<memory_object> create(const std::string& name,
                                      std::uint64_t bytes);

  /// Takes over a descriptor that somebody passed to us.
  static memory_object adopt(descriptor fd);

  /// Reserves bytes up to `bytes` in all. Blocks while pages are zeroed. Any
  /// thread.
  result<void> reserve(std::uint64_t bytes) const;

  /// Forbids everybody, of any uid, to shrink it and to change the seals; to
  /// grow it, too, unless the node will: any writer could then take memory.
  result<void> seal_size(growth later);

  /// As seal_size, and forbids every future writable mapping or write; the
  /// mappings made before stay writable.
  result<void> seal_writes(growth later);

  /// The seals set on it (F_GET_SEALS).
  result<unsigned> seals() const;

  /// Bytes of the object as the kernel says, not as its content claims.
  result<std::uint64_t> size() const;

  /// A new descriptor of the same object for the given access.
  result<descriptor> share(access wanted) const;

  /// Maps `bytes`, which may exceed the size: pages beyond it become valid
  /// when the object grows, touching them before is a fault.
  result<boost::interprocess::mapped_region> map(access wanted,
                                                 std::uint64_t bytes) const;

private:
  descriptor fd_;
};

} // namespace holdfast::shm
