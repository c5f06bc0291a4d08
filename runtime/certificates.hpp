// Makes a cluster's authority and the certificates of its nodes. Knows no CAF
// and no command line.
#pragma once

#include "config/defaults.hpp"
#include "runtime/certificate_facts.hpp"
#include "shm/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct authority_request {
  std::string directory; ///< made 0700 if need be
  std::string cluster;
  std::chrono::days valid_for = config::authority_validity_default;
};

struct made_authority {
  std::string certificate; ///< path: authority.crt
  std::string key;         ///< path: authority.key, 0600
  certificate_facts facts;
};

/// Errors: exists when there is one already; bad_argument; system.
shm::result<made_authority> make_authority(const authority_request& request,
                                           wall_time now);

struct node_request {
  std::string directory;               ///< where the authority is
  std::string out;                     ///< made 0700 if need be
  std::uint64_t node = 0;              ///< its id
  std::vector<std::string> hosts = {}; ///< names and addresses it answers on
  std::chrono::days valid_for = config::certificate_validity_default;
};

struct issued_certificate {
  std::string certificate; ///< path: node-ID.crt
  std::string key;         ///< path: node-ID.key, 0600
  std::string authority;   ///< path, in the same directory
  certificate_facts facts;
};

/// Valid no longer than the authority. Errors: exists when the node has one in
/// `out`; bad_argument, with what to do; system.
shm::result<issued_certificate>
issue_node_certificate(const node_request& request, wall_time now);

} // namespace holdfast::runtime
