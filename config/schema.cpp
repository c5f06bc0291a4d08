#include "config/schema.hpp"

#include "config/defaults.hpp"
#include "config/names.hpp"
#include "config/words.hpp"

#include <algorithm>
#include <chrono>

namespace holdfast::config {

namespace {

struct range {
  std::uint64_t least;
  std::uint64_t most;
};

std::uint64_t count_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

class table {
public:
  table& in(section where) {
    where_ = where;
    return *this;
  }

  key_rule& count(std::string_view key, std::uint64_t fallback, range bounds,
                  std::string_view summary) {
    return number(shape::count, key, fallback, bounds, summary);
  }

  key_rule& size(std::string_view key, std::uint64_t fallback, range bounds,
                 std::string_view summary) {
    return number(shape::size, key, fallback, bounds, summary);
  }

  key_rule& duration(std::string_view key, std::chrono::milliseconds fallback,
                     std::chrono::milliseconds least,
                     std::chrono::milliseconds most, std::string_view summary) {
    return number(shape::duration, key, count_of(fallback),
                  {count_of(least), count_of(most)}, summary);
  }

  key_rule& text(std::string_view key, std::string_view fallback,
                 verdict (*rule)(std::string_view), std::string_view summary) {
    auto& added = add(shape::text, key, summary);
    added.text = fallback;
    added.allowed = rule(fallback).allowed;
    return added;
  }

  template <class Table>
  key_rule& word(std::string_view key, std::string_view fallback,
                 const Table& words, std::string_view summary) {
    auto& added = add(shape::word, key, summary);
    added.text = fallback;
    added.words = texts_of(words);
    return added;
  }

  key_rule& list(std::string_view key, std::uint64_t most,
                 std::string_view allowed, std::string_view summary) {
    auto& added = add(shape::list, key, summary);
    added.most = most;
    added.allowed = allowed;
    return added;
  }

  key_rule& object(std::string_view key, std::string_view summary) {
    return add(shape::object, key, summary);
  }

  std::vector<key_rule> take() {
    return std::move(rules_);
  }

private:
  key_rule& number(enum shape shape, std::string_view key,
                   std::uint64_t fallback, range bounds,
                   std::string_view summary) {
    auto& added = add(shape, key, summary);
    added.fallback = fallback;
    added.least = bounds.least;
    added.most = bounds.most;
    return added;
  }

  key_rule& add(enum shape shape, std::string_view key,
                std::string_view summary) {
    rules_.push_back(
      {where_, key, shape, false, 0, 0, 0, {}, {}, {}, {}, summary});
    return rules_.back();
  }

  section where_ = section::top;
  std::vector<key_rule> rules_;
};

void add_node_sections(table& t) {
  t.in(section::top);
  t.text("$schema", "", check_schema_address, "for editors; not read")
    .fallback_words
    = "none";
  t.object("node", "this process");
  t.object("log", "what it says about itself");
  t.object("attach", "the door for processes of this host");
  t.object("lease", "how long a home may write unheard");
  t.object("cluster", "the nodes that it belongs to; left out, it is alone")
    .fallback_words
    = "none";
  t.list("tenants", tenants_max, "tenants", "who owns regions here");

  t.in(section::node);
  t.count("id", node_id_default, {node_id_min, node_id_max},
          "unique in a cluster; the lowest leads");
  t.text("name", "", check_name, "for people and logs").fallback_words
    = "`node-` and the id";
  t.text("data_directory", data_directory_default, check_data_directory,
         "where the node keeps its files");
  t.text("socket", socket_default, check_socket,
         "where clients attach; its directory is made 0710");

  t.in(section::log);
  t.word("format", log_format_default, log_format_words,
         "automatic is text on a terminal and json elsewhere");
  t.word("level", log_level_default, log_level_words,
         "the least severe line that is written");

  t.in(section::attach);
  t.duration("hello_deadline", hello_deadline_default, hello_deadline_min,
             hello_deadline_max, "time a new connection has to say who it is");
  t.count("pending_max", pending_default, {pending_min, pending_max},
          "connections that have not said so yet");
  t.count("sessions_max", sessions_default, {sessions_min, sessions_max},
          "sessions of the node");
  t.count("sessions_per_uid_max", sessions_per_uid_default,
          {sessions_per_uid_min, sessions_per_uid_max},
          "sessions of one Unix user; not above `sessions_max`")
    .fallback_words
    = "256, or `sessions_max` when that is less";

  t.in(section::lease);
  t.duration("duration", lease_duration_default, lease_duration_min,
             lease_duration_max,
             "time after which a silent home is stale; at least 3 renewals");
  t.duration("renewal", lease_renewal_default, lease_renewal_min,
             lease_renewal_max, "time between two renewals");
}

void add_cluster_sections(table& t) {
  t.in(section::cluster);
  t.text("name", "", check_name, "the same in all nodes").required = true;
  t.text("bind", "", check_address, "where it listens for peers").required
    = true;
  t.text("advertise", "", check_address, "where peers reach it").fallback_words
    = "`bind`";
  t.word("transport", transport_default, transport_words,
         "without TLS a node listens on and calls loopback only");
  t.object("tls", "the files of mutual TLS").fallback_words
    = "required for transport `tls`, else none";
  t.list("peers", peers_max, "peers", "the other nodes");
  t.list("voters", voters_max, "ids of nodes, each once",
         "who agrees on decisions; the others follow")
    .fallback_words
    = "every node of the list";
  t.list("seeds", seeds_max, "addresses", "nodes to join the cluster through");
  t.text("discovery_directory", "", check_path,
         "where nodes of one host find each other")
    .fallback_words
    = "none";
  t.count("replication_port", replication_port_default,
          {replication_port_min, replication_port_max},
          "where peers send what they hold of regions; 0: any free port");
  t.count("weight", weight_default, {weight_min, weight_max},
          "its share of the commands for any node");
  t.object("health", "when a peer counts as suspected and as down");

  t.in(section::cluster_peer);
  t.count("id", 0, {node_id_min, node_id_max}, "unique in the cluster").required
    = true;
  t.text("address", "", check_address, "where it is reached").required = true;
  t.text("key", "", check_peer_key, "what it proves its identity with")
    .fallback_words
    = "none";

  t.in(section::health);
  t.word("profile", health_profile_default, health_profile_words,
         "`fast` is for hosts that nothing else loads; there a leader "
         "that is silent is replaced in half the time, too");
  t.duration("interval", health_interval_default, health_interval_min,
             health_interval_max, "time between two pings")
    .fallback_words
    = "\"500ms\", or \"50ms\" with profile `fast`";
  t.count("suspected_after", suspected_after_default,
          {suspected_after_min, suspected_after_max},
          "pings in a row without an answer");
  t.count("down_after", down_after_default, {down_after_min, down_after_max},
          "as many; above `suspected_after`");

  t.in(section::tls);
  t.text("certificate", "", check_path, "of this node, a PEM file").required
    = true;
  t.text("key", "", check_path, "of the certificate, a PEM file").required
    = true;
  t.text("authority", "", check_path,
         "who signs the certificates of all nodes, a PEM file")
    .required
    = true;
}

void add_tenant_sections(table& t) {
  t.in(section::tenant);
  t.text("name", "", check_name, "unique in the file").required = true;
  t.object("quota", "what the tenant may use");
  t.list("principals", principals_max, "principals", "who may act in it");
  t.list("regions", quota_regions_max, "regions",
         "made at start; not above `quota.regions`");

  t.in(section::quota);
  t.size("bytes", quota_bytes_default, {quota_bytes_min, quota_bytes_max},
         "sum of `grow_to` of its regions");
  t.count("regions", quota_regions_default,
          {quota_regions_min, quota_regions_max}, "regions");
  t.count("variables", quota_variables_default,
          {quota_variables_min, quota_variables_max},
          "variables in all its regions");
  t.count("sessions", quota_sessions_default,
          {quota_sessions_min, quota_sessions_max}, "sessions at one time");

  t.in(section::principal);
  t.text("name", "", check_name, "unique in the tenant").required = true;
  t.count("uid", 0, {0, account_id_max}, "Unix user by number").fallback_words
    = "none";
  t.count("gid", 0, {0, account_id_max}, "Unix group by number").fallback_words
    = "none";
  t.text("user", "", check_account, "Unix user by name, instead of `uid`")
    .fallback_words
    = "none";
  t.text("group", "", check_account, "Unix group by name, instead of `gid`")
    .fallback_words
    = "none";
  t.list("grants", grants_max, "grants",
         "what it may do; nothing is allowed without one");

  t.in(section::grant);
  t.text("regions", "", check_region_pattern, "pattern of region names")
    .required
    = true;
  auto& rights = t.list("rights", rights_max,
                        "rights, each once: \"read\", \"write\", \"create\", "
                        "\"admin\"",
                        "what is allowed in them");
  rights.required = true;
  rights.least = 1;
  rights.words = texts_of(right_words);
}

void add_region_sections(table& t) {
  t.in(section::region);
  t.text("name", "", check_name, "unique in the tenant").required = true;
  t.size("bytes", 0, {region_bytes_min, region_bytes_max},
         "memory reserved at start")
    .required
    = true;
  t.size("grow_to", 0, {region_bytes_min, region_bytes_max},
         "how far it may grow; not below `bytes`")
    .fallback_words
    = "`bytes`";
  t.count("variables_max", region_variables_default,
          {region_variables_min, region_variables_max},
          "room in its directory");
  t.count("copies", region_copies_default,
          {region_copies_min, region_copies_max},
          "nodes that hold it; all of them where there are fewer");
  t.word("writers", region_writers_default, region_writers_words,
         "clients write to the memory, or only the node does for them");
  t.word("durability", region_durability_default, region_durability_words,
         "in memory only, or on the disks of the nodes that hold it, too");
  t.list("variables", region_variables_max, "variables",
         "made at start; not above `variables_max`");

  t.in(section::variable);
  t.text("name", "", check_variable_name, "unique in the region").required
    = true;
  t.word("kind", variable_kind_default, variable_kind_words,
         "what it holds and which calls it answers");
  t.text("type", "", check_type_tag, "checked when a client opens it")
    .fallback_words
    = "required for kind `value`; else given by the kind";
  t.size("capacity", 0, {variable_capacity_min, variable_capacity_max},
         "bytes of the largest value")
    .fallback_words
    = "required; a counter and a scalar `type` know their own";
}

std::vector<key_rule> make_schema() {
  table t;
  add_node_sections(t);
  add_cluster_sections(t);
  add_tenant_sections(t);
  add_region_sections(t);
  return t.take();
}

} // namespace

std::string_view title_of(section where) {
  switch (where) {
  case section::top:
    return "";
  case section::node:
    return "node";
  case section::log:
    return "log";
  case section::attach:
    return "attach";
  case section::lease:
    return "lease";
  case section::cluster:
    return "cluster";
  case section::cluster_peer:
    return "cluster.peers[]";
  case section::health:
    return "cluster.health";
  case section::tls:
    return "cluster.tls";
  case section::tenant:
    return "tenants[]";
  case section::quota:
    return "tenants[].quota";
  case section::principal:
    return "tenants[].principals[]";
  case section::grant:
    return "tenants[].principals[].grants[]";
  case section::region:
    return "tenants[].regions[]";
  case section::variable:
    return "tenants[].regions[].variables[]";
  }
  return "";
}

const std::vector<key_rule>& schema() {
  static const std::vector<key_rule> rules = make_schema();
  return rules;
}

const key_rule* rule_of(section where, std::string_view key) {
  const auto& rules = schema();
  const auto found
    = std::find_if(rules.begin(), rules.end(), [&](const key_rule& rule) {
        return rule.where == where && rule.key == key;
      });
  return found == rules.end() ? nullptr : &*found;
}

std::vector<std::string_view> keys_of(section where) {
  std::vector<std::string_view> keys;
  for (const auto& rule : schema())
    if (rule.where == where)
      keys.push_back(rule.key);
  return keys;
}

} // namespace holdfast::config
