// What stands in a certificate, as plain values.
#pragma once

#include "shm/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

using wall_time = std::chrono::sys_seconds;

struct certificate_facts {
  std::string subject;      ///< its CN, "holdfast-node-7"
  std::string organization; ///< the cluster, in those that caf-shell makes
  std::string issuer;       ///< common name
  std::vector<std::string> names; ///< hosts and addresses it is made out to
  wall_time not_before;
  wall_time not_after;
  std::string fingerprint; ///< SHA-256, "AB:CD:…"
  std::string key;         ///< "EC prime256v1", "RSA 2048"
  bool authority = false;
  bool for_server = false;
  bool for_client = false;

  /// The node in a common name "holdfast-node-7".
  std::optional<std::uint64_t> node() const;
};

/// The first certificate of a PEM text. Errors: bad_argument.
shm::result<certificate_facts> certificate_facts_of(std::string_view pem);

/// "holdfast-node-7".
std::string subject_of_node(std::uint64_t id);

/// "2030-01-31 13:45:00 UTC".
std::string text_of(wall_time time);

} // namespace holdfast::runtime
