#include "runtime/process.hpp"

#include "config/defaults.hpp"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace holdfast::runtime {

void harden_process() noexcept {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void keep_freed_memory() noexcept {
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(config::allocated_apart_bytes));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(config::freed_bytes_kept));
}

} // namespace holdfast::runtime
