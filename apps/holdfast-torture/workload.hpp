// What a client process does for as long as a run lasts.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::torture {

enum class client_role : std::uint8_t {
  writer,  ///< stores, flushes and reads
  spinner, ///< reads without rest
  sleeper  ///< sleeps until something changes, then reads
};

struct client_options {
  std::string socket;  ///< of its node
  std::string history; ///< a directory
  std::uint32_t id = 0;
  std::uint32_t node = 0;
  std::uint32_t variables = 0;
  client_role role = client_role::writer;
  std::uint64_t seed = 0;
  bool on_disk = false; ///< the region is: some flushes ask for that
};

/// Until SIGTERM; the exit code. Throws what it cannot go on after.
int work(const client_options& options);

} // namespace holdfast::torture
