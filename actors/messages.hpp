// What actors say to each other: plain structs.
//
// Answers that carry actor handles are in interfaces.hpp. All of these stay in
// one process today (type_ids.hpp says so to CAF).
#pragma once

#include "actors/door.hpp"
#include "actors/region_messages.hpp"
#include "actors/region_storage.hpp"
#include "actors/rules/catalog/local_regions.hpp"
#include "actors/rules/catalog/tables_mark.hpp"
#include "actors/rules/placement.hpp"
#include "actors/rules/region_replica/status.hpp"
#include "actors/rules/session_rights.hpp"
#include "shm/region.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast {

// -- door to session ----------------------------------------------------------

/// One packet of the client; the door sends no other before next().
struct line_packet {
  std::vector<std::byte> bytes;
};

/// The client stored something and the doorbell was armed.
struct line_rang {};

/// The last packet should have been answered by now.
struct line_overdue {};

/// What the client sent together with its hello is served: now there is time
/// for what it does not wait for.
struct line_settled {};

/// What was contended is to be tried again.
struct retry_due {};

/// The client is gone, or the door ended the line.
struct line_closed {
  std::string reason;
};

/// The node stops: tell the client and end the line.
struct session_dismissed {
  std::string reason;
};

// -- session to catalog -------------------------------------------------------

/// May this client come in?
struct admit_request {
  actors::peer_credentials credentials;
  std::string tenant; ///< empty: the only one that knows the client
  std::string client; ///< what it calls itself, for people
};

/// It may, as this principal.
struct admission {
  std::uint64_t session = 0;
  std::string tenant;
  std::string principal;
  std::vector<rules::grant> grants;
};

struct region_query {
  std::string tenant;
  std::string region;
};

struct regions_query {
  std::string tenant;
};

/// Have this agreed on, once. Whoever asks has looked at the rights.
struct command_request {
  catalog::command command;
  catalog::caller by; ///< the catalog adds the node
};

struct sessions_query {
  std::string tenant;
};

struct session_listing {
  std::uint64_t session = 0;
  std::string principal;
  std::string client;
  actors::peer_credentials credentials;
  std::uint32_t regions = 0;
  std::uint64_t age_ms = 0;
};

struct session_listings {
  std::vector<session_listing> sessions;
};

/// A session attached or detached: how many regions it holds now.
struct session_holds {
  std::uint64_t session = 0;
  std::uint32_t regions = 0;
};

struct totals_query {
  std::string tenant;
};

struct tenant_totals {
  std::uint64_t regions = 0;
  std::uint64_t sessions = 0; ///< on this node
};

/// All of the tables, as of now.
struct tables_query {};

struct tables_copy {
  std::shared_ptr<const catalog::contents> tables;
};

/// To compare with another node's at the same entries.
struct tables_digest_query {};

struct tables_digest {
  /// Ascending: of the last few entries that are marked, and of the last one.
  std::vector<catalog::tables_mark> marks;
};

/// Timer: say again that this node is there.
struct enter_due {};

/// Timer: propose again what may have happened.
struct proposal_due {
  std::uint64_t request_id = 0;
};

/// Timer: see which proposals have waited too long for an answer.
struct deadlines_due {};

// -- catalog and region keeper ------------------------------------------------

/// Regions came, went or changed.
struct tables_changed {};

/// What is this node to have, and what has it?
struct plan_query {
  std::map<catalog::log_index, catalog::local_region> have;
  std::set<catalog::log_index> held; ///< removed, and still mapped
};

struct planned_region {
  catalog::region_name name;
  catalog::region region;
};

/// What this node is to have of one.
struct wanted_region {
  planned_region planned;
  catalog::local_region wanted;
};

/// catalog::region_changes with what is needed to carry them out.
struct region_plan {
  catalog::log_index applied = 0; ///< the plan is as of this entry
  std::vector<catalog::log_index> retire;
  std::set<catalog::log_index> elsewhere; ///< those of them that live on
  std::vector<wanted_region> make;
  std::vector<wanted_region> change;
  std::vector<catalog::log_index> release;
  /// The entry by which this node is there.
  catalog::log_index admitted = 0;
};

struct home_query {
  catalog::region_name name;
};

struct region_home {
  catalog::log_index id = 0; ///< of the region
  catalog::placement placed; ///< home 0: not chosen yet
};

/// The steps that lead regions to where they should live.
struct placement_query {
  rules::placement_options options;
  /// The plan of that entry is known: no steps unless something has changed.
  catalog::log_index known = 0;
};

struct placement_plan {
  catalog::log_index as_of = 0; ///< the last entry that may have changed it
  std::vector<rules::placement_step> steps;
};

/// Answered once the first node that joined has named the cluster.
struct cluster_id_query {};

struct cluster_id {
  rules::wide_id id;
};

/// Who is in the tables, and what the leader decided about them.
struct known_members_query {};

struct known_members {
  std::map<catalog::node_id, catalog::member> members;
};

/// The regions of a tenant, wherever they are.
struct placed_regions_query {
  std::string tenant;
};

struct placed_regions {
  std::vector<planned_region> regions; ///< by name
};

/// Reserve memory for a region that will grow.
struct reserve_growth_request {
  catalog::region_name name;
  std::uint64_t bytes = 0;
};

/// The node stops: fence all regions, then end.
struct fence_all_request {};

// -- region keeper, tenant region and region maker ----------------------------

/// A region that is on disk, too.
struct kept_on_disk {
  std::map<std::string, region_replica::variable_key> variables; ///< by name
  /// What was stored in epochs before this one was given up.
  std::uint64_t began_empty = 0;
  bool expected = false; ///< the tables say that there should be something
};

struct make_region_request {
  shm::region_options options;
  std::vector<shm::variable_spec> variables;
  std::optional<kept_on_disk> kept{};
};

struct refused_variable {
  std::string name;
  shm::error why;
};

struct made_region {
  std::shared_ptr<shm::region> region;
  std::vector<refused_variable> refused;     ///< variables that it has not
  std::shared_ptr<region_storage> storage{}; ///< null: it is in memory only
  found_on_disk found{};
};

/// Regions that this node has; of others it keeps nothing.
struct regions_kept {
  std::set<std::uint64_t> ids;
};

/// Reserve memory for a region that its owner goes on using.
struct reserve_request {
  std::shared_ptr<const shm::region> region;
  std::uint64_t bytes = 0;
};

// -- to a tenant region -------------------------------------------------------

struct attach_request {
  std::uint64_t session = 0;
  shm::access access = shm::access::read;
};

/// The same of a region that is known by its name.
struct attach_by_name_request {
  region_query region;
  attach_request what;
};

/// With two descriptors to pass on.
struct attached_region {
  std::uint32_t owner = 0;
  shm::shared_descriptor control;
  shm::shared_descriptor data;
};

struct detach_request {
  std::uint32_t owner = 0;
};

struct watch_request {
  std::uint32_t owner = 0;
  shm::watch_scope scope = shm::watch_scope::variable;
};

/// A client with a writable mapping rang.
struct doorbell_rung {};

struct region_status_query {};

/// How a region's disk is.
enum class disk_state : std::uint8_t { none, written, behind, failing };

struct region_report {
  std::string name;
  shm::region_status status;
  region_replica::status replicated;
  disk_state disk = disk_state::none;
  std::string disk_trouble; ///< why it is failing, or what was lost at start
  /// Values that were something else in memory than the home had sent.
  std::uint64_t mended = 0;
};

struct variables_query {
  std::string after; ///< the last name seen, or empty
};

struct variable_listing {
  std::string name;
  shm::layout::variable_kind kind = shm::layout::variable_kind::value;
  std::string type;
  std::uint32_t capacity = 0;
  std::uint64_t version = 0;
  std::uint64_t committed = 0;
};

/// Sorted by name.
struct variables_page {
  std::vector<variable_listing> variables;
  bool more = false;
};

struct add_variable_request {
  shm::variable_spec variable;
  region_replica::variable_key key = 0;
};

struct remove_variable_request {
  std::string name;
};

struct grow_request {
  std::uint64_t bytes = 0;
};

// The next two are answered with nothing once it is so. Errors: fenced, this
// node is not the region's home; overloaded, too many wait; unknown, it may
// be so.

/// What is in memory now is to be held by a majority of the holders.
struct flush_request {
  /// Epoch of the oldest store that it is about; 0: of none. Where another
  /// node was home since, that store may be gone: unknown.
  std::uint64_t stored_in = 0;
  bool durable = false; ///< on their disks, too
};

/// What is in memory now is to be committed, and this node to be the home.
struct confirm_request {};

/// No one attaches any more, and it ends with its last client.
struct retire_request {
  bool lives_on = false; ///< on other nodes; else it was removed
};

/// The node stops: what is stored from here on promises nothing.
struct fence_request {};

/// The lease is to be renewed.
struct lease_due {
  std::uint64_t number = 0; ///< only the last one counts
};

/// The dirty set is to be looked at.
struct drain_due {};

} // namespace holdfast
