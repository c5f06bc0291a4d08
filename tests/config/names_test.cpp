#include "config/names.hpp"

#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

namespace {

std::string repeated(std::size_t count, char c = 'a') {
  return std::string(count, c);
}

} // namespace

TEST_CASE("a name begins with a lower-case letter and stays short",
          "[config][unit]") {
  CHECK(check_name("a").ok);
  CHECK(check_name("orders-2_b").ok);
  CHECK(check_name(repeated(63)).ok);
  CHECK_FALSE(check_name(repeated(64)).ok);
  for (const auto* text : {"", "A", "2a", "-a", "_a", "a.b", "a b", "ä", "aB"})
    CHECK_FALSE(check_name(text).ok);
}

TEST_CASE("a variable name may be grouped with points and slashes",
          "[config][unit]") {
  for (const auto* text : {"a", "A", "_", "9", "fx/EUR.usd-1", "a//b"})
    CHECK(check_variable_name(text).ok);
  CHECK(check_variable_name(repeated(63)).ok);
  CHECK_FALSE(check_variable_name(repeated(64)).ok);
  for (const auto* text : {"", "/a", ".a", "-a", "a b", "a:b", "ä"})
    CHECK_FALSE(check_variable_name(text).ok);
}

TEST_CASE("a type tag is printable ASCII", "[config][unit]") {
  CHECK(check_type_tag("struct market::quote<2>").ok);
  CHECK(check_type_tag(repeated(63, '~')).ok);
  CHECK_FALSE(check_type_tag(repeated(64)).ok);
  for (const auto* text : {"", "a\nb", "\x7f", "ä"})
    CHECK_FALSE(check_type_tag(text).ok);
}

TEST_CASE("a region pattern is a name with wild cards", "[config][unit]") {
  for (const auto* text : {"*", "?", "orders-*", "*-1", "a"})
    CHECK(check_region_pattern(text).ok);
  for (const auto* text : {"", "A*", "a/*", "[ab]"})
    CHECK_FALSE(check_region_pattern(text).ok);
  CHECK_FALSE(check_region_pattern(repeated(64, '*')).ok);
}

TEST_CASE("a socket path is absolute and fits its address", "[config][unit]") {
  CHECK(check_socket("/" + repeated(106)).ok);
  CHECK_FALSE(check_socket("/" + repeated(107)).ok);
  for (const auto* text : {"", "run/a.sock", "/run/", "/", "/a\nb"})
    CHECK_FALSE(check_socket(text).ok);
  CHECK_FALSE(check_socket(std::string_view{"/a\0b", 4}).ok);
}

TEST_CASE("a data directory is an absolute path", "[config][unit]") {
  CHECK(check_data_directory("/").ok);
  CHECK(check_data_directory("/" + repeated(4094)).ok);
  CHECK_FALSE(check_data_directory("/" + repeated(4095)).ok);
  CHECK_FALSE(check_data_directory("data").ok);
}

TEST_CASE("an account name is not empty", "[config][unit]") {
  CHECK(check_account("www-data").ok);
  CHECK(check_account("Domain\\User Name").ok);
  CHECK(check_account(repeated(255)).ok);
  CHECK_FALSE(check_account(repeated(256)).ok);
  CHECK_FALSE(check_account("").ok);
}

TEST_CASE("every name in the file is checked by its rule", "[config][unit]") {
  const auto check = [](const std::string& text, const std::string& place,
                        const verdict& rule) {
    const auto one = only_complaint(text);
    CHECK(place_of(one) == place);
    CHECK(one.allowed == rule.allowed);
  };
  check(R"({"$schema": 1})", "1:13 $schema", check_schema_address(""));
  check(R"({"node": {"name": "N"}})", "1:19 node.name", check_name(""));
  check(R"({"node": {"name": ""}})", "1:19 node.name", check_name(""));
  check(R"({"node": {"data_directory": "d"}})", "1:29 node.data_directory",
        check_data_directory(""));
  check(R"({"node": {"socket": "s"}})", "1:21 node.socket", check_socket(""));
  check(R"({"tenants": [{"name": "T"}]})", "1:23 tenants[0].name",
        check_name(""));
  check(tenant_with(R"("principals": [{"uid": 1, "name": 5}])"),
        "4:35 tenants[0].principals[0].name", check_name(""));
  check(tenant_with(R"("principals": [{"name": "p", "user": ""}])"),
        "4:38 tenants[0].principals[0].user", check_account(""));
  check(tenant_with(R"("principals": [{"name": "p", "uid": 1, "grants": [
          {"rights": ["read"], "regions": "A"}]}])"),
        "5:43 tenants[0].principals[0].grants[0].regions",
        check_region_pattern(""));
  check(tenant_with(R"("regions": [{"bytes": "64KiB", "name": "r r"}])"),
        "4:40 tenants[0].regions[0].name", check_name(""));
  check(region_with(R"("variables": [{"type": "u8", "name": "/"}])"),
        "5:38 tenants[0].regions[0].variables[0].name",
        check_variable_name(""));
  check(variable_with(R"("capacity": "1B", "type": "\t")"),
        "6:27 tenants[0].regions[0].variables[0].type", check_type_tag(""));
}

} // namespace holdfast::config
