// What the nodes of a run are configured with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::torture {

struct node_files {
  std::vector<std::string> addresses; ///< of all nodes: host:port
  std::string certificates;           ///< a directory; empty: without TLS
  std::string health;                 ///< the profile
  std::string config_template;        ///< JSON that is added to; may be empty
};

/// An authority in that directory, and certificates for so many nodes. Throws
/// std::runtime_error.
void issue_certificates(const std::string& directory, std::uint32_t nodes);

/// The configuration of a node, for processes::node_process. What the run needs
/// overrides the template. Throws std::runtime_error.
std::string configuration_of(std::uint32_t id, const node_files& files);

} // namespace holdfast::torture
