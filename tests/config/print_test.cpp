#include "config/load.hpp"
#include "config/schema.hpp"
#include "tests/support/catch.hpp"

#include <sstream>

namespace holdfast::config {

namespace {

/// A configuration in which no value is the default.
constexpr std::string_view full_text = R"({
  "node": {"id": 7, "name": "seven", "data_directory": "/srv/\"h\"",
           "socket": "/tmp/h.sock"},
  "log": {"format": "json", "level": "error"},
  "attach": {"hello_deadline": "250ms", "pending_max": 3,
             "sessions_max": 30, "sessions_per_uid_max": 20},
  "lease": {"duration": "3s", "renewal": "900ms"}, "cluster": {
    "name": "prod", "bind": "[::]:7400", "advertise": "10.0.0.7:7400",
    "tls": {"certificate": "/c", "key": "/k", "authority": "/a"},
    "peers": [{"id": 8, "address": "eight.lan:7400", "key":
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}],
    "voters": [8, 7], "seeds": ["10.0.0.9:7401"],
    "discovery_directory": "/run/d", "weight": 3,
    "health": {"profile": "fast", "interval": "60ms", "suspected_after": 3,
               "down_after": 4}},
  "tenants": [{
    "name": "market",
    "quota": {"bytes": "2MiB", "regions": 2, "variables": 9, "sessions": 4},
    "principals": [
      {"name": "feed", "user": "root", "grants": [
        {"regions": "*", "rights": ["admin", "read"]}]},
      {"name": "people", "gid": 50}],
    "regions": [
      {"name": "a", "bytes": "64KiB", "grow_to": "1MiB", "variables_max": 5,
       "writers": "node", "variables": [
        {"name": "v", "type": "struct \"q\"", "capacity": "48B"},
        {"name": "n", "kind": "counter"}]},
      {"name": "b", "bytes": "65537B"}]
  }, {"name": "empty"}]
})";

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The printed default with the comment marks of its example taken away.
std::string with_example(const std::string& printed) {
  std::istringstream lines{printed};
  std::string text;
  bool in_tenants = false;
  for (std::string line; std::getline(lines, line);) {
    const auto mark = line.find("// ");
    if (in_tenants && line.starts_with("    // "))
      line = line.substr(mark + 3);
    in_tenants = in_tenants || contains(line, "\"tenants\": [");
    text += line + '\n';
  }
  return text;
}

} // namespace

TEST_CASE("the example of a cluster in the printed default loads",
          "[config][unit]") {
  const auto printed = print_default();
  const auto start = printed.find("// \"cluster\": {");
  const auto end = printed.find("// },", start);
  REQUIRE(end != std::string::npos);
  std::istringstream lines{printed.substr(start, end - start)};
  std::string text;
  for (std::string line; std::getline(lines, line);)
    text += line.substr(std::min(line.find("// ") + 3, line.size())) + '\n';

  const auto loaded = load_text("{" + text + "}}", "default.json");

  for (const auto& one : loaded.complaints)
    UNSCOPED_INFO(one.message());
  REQUIRE(loaded.ok());
  REQUIRE(loaded.config.cluster);
  CHECK(loaded.config.cluster->peers.size() == 2);
}

TEST_CASE("the printed default loads and is the default", "[config][unit]") {
  const auto loaded = load_text(print_default(), "default.json");

  CHECK(loaded.ok());
  CHECK(loaded.config == node_config{});
}

TEST_CASE("the printed default shows every key", "[config][unit]") {
  const auto printed = print_default();

  for (const auto& rule : schema()) {
    CAPTURE(title_of(rule.where), rule.key);
    CHECK(contains(printed, "\"" + std::string{rule.key} + "\": "));
  }
}

TEST_CASE("the example in the printed default loads", "[config][unit]") {
  const auto loaded = load_text(with_example(print_default()), "default.json");

  for (const auto& one : loaded.complaints)
    UNSCOPED_INFO(one.message());
  REQUIRE(loaded.ok());
  REQUIRE(loaded.config.tenants.size() == 1);
  CHECK(loaded.config.tenants.at(0).regions.at(0).variables.size() == 3);
}

TEST_CASE("the effective configuration loads as the same", "[config][unit]") {
  const auto first = load_text(full_text, "full.json");
  REQUIRE(first.ok());

  const auto second = load_text(print_effective(first.config), "again.json");

  CHECK(second.ok());
  CHECK(second.config == first.config);
  CHECK_FALSE(second.config == node_config{});
}

TEST_CASE("the effective configuration of defaults loads as the same",
          "[config][unit]") {
  const auto loaded = load_text(print_effective(node_config{}), "d.json");

  CHECK(loaded.ok());
  CHECK(loaded.config == node_config{});
}

TEST_CASE("the effective configuration says where each value is from",
          "[config][unit]") {
  const auto loaded = load_text(full_text, "full.json");

  const auto printed = print_effective(loaded.config);

  CHECK(contains(printed, "\"id\": 7, // full.json:2\n"));
  CHECK(contains(printed, "\"renewal\": \"900ms\" // full.json:7\n"));
  CHECK(contains(printed, "\"uid\": 0, // full.json:20\n"));
  CHECK(contains(printed, "\"gid\": 50, // full.json:22\n"));
  CHECK(contains(printed, "\"rights\": [\"admin\", \"read\"] // full.json:21"));
  CHECK(contains(printed, "\"capacity\": \"48B\" // full.json:26\n"));
  CHECK(contains(printed, "\"capacity\": \"8B\" // default\n"));
  CHECK(contains(printed, "\"grow_to\": \"65537B\", // default\n"));
  CHECK(contains(printed, "\"grants\": [] // default\n"));
}

TEST_CASE("a line break in a file's name does not leave its comment",
          "[config][unit]") {
  const auto first = load_text(R"({"node": {"id": 3}})", "a\n\"b\": 1");

  const auto second = load_text(print_effective(first.config), "again.json");

  CHECK(second.ok());
  CHECK(second.config.node.id == 3);
}

} // namespace holdfast::config
