#include "config/commented_json.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"

#include <array>

namespace holdfast::config {

namespace {

// Kept loadable by a test that takes the comment marks away.
constexpr std::string_view example_cluster = R"("cluster": {
  "name": "prod",
  "bind": "10.0.0.1:7400",
  "advertise": "10.0.0.1:7400",
  "transport": "tls",
  "tls": {
    "certificate": "/etc/holdfast/node.crt",
    "key": "/etc/holdfast/node.key",
    "authority": "/etc/holdfast/ca.crt"
  },
  "peers": [
    {"id": 2, "address": "10.0.0.2:7400"},
    {"id": 3, "address": "10.0.0.3:7400"}
  ],
  "voters": [1, 2, 3],
  "seeds": [],
  "discovery_directory": "/run/holdfast/cluster",
  "replication_port": 0,
  "weight": 1,
  "health": {
    "profile": "default",
    "interval": "500ms",
    "suspected_after": 2,
    "down_after": 5
  }
},)";

// Kept loadable by a test that takes the comment marks away.
constexpr std::string_view example_tenant = R"({
  "name": "market",
  "quota": {
    "bytes": "256MiB",
    "regions": 8,
    "variables": 4096,
    "sessions": 64
  },
  "principals": [
    {
      "name": "feed",
      "uid": 1000, // or "user": "feed"
      "grants": [{"regions": "*", "rights": ["read", "write"]}]
    },
    {
      "name": "viewers",
      "gid": 1001, // or "group": "viewers"
      "grants": [{"regions": "quotes-?", "rights": ["read"]}]
    }
  ],
  "regions": [
    {
      "name": "quotes-a",
      "bytes": "1MiB",
      "grow_to": "16MiB",
      "variables_max": 1024,
      "copies": 3,
      "writers": "clients",
      "durability": "memory",
      "variables": [
        {"name": "last", "kind": "value", "type": "f64"},
        {"name": "book", "kind": "bytes", "capacity": "4KiB"},
        {"name": "trades", "kind": "counter"}
      ]
    }
  ]
})";

void comment_lines(commented_json& file, std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    file.comment(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{}
                                         : text.substr(end + 1);
  }
}

/// What a key is for and what it may be, then the key with its default.
void print_key(commented_json& file, const key_rule& rule,
               std::string_view fallback) {
  file.comment(rule.summary);
  file.comment(allowed_text(rule));
  file.value(rule.key, fallback);
}

std::string printed_default(const key_rule& rule) {
  if (rule.where == section::node && rule.key == "name")
    return json_text(node_section{}.name);
  if (rule.where == section::attach && rule.key == "sessions_per_uid_max")
    return std::to_string(attach_section{}.sessions_per_uid_max);
  return default_text(rule);
}

void print_section(commented_json& file, section where) {
  const auto title = title_of(where);
  file.comment(rule_of(section::top, title)->summary);
  file.open(title, '{');
  for (const auto& rule : schema())
    if (rule.where == where)
      print_key(file, rule, printed_default(rule));
  file.close();
}

} // namespace

std::string print_default() {
  constexpr std::array sections{section::node, section::log, section::attach,
                                section::lease};
  commented_json file;
  file.comment("Every key with its default. A key may be left out.");
  file.comment("An editor is told the schema by \"$schema\": \"address\".");
  for (const auto where : sections)
    print_section(file, where);
  file.comment(rule_of(section::top, "cluster")->summary);
  comment_lines(file, example_cluster);
  file.comment(rule_of(section::top, "tenants")->summary);
  file.open("tenants", '[');
  comment_lines(file, example_tenant);
  file.close();
  return file.take();
}

} // namespace holdfast::config
