#include "config/load.hpp"

#include "config/read_cluster.hpp"
#include "config/read_tenant.hpp"
#include "config/section_reader.hpp"
#include "config/unique_names.hpp"
#include "config/units.hpp"

#include <algorithm>

namespace holdfast::config {

namespace {

node_section read_node(section_reader keys) {
  node_section node;
  assign(node.id, keys.number("id"));
  node.name = std::string{node_name_prefix} + std::to_string(node.id);
  const auto name = keys.text("name", check_name);
  if (name && !name->empty())
    node.name = *name;
  assign(node.data_directory,
         keys.text("data_directory", check_data_directory));
  assign(node.socket, keys.text("socket", check_socket));
  return node;
}

log_section read_log(section_reader keys) {
  log_section log;
  assign(log.format, keys.word<log_format>("format", log_format_words));
  assign(log.level, keys.word<log_level>("level", log_level_words));
  return log;
}

attach_section read_attach(section_reader keys) {
  attach_section attach;
  assign(attach.hello_deadline, keys.number("hello_deadline"));
  assign(attach.pending_max, keys.number("pending_max"));
  const auto sessions = keys.number("sessions_max");
  const auto per_uid = keys.number("sessions_per_uid_max");
  assign(attach.sessions_max, sessions);
  assign(attach.sessions_per_uid_max, per_uid);
  if (!keys.has("sessions_per_uid_max"))
    attach.sessions_per_uid_max
      = std::min(attach.sessions_per_uid_max, attach.sessions_max);
  else if (sessions && per_uid && *per_uid > *sessions)
    keys.complain("sessions_per_uid_max", std::to_string(*per_uid),
                  "at most sessions_max, which is "
                    + std::to_string(*sessions));
  return attach;
}

lease_section read_lease(section_reader keys) {
  lease_section lease;
  const auto duration = keys.number("duration");
  const auto renewal = keys.number("renewal");
  assign(lease.duration, duration);
  assign(lease.renewal, renewal);
  if (duration && renewal && *duration < *renewal * lease_renewals_min) {
    const auto* at_fault = keys.has("duration") ? "duration" : "renewal";
    keys.complain(at_fault,
                  "a lease of " + print_duration(*duration)
                    + " with a renewal every " + print_duration(*renewal),
                  "a duration of at least " + std::to_string(lease_renewals_min)
                    + " renewals, here "
                    + print_duration(*renewal * lease_renewals_min));
  }
  return lease;
}

std::vector<tenant> read_tenants(section_reader& top, report& out) {
  std::vector<tenant> tenants;
  unique_names names;
  const auto count = top.list("tenants").size();
  for (std::size_t i = 0; i < count && !out.is_full(); ++i) {
    auto keys = top.entry("tenants", i, section::tenant);
    tenants.push_back(read_tenant(keys, out));
    names.add(tenants.back().name, keys, "tenant");
  }
  return tenants;
}

node_config read_all(const located_value& root, report& out) {
  section_reader top{root, "", section::top, out};
  node_config config;
  top.text("$schema", check_schema_address);
  config.node = read_node(top.inner("node", section::node));
  config.log = read_log(top.inner("log", section::log));
  config.attach = read_attach(top.inner("attach", section::attach));
  config.lease = read_lease(top.inner("lease", section::lease));
  if (top.has("cluster"))
    config.cluster = read_cluster(top.inner("cluster", section::cluster),
                                  config.node.id, out);
  config.tenants = read_tenants(top, out);
  return config;
}

} // namespace

outcome load_text(std::string_view text, std::string_view file_name) {
  report out{text, file_name};
  outcome result;
  if (const auto root = parse_located(text, out))
    result.config = read_all(*root, out);
  result.complaints = out.take_complaints();
  result.config.origins = out.take_origins();
  return result;
}

} // namespace holdfast::config
