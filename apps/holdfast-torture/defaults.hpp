// What a run is made of where nobody says otherwise, and its bounds.
#pragma once

#include "apps/holdfast-torture/checker/load.hpp"

#include <chrono>
#include <cstdint>

namespace holdfast::torture::defaults {

using std::chrono::milliseconds;
using std::chrono::seconds;

// -- the run ------------------------------------------------------------------

inline constexpr std::uint32_t nodes = 3;
inline constexpr std::uint32_t nodes_max = 9; // voters
inline constexpr std::uint64_t kills = 5;
inline constexpr std::uint64_t pauses = 3;
inline constexpr std::uint64_t partitions = 3;
inline constexpr std::uint64_t drains = 1;
inline constexpr std::uint64_t restarts = 1;
inline constexpr std::uint64_t client_kills = 2;
/// With one of these the region is on disk, and syncs set the pace.
inline constexpr std::uint64_t disk_fulls = 0;
inline constexpr std::uint64_t cluster_kills = 0;
inline constexpr std::uint64_t faults_max = 100'000;
inline constexpr std::uint64_t seed = 1;
inline constexpr std::uint32_t variables = 8;
inline constexpr std::uint32_t variables_max = 1024;

/// When a run is void.
inline constexpr load_bounds bounds{};

// -- clients ------------------------------------------------------------------

/// Of every call of a client to its node.
inline constexpr milliseconds client_patience{2000};
/// Between two tries to attach.
inline constexpr milliseconds attach_again{50};
/// A mapping that is not served for so long is given up.
inline constexpr milliseconds unserved_max{1000};
/// Before the next burst of a writer, at most.
inline constexpr milliseconds writer_rest_max{4};
/// Stores of a burst, at most; then they are flushed.
inline constexpr std::uint64_t burst_max = 4;
/// Of the flushes of a region on disk, those that ask for the disks, in
/// percent.
inline constexpr std::uint64_t durable_percent = 30;
/// Flushes in a row that end with unknown, before what was stored is given up.
inline constexpr int doubtful_max = 3;
/// After a store or a flush that did not end well.
inline constexpr milliseconds after_refusal{5};
/// A writer of a replica: between two looks whether it is the home's by now,
/// and between two stores that should be fenced.
inline constexpr milliseconds replica_look{2};
inline constexpr milliseconds replica_store{100};
/// A spinning reader spins and rests in turn, so that some processor is left to
/// the nodes. Without a change it records a variable so often.
inline constexpr milliseconds spin{2};
inline constexpr milliseconds spin_rest{4};
inline constexpr milliseconds spin_record{20};
/// Between a reading and its confirmation, at most.
inline constexpr milliseconds confirm_pause_max{100};
/// A sleeping reader looks anyway after this.
inline constexpr milliseconds sleep_max{100};

// -- faults -------------------------------------------------------------------

/// Between two faults, when all is well again.
inline constexpr milliseconds gap_min{150};
inline constexpr milliseconds gap_max{600};
/// Of the faults of nodes, those that are meant for the home, in percent.
inline constexpr std::uint64_t at_home_percent = 80;
/// How long a fault lasts, beyond the time until somebody is served again.
inline constexpr milliseconds kill_max{500};
inline constexpr milliseconds pause_max{4000};
inline constexpr milliseconds partition_max{3000};
inline constexpr milliseconds drain_max{1000};
inline constexpr milliseconds disk_full_max{4000};
/// What a file of a node may have as long as its disk has no room: less than
/// any database.
inline constexpr std::uint64_t full_disk_file_bytes = 16 << 10;

// -- patience -----------------------------------------------------------------

/// For a leader, a region and its replicas, and a first acknowledged flush.
inline constexpr seconds start_patience{60};
/// For replicas, which a cluster may not have.
inline constexpr seconds replicas_patience{10};
/// Until a majority has a flush acknowledged after a fault.
inline constexpr seconds service_patience{20};
/// Until every replica has everything again.
inline constexpr seconds whole_patience{60};
/// Until a node tells that its disk has no room.
inline constexpr seconds disk_patience{20};
/// For a process that was asked to end.
inline constexpr seconds end_patience{15};
/// Of the tool's own calls.
inline constexpr milliseconds call_patience{1500};
/// Between two looks.
inline constexpr milliseconds look{5};

} // namespace holdfast::torture::defaults
