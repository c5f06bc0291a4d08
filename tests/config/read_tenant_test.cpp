#include "config/read_tenant.hpp"

#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

TEST_CASE("a tenant needs a name", "[config][unit]") {
  const auto one = only_complaint("{\"tenants\": [\n {}]}");

  CHECK(place_of(one) == "2:2 tenants[0].name");
  CHECK(one.found == "nothing");
}

TEST_CASE("two entries of a list cannot share a name", "[config][unit]") {
  SECTION("tenants") {
    const auto one = only_complaint("{\"tenants\": [{\"name\": \"a\"},\n"
                                    "{\"name\": \"b\"}, {\"name\": \"a\"}]}");

    CHECK(place_of(one) == "2:25 tenants[2].name");
    CHECK(one.found == "the name \"a\" a second time");
    CHECK(one.allowed == "a name of its own for each tenant");
  }
  SECTION("principals") {
    const auto one = only_complaint(
      tenant_with("\"principals\": [{\"name\": \"p\", \"uid\": 1},\n"
                  "{\"name\": \"p\", \"uid\": 2}]"));

    CHECK(place_of(one) == "5:10 tenants[0].principals[1].name");
    CHECK(one.allowed == "a name of its own for each principal");
  }
  SECTION("regions") {
    const auto one = only_complaint(
      tenant_with("\"regions\": [{\"name\": \"r\", \"bytes\": \"64KiB\"},\n"
                  "{\"name\": \"r\", \"bytes\": \"64KiB\"}]"));

    CHECK(place_of(one) == "5:10 tenants[0].regions[1].name");
    CHECK(one.allowed == "a name of its own for each region");
  }
  SECTION("variables") {
    const auto one = only_complaint(
      region_with("\"variables\": [{\"name\": \"v\", \"type\": \"f64\"},\n"
                  "{\"name\": \"v\", \"type\": \"f64\"}]"));

    CHECK(place_of(one) == "6:10 tenants[0].regions[0].variables[1].name");
    CHECK(one.allowed == "a name of its own for each variable");
  }
}

TEST_CASE("a principal needs a user or a group", "[config][unit]") {
  const auto one
    = only_complaint(tenant_with("\"principals\": [{\"name\": \"p\"}]"));

  CHECK(place_of(one) == "4:16 tenants[0].principals[0].uid");
  CHECK(one.found == "nothing");
  CHECK(one.allowed == "uid, gid, user or group");
}

TEST_CASE("an account is given by number or by name", "[config][unit]") {
  const auto one = only_complaint(
    tenant_with(R"("principals": [{"name": "p", "uid": 0, "user": "root"}])"));

  CHECK(place_of(one) == "4:48 tenants[0].principals[0].user");
  CHECK(one.found == "both");
  CHECK(one.allowed == "uid or user");
}

TEST_CASE("an account that this host lacks is a complaint", "[config][unit]") {
  SECTION("a user") {
    const auto one = only_complaint(
      tenant_with(R"("principals": [{"name": "p", "user": "no such user"}])"));

    CHECK(place_of(one) == "4:38 tenants[0].principals[0].user");
    CHECK(one.found == "\"no such user\"");
    CHECK(one.allowed == "a user of this host");
  }
  SECTION("a group") {
    const auto one = only_complaint(tenant_with(
      R"("principals": [{"name": "p", "group": "no such group"}])"));

    CHECK(place_of(one) == "4:39 tenants[0].principals[0].group");
    CHECK(one.allowed == "a group of this host");
  }
}

TEST_CASE("a uid that means nobody is out of bounds", "[config][unit]") {
  const auto one = only_complaint(
    tenant_with(R"("principals": [{"name": "p", "uid": 4294967295}])"));

  CHECK(place_of(one) == "4:37 tenants[0].principals[0].uid");
  CHECK(one.allowed == "a whole number from 0 to 4294967294");
}

TEST_CASE("rights are known words, each once, and at least one",
          "[config][unit]") {
  const auto granting = [](const std::string& rights) {
    return only_complaint(tenant_with(
      "\"principals\": [{\"name\": \"p\", \"uid\": 1, \"grants\": [\n"
      "{\"regions\": \"*\", \"rights\": "
      + rights + "}]}]"));
  };
  const std::string path = "tenants[0].principals[0].grants[0].rights";

  SECTION("an unknown word") {
    const auto one = granting(R"(["read", "wirte"])");
    CHECK(place_of(one) == "5:37 " + path + "[1]");
    CHECK(one.hint == "did you mean \"write\"?");
  }
  SECTION("a word twice") {
    const auto one = granting(R"(["read", "read"])");
    CHECK(place_of(one) == "5:37 " + path + "[1]");
    CHECK(one.found == "\"read\" a second time");
  }
  SECTION("no word") {
    const auto one = granting("[]");
    CHECK(place_of(one) == "5:28 " + path);
    CHECK(one.found == "a list of 0");
    CHECK(one.allowed
          == "a list of 1 to 4 rights, each once: \"read\", \"write\", "
             "\"create\", \"admin\"");
  }
}

TEST_CASE("a tenant stays within its quota", "[config][unit]") {
  const std::string two_regions
    = "\"regions\":\n [{\"name\": \"a\", \"bytes\": \"64KiB\", \"grow_to\": "
      "\"1MiB\", \"variables\": [{\"name\": \"v\", \"type\": \"u8\"}]},"
      "{\"name\": \"b\", \"bytes\": \"64KiB\", \"variables\": "
      "[{\"name\": \"v\", \"type\": \"u8\"}]}]";
  const auto within = [&](const std::string& quota) {
    return only_complaint(
      tenant_with("\"quota\": {" + quota + "}, " + two_regions));
  };

  SECTION("in bytes, counted at their largest") {
    const auto one = within("\"bytes\": \"1MiB\"");
    CHECK(place_of(one) == "5:2 tenants[0].regions");
    CHECK(one.found == "regions that may grow to 1088KiB together");
    CHECK(one.allowed == "at most quota.bytes, which is 1MiB");
  }
  SECTION("in regions") {
    const auto one = within("\"regions\": 1");
    CHECK(place_of(one) == "5:2 tenants[0].regions");
    CHECK(one.found == "2 regions");
    CHECK(one.allowed == "at most quota.regions, which is 1");
  }
  SECTION("in variables") {
    const auto one = within("\"variables\": 1");
    CHECK(place_of(one) == "5:2 tenants[0].regions");
    CHECK(one.found == "regions with 2 variables together");
    CHECK(one.allowed == "at most quota.variables, which is 1");
  }
}

} // namespace holdfast::config
