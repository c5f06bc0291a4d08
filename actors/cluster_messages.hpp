// What is said to and by the actor that knows the cluster. All of it stays in
// the node; what goes to the cluster actor of another node is a call of a peer
// (cluster_calls.hpp).
#pragma once

#include "actors/consensus/core.hpp"
#include "actors/peer_messages.hpp"
#include "actors/rules/catalog/tables_mark.hpp"
#include "actors/rules/cluster_status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

struct cluster_status_query {
  bool with_tables = false; ///< their digest, which takes a snapshot of them
};

struct cluster_report {
  std::uint64_t node = 0; ///< this one
  rules::cluster_status now;
  bool draining = false; ///< this node
  std::string key;       ///< its public one, in digits; empty: it has none
  /// Of this node, as of a moment ago; empty if nobody asked for it.
  catalog::tables_mark tables;
  /// The entry since which they are not the leader's; 0: they are, or it is not
  /// known.
  std::uint64_t differs = 0;
};

struct cluster_instances_query {};

/// A node as this one sees it. Of itself it knows no more than its address.
struct cluster_instance {
  peer_status seen;
  bool self = false;
  bool draining = false;
  rules::node_role role = rules::node_role::follower;
};

struct cluster_instances {
  std::vector<cluster_instance> nodes; ///< by id
};

struct members_query {};

/// What a node is by what this one knows to be agreed on, and by the newest
/// change in its log, which may come to nothing; none: it is no member.
struct listed_member {
  consensus::node_id node = 0;
  std::string address;
  std::optional<consensus::member_role> agreed;
  std::optional<consensus::member_role> newest;
};

struct member_list {
  std::vector<listed_member> members; ///< by id
  consensus::node_id leader = 0;
};

/// One step of the membership, wherever the leader is.
struct change_cluster_request {
  consensus::change wanted;
};

struct hand_over_request {
  consensus::node_id to = 0; ///< 0: the lowest voter that is fit
  /// Nothing is done when this node does not lead.
  bool only_from_here = false;
};

/// Whether this node may lead.
struct drain_node_request {
  bool draining = true;
};

/// Somebody found another node of this cluster.
struct found_node {
  std::uint64_t node = 0;
  std::string address; ///< host:port of its peer door
};

/// Says goodbye to the other nodes. To be asked when nothing here is written
/// any more; ends this actor.
struct leave_cluster_request {};

/// Timer: looks at members and leadership.
struct steer_due {};

/// To the door: what those are told who knock, and who hears of them.
struct door_guide {
  std::string cluster; ///< its name
  std::uint32_t protocol = 0;
  knock_answer here;
  caf::strong_actor_ptr listener; ///< hears found_node
};

/// To the door: hellos of that node go to that peer; null: to nobody.
struct door_entry {
  std::uint64_t node = 0;
  caf::strong_actor_ptr peer;
};

} // namespace holdfast
