// Which members the agreement begins with: decided once, then kept in a file.
//
// All first members must begin with the same list, and no node may begin twice;
// so what was decided stays, whatever the configuration says later.
#pragma once

#include "actors/consensus/types.hpp"
#include "actors/rules/wide_id.hpp"
#include "config/node_config.hpp"
#include "shm/error.hpp"

#include <string>

namespace holdfast::runtime {

struct founding {
  /// Empty: this node joins a cluster that others began.
  consensus::membership members;
  std::uint64_t digest = 0; ///< of the first members; 0: not known yet
  rules::wide_id cluster{}; ///< its id; none: this node has not heard it

  bool operator==(const founding&) const = default;
};

/// Whether the configuration gives that node a vote.
bool has_vote(const config::cluster_section& cluster, std::uint64_t node);

/// What the configuration alone decides: a node alone begins with itself, a
/// list of peers with all of them. Undecided (digest 0) for a node that is to
/// find others by a directory or a seed. Error: bad_argument, when no cluster
/// can begin so.
shm::result<founding> configured_founding(const config::node_config& config);

/// What the file says; undecided if there is none. Errors: corrupt; refused,
/// when it is of a stranger; system.
shm::result<founding> read_founding(const std::string& path);

/// On disk when it returns. Errors: system.
shm::result<void> write_founding(const std::string& path, const founding& what);

/// The same with the id of the cluster. Errors: as read_founding; system.
shm::result<void> name_founding(const std::string& path,
                                const rules::wide_id& cluster);

/// Puts it under that path unless one stands there: what stands there then, the
/// same for all who try. `draft` is a name for this caller alone in the same
/// directory. Errors: corrupt; system.
shm::result<founding> first_founding(const std::string& path,
                                     const std::string& draft,
                                     const founding& what);

/// What was decided before; undecided if nothing was. Errors: as read_founding;
/// bad_argument, when the node began alone and is to be in a cluster now, or
/// the other way round.
shm::result<founding> former_founding(const std::string& path,
                                      const config::node_config& config);

/// That, else what the configuration decides, which is kept from then on.
/// Errors: as both of them.
shm::result<founding> settled_founding(const std::string& path,
                                       const config::node_config& config);

} // namespace holdfast::runtime
