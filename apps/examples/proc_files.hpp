// Reads the kernel's counters from /proc. Knows nothing of regions.
#pragma once

#include "apps/examples/telemetry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::examples {

template <class T>
struct named {
  std::string name;
  T value;
};

/// What /proc told. What it did not tell is not here, and `missing` says which
/// file would not.
struct host_sample {
  std::vector<named<processor_times>> processors;
  std::optional<memory_use> memory;
  std::vector<named<network_traffic>> networks;
  std::vector<named<disk_traffic>> disks;
  std::optional<process_counts> processes;
  std::vector<std::string> missing;
};

/// Reads it all now. Lines that do not look as expected are skipped; a file
/// without one good line counts as missing. `root` is another directory than
/// /proc in tests only.
host_sample read_proc_files(const std::string& root = "/proc");

} // namespace holdfast::examples
