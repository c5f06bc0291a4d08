// What actors say to each other: plain structs.
//
// Answers that carry actor handles are in interfaces.hpp. All of these stay in
// one process today (type_ids.hpp says so to CAF).
#pragma once

#include "actors/door.hpp"
#include "actors/rules/session_rights.hpp"
#include "shm/region.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
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

struct create_region_request {
  shm::region_options options; ///< id, home and epoch are the catalog's to set
  std::vector<shm::variable_spec> variables{};
};

struct remove_region_request {
  std::string tenant;
  std::string region;
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
  std::uint64_t sessions = 0;
};

/// The node stops: fence all regions, then end.
struct fence_all_request {};

// -- catalog, tenant region and region maker ----------------------------------

struct make_region_request {
  shm::region_options options;
  std::vector<shm::variable_spec> variables;
};

struct made_region {
  std::shared_ptr<shm::region> region;
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

struct region_report {
  std::string name;
  shm::region_status status;
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
};

struct remove_variable_request {
  std::string name;
};

struct grow_request {
  std::uint64_t bytes = 0;
};

/// Removed: no one attaches any more, and it ends with its last client.
struct retire_request {};

/// The node stops: what is stored from here on promises nothing.
struct fence_request {};

/// The lease is to be renewed.
struct lease_due {};

/// The dirty set is to be looked at.
struct drain_due {};

} // namespace holdfast
