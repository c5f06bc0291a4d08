// What the telemetry publisher stores: the host's own counters, as they are.
//
// Times and amounts only ever grow, so a reader makes rates from two readings,
// whatever their distance. Absent things have no variable.
#pragma once

#include "shm/type_tag.hpp"

#include <cstdint>
#include <string_view>

namespace holdfast::examples {

/// Of one processor, in ticks of the kernel's clock.
struct processor_times {
  std::uint64_t user;
  std::uint64_t system;
  std::uint64_t idle;
  std::uint64_t waiting; // for disks
  std::int64_t sampled_ns;
};

/// In bytes.
struct memory_use {
  std::uint64_t total;
  std::uint64_t available;
  std::uint64_t free;
  std::uint64_t swap_total;
  std::uint64_t swap_free;
  std::int64_t sampled_ns;
};

struct network_traffic {
  std::uint64_t received_bytes;
  std::uint64_t received_packets;
  std::uint64_t sent_bytes;
  std::uint64_t sent_packets;
  std::uint64_t lost_packets; // errors and drops, both ways
  std::int64_t sampled_ns;
};

struct disk_traffic {
  std::uint64_t reads;
  std::uint64_t read_bytes;
  std::uint64_t writes;
  std::uint64_t written_bytes;
  std::int64_t sampled_ns;
};

struct process_counts {
  std::uint64_t processes;
  std::uint64_t running;
  std::uint64_t blocked;
  std::uint64_t started; // since boot
  double load;           // over the last minute
  std::int64_t sampled_ns;
};

} // namespace holdfast::examples

namespace holdfast::shm {

// clang-format off
template <> struct type_tag<examples::processor_times> { static constexpr std::string_view value = "host::processor_times/1"; };
template <> struct type_tag<examples::memory_use> { static constexpr std::string_view value = "host::memory_use/1"; };
template <> struct type_tag<examples::network_traffic> { static constexpr std::string_view value = "host::network_traffic/1"; };
template <> struct type_tag<examples::disk_traffic> { static constexpr std::string_view value = "host::disk_traffic/1"; };
template <> struct type_tag<examples::process_counts> { static constexpr std::string_view value = "host::process_counts/1"; };
// clang-format on

} // namespace holdfast::shm
