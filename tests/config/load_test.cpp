#include "config/load.hpp"

#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

#include <chrono>

namespace holdfast::config {

using namespace std::chrono_literals;

TEST_CASE("an empty object is the default configuration", "[config][unit]") {
  const auto loaded = load_text("{}", "test.json");

  CHECK(loaded.ok());
  CHECK(loaded.config == node_config{});
  CHECK(loaded.config.node.id == 1);
  CHECK(loaded.config.node.name == "node-1");
  CHECK(loaded.config.node.data_directory == "/var/lib/holdfast");
  CHECK(loaded.config.node.socket == "/run/holdfast/attach.sock");
  CHECK(loaded.config.attach.hello_deadline == 1s);
  CHECK(loaded.config.attach.pending_max == 64);
  CHECK(loaded.config.attach.sessions_max == 1024);
  CHECK(loaded.config.attach.sessions_per_uid_max == 256);
  CHECK(loaded.config.lease.duration == 2500ms);
  CHECK(loaded.config.lease.renewal == 500ms);
  CHECK(loaded.config.tenants.empty());
}

TEST_CASE("every section of the node is read", "[config][unit]") {
  const auto text = R"({
    "$schema": "holdfast.schema.json",
    // a comment
    "node": {"id": 7, "name": "seven", "data_directory": "/srv/h",
             "socket": "/tmp/h.sock"},
    "log": {"format": "json", "level": "warning"}, /* another */
    "attach": {"hello_deadline": "250ms", "pending_max": 3,
               "sessions_max": 30, "sessions_per_uid_max": 20},
    "lease": {"duration": "4.5s", "renewal": "1.5s"}
  })";

  const auto loaded = load_text(text, "test.json");

  REQUIRE(loaded.ok());
  CHECK(loaded.config.node
        == node_section{7, "seven", "/srv/h", "/tmp/h.sock"});
  CHECK(loaded.config.log == log_section{log_format::json, log_level::warning});
  CHECK(loaded.config.attach == attach_section{250ms, 3, 30, 20});
  CHECK(loaded.config.lease == lease_section{4500ms, 1500ms});
}

TEST_CASE("a tenant is read with all that it holds", "[config][unit]") {
  const auto text = R"({"tenants": [{
    "name": "market",
    "quota": {"bytes": "2MiB", "regions": 2, "variables": 9, "sessions": 4},
    "principals": [
      {"name": "feed", "uid": 1000, "gid": 0, "grants": [
        {"regions": "quotes-*", "rights": ["write", "read"]}]}],
    "regions": [
      {"name": "quotes-a", "bytes": "64KiB", "grow_to": "1MiB",
       "variables_max": 5, "writers": "node", "variables": [
        {"name": "Last/EUR.1", "type": "f64"},
        {"name": "quote", "type": "struct quote", "capacity": "48B"},
        {"name": "note", "kind": "string", "capacity": "1KiB"},
        {"name": "page", "kind": "json", "type": "json", "capacity": "1KiB"},
        {"name": "trades", "kind": "counter"}]}]
  }]})";

  const auto loaded = load_text(text, "test.json");

  REQUIRE(loaded.ok());
  const auto& read = loaded.config.tenants.at(0);
  CHECK(read.name == "market");
  CHECK(read.quota == quota{2 * mebibyte, 2, 9, 4});
  CHECK(read.principals
        == std::vector{principal{
          "feed", 1000, 0, {{"quotes-*", {right::write, right::read}}}}});
  const auto& made = read.regions.at(0);
  CHECK(made.bytes == 64 * kibibyte);
  CHECK(made.bytes_max == mebibyte);
  CHECK(made.variables_max == 5);
  CHECK(made.writers == region_writers::node);
  CHECK(
    made.variables
    == std::vector{variable{"Last/EUR.1", variable_kind::value, "f64", 8},
                   variable{"quote", variable_kind::value, "struct quote", 48},
                   variable{"note", variable_kind::string, "string", 1024},
                   variable{"page", variable_kind::json, "json", 1024},
                   variable{"trades", variable_kind::counter, "i64", 8}});
}

TEST_CASE("a node without a name is called by its id", "[config][unit]") {
  const auto loaded = load_text(R"({"node": {"id": 12}})", "test.json");

  REQUIRE(loaded.ok());
  CHECK(loaded.config.node.name == "node-12");
}

TEST_CASE("a region grows to its own size unless it says more",
          "[config][unit]") {
  const auto loaded
    = load_text(region_with("\"variables_max\": 1"), "test.json");

  REQUIRE(loaded.ok());
  CHECK(loaded.config.tenants.at(0).regions.at(0).bytes_max == 64 * kibibyte);
}

TEST_CASE("fewer sessions of the node mean fewer of each user",
          "[config][unit]") {
  const auto loaded
    = load_text(R"({"attach": {"sessions_max": 10}})", "test.json");

  REQUIRE(loaded.ok());
  CHECK(loaded.config.attach.sessions_per_uid_max == 10);
}

TEST_CASE("a user and a group are looked up by name", "[config][unit]") {
  const auto loaded
    = load_text(tenant_with(R"("principals": [{"name": "p", "user": "root",
                                   "group": "root"}])"),
                "test.json");

  REQUIRE(loaded.ok());
  CHECK(loaded.config.tenants.at(0).principals.at(0).uid == 0U);
  CHECK(loaded.config.tenants.at(0).principals.at(0).gid == 0U);
}

TEST_CASE("each scalar type knows its capacity", "[config][unit]") {
  const auto [type, bytes]
    = GENERATE(table<std::string, std::uint32_t>({{"bool", 1},
                                                  {"i8", 1},
                                                  {"u8", 1},
                                                  {"i16", 2},
                                                  {"u16", 2},
                                                  {"i32", 4},
                                                  {"u32", 4},
                                                  {"i64", 8},
                                                  {"u64", 8},
                                                  {"f32", 4},
                                                  {"f64", 8}}));

  const auto loaded
    = load_text(variable_with("\"type\": \"" + type + "\""), "test.json");

  REQUIRE(loaded.ok());
  const auto& made = loaded.config.tenants.at(0).regions.at(0).variables.at(0);
  CHECK(made.type == type);
  CHECK(made.capacity == bytes);
}

TEST_CASE("a bound itself is allowed", "[config][unit]") {
  const auto text
    = GENERATE(as<std::string>{}, R"({"node": {"id": 2147483648}})",
               R"({"attach": {"hello_deadline": "10ms"}})",
               R"({"attach": {"hello_deadline": "1min"}})",
               R"({"attach": {"pending_max": 4096}})",
               R"({"lease": {"duration": "200ms",
                                           "renewal": "50ms"}})");

  CHECK(load_text(text, "test.json").ok());
}

TEST_CASE("a byte order mark at the start is passed over", "[config][unit]") {
  const auto one = only_complaint("\xEF\xBB\xBF{\"node\":\n {\"id\": 0}}");

  CHECK(place_of(one) == "2:9 node.id");
}

} // namespace holdfast::config
