// The fields of each struct, in their order. Changing one is a new format.
#pragma once

#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/catalog/format_fields.hpp"
#include "actors/rules/catalog/limits.hpp"

namespace holdfast::catalog {

// -- inside rows --------------------------------------------------------------

void describe_row(auto& f, like<std::uint64_t> auto& of) {
  f("n", of);
}

void describe_row(auto& f, like<std::string> auto& of) {
  f("name", of);
}

void describe_row(auto& f, like<rules::grant> auto& of) {
  f("regions", of.regions);
  f("rights", of.rights);
}

void describe_row(auto& f, like<variable> auto& of) {
  f("name", of.name);
  f("kind", of.kind);
  f("type", of.type);
  f("capacity", of.capacity);
  f("id", of.id);
}

// -- parts --------------------------------------------------------------------

void describe(auto& f, like<rules::quota_limits> auto& of) {
  f("bytes", of.bytes);
  f("regions", of.regions);
  f("variables", of.variables);
  f("sessions", of.sessions);
}

void describe(auto& f, like<principal> auto& of) {
  f("name", of.who.name);
  f("uid", of.who.uid);
  f("gid", of.who.gid);
  f("key_hash", of.key_hash);
  f("grants", of.who.grants);
}

void describe(auto& f, like<region_name> auto& of) {
  f("tenant", of.tenant);
  f("region", of.region);
}

void describe(auto& f, like<region_options> auto& of) {
  f("bytes", of.bytes);
  f("bytes_max", of.bytes_max);
  f("variables_max", of.variables_max);
  f("clients_max", of.clients_max);
  f("node_writes_only", of.node_writes_only);
  f("durable", of.durable);
  f("copies", of.copies);
}

void describe(auto& f, like<caller> auto& of) {
  f("by_tenant", of.tenant);
  f("by_principal", of.principal);
  f("by_session", of.session);
  f("by_node", of.node);
  f("by_address", of.address);
}

void describe(auto& f, like<origin> auto& of) {
  f("origin_kind", of.kind);
  f("origin_id", of.id);
  f("origin_incarnation", of.incarnation);
}

// -- commands -----------------------------------------------------------------

template <class T>
concept of_tenant_and_quota
  = like<T, ensure_tenant> || like<T, create_tenant> || like<T, change_quota>;

void describe(auto& f, of_tenant_and_quota auto& of) {
  f("tenant", of.tenant);
  describe(f, of.quota);
}

void describe(auto& f, like<remove_tenant> auto& of) {
  f("tenant", of.tenant);
}

void describe(auto& f, like<put_principal> auto& of) {
  f("tenant", of.tenant);
  describe(f, of.principal);
}

void describe(auto& f, like<remove_principal> auto& of) {
  f("tenant", of.tenant);
  f("name", of.name);
}

void describe(auto& f, like<create_region> auto& of) {
  describe(f, of.name);
  describe(f, of.options);
  f("variables", of.variables);
  f("home", of.home);
  f("replicas", of.replicas);
}

void describe(auto& f, like<remove_region> auto& of) {
  describe(f, of.name);
}

void describe(auto& f, like<release_region> auto& of) {
  f("id", of.id);
  f("node", of.node);
}

void describe(auto& f, like<grow_region> auto& of) {
  describe(f, of.name);
  f("bytes", of.bytes);
}

template <class T>
concept of_variables = like<T, add_variables> || like<T, remove_variables>;

void describe(auto& f, of_variables auto& of) {
  describe(f, of.name);
  f("variables", of.variables);
}

void describe(auto& f, like<move_home> auto& of) {
  describe(f, of.name);
  f("expected_epoch", of.expected_epoch);
  f("home", of.home);
}

void describe(auto& f, like<set_placement> auto& of) {
  describe(f, of.name);
  f("expected_epoch", of.expected_epoch);
  f("home", of.home);
  f("replicas", of.replicas);
}

void describe(auto& f, like<settle_region> auto& of) {
  describe(f, of.name);
  f("epoch", of.epoch);
}

void describe(auto& f, like<prefer_home> auto& of) {
  describe(f, of.name);
  f("home", of.home);
}

void describe(auto& f, like<report_region> auto& of) {
  describe(f, of.name);
  f("node", of.node);
  f("epoch", of.epoch);
  f("event", of.event);
  f("text", of.text);
}

void describe(auto& f, like<join_member> auto& of) {
  f("node", of.node);
  f("incarnation", of.incarnation);
  f("address", of.address);
  f("key", of.key);
  f("role", of.role);
  f("weight", of.weight);
  f("knows_format", of.format);
  f("seen", of.seen);
  f("cluster_high", of.cluster.high);
  f("cluster_low", of.cluster.low);
}

void describe(auto& f, like<leave_member> auto& of) {
  f("node", of.node);
}

void describe(auto& f, like<change_member> auto& of) {
  f("node", of.node);
  f("address", of.address);
  f("key", of.key);
  f("role", of.role);
  f("weight", of.weight);
  f("draining", of.draining);
}

void describe(auto& f, like<decide_health> auto& of) {
  f("node", of.node);
  f("incarnation", of.incarnation);
  f("down", of.down);
}

void describe(auto& f, like<open_session> auto& of) {
  f("tenant", of.tenant);
  f("principal", of.principal);
  f("client", of.client);
  f("uid", of.uid);
  f("node", of.node);
  f("token_hash", of.token_hash);
}

void describe(auto& f, like<resume_session> auto& of) {
  f("session", of.session);
  f("node", of.node);
  f("token_hash", of.token_hash);
  f("new_token_hash", of.new_token_hash);
}

void describe(auto& f, like<close_session> auto& of) {
  f("session", of.session);
}

// -- rows of tables -----------------------------------------------------------

void describe(auto& f, like<member> auto& of) {
  f("incarnation", of.incarnation);
  f("address", of.address);
  f("key", of.key);
  f("role", of.role);
  f("weight", of.weight);
  f("knows_format", of.format);
  f("draining", of.draining);
  f("down", of.down);
  f("joined", of.joined);
}

void describe(auto& f, like<placement> auto& of) {
  f("home", of.home);
  f("replicas", of.replicas);
  f("epoch", of.epoch);
  f("settled_epoch", of.settled_epoch);
  f("settled_holders", of.settled_holders);
  f("forgot", of.forgot);
  f("began_empty", of.began_empty);
}

/// Its variables are records of their own.
void describe(auto& f, like<region> auto& of) {
  f("id", of.id);
  describe(f, of.options);
  describe(f, of.placement);
  f("variables_made", of.variables_made);
  f("preferred", of.preferred);
}

void describe(auto& f, like<retired_region> auto& of) {
  f("tenant", of.tenant);
  f("bytes_max", of.cost.bytes_max);
  f("variables_max", of.cost.variables_max);
  f("holders", of.holders);
}

void describe(auto& f, like<session> auto& of) {
  f("tenant", of.tenant);
  f("principal", of.principal);
  f("client", of.client);
  f("uid", of.uid);
  f("node", of.node);
  f("token_hash", of.token_hash);
  f("opened_ms", of.opened_ms);
}

void describe(auto& f, like<outcome> auto& of) {
  f("code", of.code);
  f("text", of.text);
  f("index", of.index);
}

void describe(auto& f, like<audit_record> auto& of) {
  f("index", of.index);
  f("leader_ms", of.leader_ms);
  describe(f, of.by);
  f("command", of.command);
  f("target", of.target);
  f("code", of.code);
  f("text", of.text);
}

void describe(auto& f, like<limits> auto& of) {
  f("members_max", of.members);
  f("tenants_max", of.tenants);
  f("principals_max", of.principals);
  f("grants_max", of.grants);
  f("regions_max", of.regions);
  f("variables_max", of.variables);
  f("sessions_max", of.sessions);
  f("replicas_max", of.replicas);
  f("audit_records_max", of.audit_records);
  f("results_per_node_max", of.results_per_node);
  f("results_per_session_max", of.results_per_session);
}

} // namespace holdfast::catalog
