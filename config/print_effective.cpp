#include "config/commented_json.hpp"
#include "config/load.hpp"
#include "config/report.hpp"
#include "config/units.hpp"
#include "config/words.hpp"

namespace holdfast::config {

namespace {

/// Writes values, each with the place it came from.
class origin_writer {
public:
  explicit origin_writer(const origin_table& origins) : origins_{origins} {}

  void open(std::string_view key, char bracket) {
    file_.open(key, bracket);
    paths_.push_back(current_path(key));
    indexes_.push_back(0);
  }

  void close() {
    file_.close();
    paths_.pop_back();
    indexes_.pop_back();
  }

  /// `or_key` is another key by which the value may have been given.
  void value(std::string_view key, const std::string& json,
             std::string_view or_key = {}) {
    auto line = line_of(key);
    if (line == 0 && !or_key.empty())
      line = line_of(or_key);
    file_.value(key, json,
                line == 0 ? "default"
                          : origins_.file + ":" + std::to_string(line));
  }

  void number(std::string_view key, std::uint64_t number,
              std::string_view or_key = {}) {
    value(key, std::to_string(number), or_key);
  }

  void size(std::string_view key, std::uint64_t bytes) {
    value(key, json_text(print_size(bytes)));
  }

  void duration(std::string_view key, std::chrono::milliseconds time) {
    const auto count = static_cast<std::uint64_t>(time.count());
    value(key, json_text(print_duration(count)));
  }

  void text(std::string_view key, std::string_view text) {
    value(key, json_text(text));
  }

  std::string take() {
    return file_.take();
  }

private:
  std::size_t line_of(std::string_view key) const {
    const auto path = joined(paths_.empty() ? "" : paths_.back(), key);
    const auto found = origins_.lines.find(path);
    return found == origins_.lines.end() ? 0 : found->second;
  }

  std::string current_path(std::string_view key) {
    const std::string outer = paths_.empty() ? "" : paths_.back();
    if (!key.empty())
      return joined(outer, key);
    return outer + "[" + std::to_string(indexes_.back()++) + "]";
  }

  const origin_table& origins_;
  commented_json file_;
  std::vector<std::string> paths_;
  std::vector<std::size_t> indexes_; ///< of the next entry of a list
};

template <class Entries, class Print>
void print_list(origin_writer& out, std::string_view key,
                const Entries& entries, Print print) {
  if (entries.empty()) {
    out.value(key, "[]");
    return;
  }
  out.open(key, '[');
  for (const auto& entry : entries) {
    out.open("", '{');
    print(out, entry);
    out.close();
  }
  out.close();
}

void print_grant(origin_writer& out, const grant& entry) {
  std::string rights;
  for (const auto one : entry.rights)
    rights
      += (rights.empty() ? "" : ", ") + json_text(text_of(right_words, one));
  out.text("regions", entry.regions);
  out.value("rights", "[" + rights + "]");
}

void print_principal(origin_writer& out, const principal& entry) {
  out.text("name", entry.name);
  if (entry.uid)
    out.number("uid", *entry.uid, "user");
  if (entry.gid)
    out.number("gid", *entry.gid, "group");
  print_list(out, "grants", entry.grants, print_grant);
}

void print_variable(origin_writer& out, const variable& entry) {
  out.text("name", entry.name);
  out.text("kind", text_of(variable_kind_words, entry.kind));
  out.text("type", entry.type);
  out.size("capacity", entry.capacity);
}

void print_region(origin_writer& out, const region& entry) {
  out.text("name", entry.name);
  out.size("bytes", entry.bytes);
  out.size("grow_to", entry.bytes_max);
  out.number("variables_max", entry.variables_max);
  out.number("copies", entry.copies);
  out.text("writers", text_of(region_writers_words, entry.writers));
  out.text("durability", text_of(region_durability_words, entry.durability));
  print_list(out, "variables", entry.variables, print_variable);
}

void print_tenant(origin_writer& out, const tenant& entry) {
  out.text("name", entry.name);
  out.open("quota", '{');
  out.size("bytes", entry.quota.bytes);
  out.number("regions", entry.quota.regions);
  out.number("variables", entry.quota.variables);
  out.number("sessions", entry.quota.sessions);
  out.close();
  print_list(out, "principals", entry.principals, print_principal);
  print_list(out, "regions", entry.regions, print_region);
}

void print_node(origin_writer& out, const node_section& node) {
  out.open("node", '{');
  out.number("id", node.id);
  out.text("name", node.name);
  out.text("data_directory", node.data_directory);
  out.text("socket", node.socket);
  out.close();
}

void print_log(origin_writer& out, const log_section& log) {
  out.open("log", '{');
  out.text("format", text_of(log_format_words, log.format));
  out.text("level", text_of(log_level_words, log.level));
  out.close();
}

void print_attach(origin_writer& out, const attach_section& attach) {
  out.open("attach", '{');
  out.duration("hello_deadline", attach.hello_deadline);
  out.number("pending_max", attach.pending_max);
  out.number("sessions_max", attach.sessions_max);
  out.number("sessions_per_uid_max", attach.sessions_per_uid_max);
  out.close();
}

void print_lease(origin_writer& out, const lease_section& lease) {
  out.open("lease", '{');
  out.duration("duration", lease.duration);
  out.duration("renewal", lease.renewal);
  out.close();
}

void print_peer(origin_writer& out, const cluster_peer& entry) {
  out.number("id", entry.id);
  out.text("address", print_address(entry.address));
  if (!entry.key.empty())
    out.text("key", entry.key);
}

/// A list whose entries have no keys.
template <class Entries, class Print>
void print_row(origin_writer& out, std::string_view key, const Entries& entries,
               Print print) {
  std::string row;
  for (const auto& entry : entries)
    row += (row.empty() ? "" : ", ") + print(entry);
  out.value(key, "[" + row + "]");
}

void print_health(origin_writer& out, const health_section& health) {
  out.open("health", '{');
  out.text("profile", text_of(health_profile_words, health.profile));
  out.duration("interval", health.interval);
  out.number("suspected_after", health.suspected_after);
  out.number("down_after", health.down_after);
  out.close();
}

void print_tls(origin_writer& out, const tls_section& tls) {
  out.open("tls", '{');
  out.text("certificate", tls.certificate);
  out.text("key", tls.key);
  out.text("authority", tls.authority);
  out.close();
}

void print_cluster(origin_writer& out, const cluster_section& cluster) {
  out.open("cluster", '{');
  out.text("name", cluster.name);
  out.text("bind", print_address(cluster.bind));
  out.text("advertise", print_address(cluster.advertise));
  out.text("transport", text_of(transport_words, cluster.transport));
  if (cluster.tls)
    print_tls(out, *cluster.tls);
  print_list(out, "peers", cluster.peers, print_peer);
  print_row(out, "voters", cluster.voters,
            [](std::uint64_t id) { return std::to_string(id); });
  print_row(out, "seeds", cluster.seeds,
            [](const address& seed) { return json_text(print_address(seed)); });
  if (!cluster.discovery_directory.empty())
    out.text("discovery_directory", cluster.discovery_directory);
  out.number("replication_port", cluster.replication_port);
  out.number("weight", cluster.weight);
  print_health(out, cluster.health);
  out.close();
}

} // namespace

std::string print_effective(const node_config& config) {
  origin_writer out{config.origins};
  print_node(out, config.node);
  print_log(out, config.log);
  print_attach(out, config.attach);
  print_lease(out, config.lease);
  if (config.cluster)
    print_cluster(out, *config.cluster);
  print_list(out, "tenants", config.tenants, print_tenant);
  return out.take();
}

} // namespace holdfast::config
