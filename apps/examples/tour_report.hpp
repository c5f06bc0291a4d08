// What the tour found, on one screen.
#pragma once

#include "apps/examples/tour_cluster.hpp"
#include "apps/examples/tour_kills.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::examples {

/// All that was measured; nothing here is computed from anything else.
struct findings {
  std::string version;
  std::string players; // who ran what
  bool separate = false;
  std::string prices_file;
  double seconds = 0;

  told publisher{}; // telemetry
  told telemetry{}; // as its reader saw it
  told replay{};    // at full speed
  told scan{};      // of the reader beside that
  told reads{};     // against the floor
  told stores{};    // against the floor
  told wakes{};     // of a reader that sleeps
  std::optional<double> bare_wake_ns{};
  kill_findings kills{};
  targets aimed_at{};
  told refused{};
  cluster_findings cluster{};
};

/// Something that Holdfast promises, and whether the tour saw it hold.
struct claim {
  std::string text;
  bool holds;
};

std::vector<claim> claims_of(const findings& found);

/// At most 40 lines of at most 100 columns.
std::string report_of(const findings& found, const std::vector<claim>& claims);

} // namespace holdfast::examples
