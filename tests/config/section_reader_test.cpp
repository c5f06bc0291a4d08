#include "config/section_reader.hpp"

#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

TEST_CASE("an unknown key is answered with the known ones and the nearest",
          "[config][unit]") {
  const auto one = only_complaint("{\n  \"lease\": {\"renewl\": \"1s\"}\n}");

  CHECK(place_of(one) == "2:13 lease.renewl");
  CHECK(one.found == "the unknown key \"renewl\"");
  CHECK(one.allowed == "duration, renewal");
  CHECK(one.hint == "did you mean \"renewal\"?");
}

TEST_CASE("an unknown section is answered with the nearest", "[config][unit]") {
  const auto one = only_complaint("{\"atach\": {}}");

  CHECK(place_of(one) == "1:2 atach");
  CHECK(one.hint == "did you mean \"attach\"?");
}

TEST_CASE("a known key in the wrong section is told where it belongs",
          "[config][unit]") {
  const auto one = only_complaint(R"({"node": {"hello_deadline": "1s"}})");

  CHECK(place_of(one) == "1:11 node.hello_deadline");
  CHECK(one.hint == "it belongs to attach");
}

TEST_CASE("a key that resembles none gets no hint", "[config][unit]") {
  const auto one = only_complaint("{\"xyzzy\": 1}");

  CHECK(one.hint.empty());
}

TEST_CASE("a key given twice is a complaint that names the first",
          "[config][unit]") {
  const auto one = only_complaint("{\"node\": {\n\"id\": 2,\n  \"id\": 3}}");

  CHECK(place_of(one) == "3:3 node.id");
  CHECK(one.found == "the key \"id\" a second time");
  CHECK(one.allowed == "each key once");
  CHECK(one.hint == "the first is in line 2");
}

TEST_CASE("a plain number where a unit is needed is told what to write",
          "[config][unit]") {
  SECTION("for a size the text is exact") {
    const auto one = only_complaint(tenant_with("\"quota\": {\"bytes\": "
                                                "65536}"));

    CHECK(place_of(one) == "4:20 tenants[0].quota.bytes");
    CHECK(one.found == "65536");
    CHECK(one.allowed
          == "a size with its unit (B, KiB, MiB, GiB) from \"64KiB\" to "
             "\"1024GiB\"");
    CHECK(one.hint == "write \"64KiB\"");
  }
  SECTION("for a duration both usual units are offered") {
    const auto one = only_complaint("{\"lease\":{\"renewal\":\n500}}");

    CHECK(place_of(one) == "2:1 lease.renewal");
    CHECK(one.found == "500");
    CHECK(one.allowed
          == "a duration with its unit (ms, s, min, h) from \"50ms\" to "
             "\"20s\"");
    CHECK(one.hint == "write \"500ms\" or \"500s\"");
  }
}

TEST_CASE("a wrong unit is answered with the nearest that exists",
          "[config][unit]") {
  CHECK(only_complaint(tenant_with(R"("quota": {"bytes": "512 mb"})")).hint
        == "did you mean \"512MiB\"?");
  CHECK(only_complaint(R"({"lease": {"renewal": "1sec"}})").hint
        == "did you mean \"1s\"?");
}

TEST_CASE("a number outside its bounds is told the bounds", "[config][unit]") {
  const auto number
    = GENERATE(as<std::string>{}, "0", "2147483649", "-1", "1.5", "1e3",
               "99999999999999999999999", "\"7\"", "true", "null");

  const auto one = only_complaint("{\"node\": {\"id\": " + number + "}}");

  CHECK(place_of(one) == "1:17 node.id");
  CHECK(one.found == number);
  CHECK(one.allowed == "a whole number from 1 to 2147483648");
  CHECK(one.hint.empty());
}

TEST_CASE("a size or duration outside its bounds gets no other unit",
          "[config][unit]") {
  const auto one = only_complaint(R"({"attach": {"hello_deadline": "2min"}})");

  CHECK(place_of(one) == "1:31 attach.hello_deadline");
  CHECK(one.found == "\"2min\"");
  CHECK(one.hint.empty());
}

TEST_CASE("a value of the wrong type is named", "[config][unit]") {
  CHECK(only_complaint("[]").found == "a list");
  CHECK(only_complaint(R"({"node": []})").found == "a list");
  CHECK(only_complaint(R"({"node": {"name": {}}})").found == "an object");
  CHECK(only_complaint(R"({"tenants": {}})").found == "an object");
  CHECK(only_complaint(R"({"tenants": [7]})").found == "7");
  CHECK(only_complaint(R"({"log": {"level": null}})").found == "null");
}

TEST_CASE("an unknown word is answered with the words and the nearest",
          "[config][unit]") {
  const auto one = only_complaint("{\"log\": {\n  \"level\": \"warn\"}}");

  CHECK(place_of(one) == "2:12 log.level");
  CHECK(one.found == "\"warn\"");
  CHECK(one.allowed
        == "one of \"trace\", \"debug\", \"info\", \"warning\", \"error\"");
  CHECK(one.hint == "did you mean \"warning\"?");
}

TEST_CASE("all complaints come at once and in the order of the file",
          "[config][unit]") {
  const auto loaded = load_text(R"({
    "tenants": [{"name": "T"}],
    "node": {"id": 0, "socket": "here"},
    "lease": {"duration": 1}
  })",
                                "test.json");

  std::vector<std::string> places;
  for (const auto& one : loaded.complaints)
    places.push_back(place_of(one));
  CHECK(places
        == std::vector<std::string>{"2:26 tenants[0].name", "3:20 node.id",
                                    "3:33 node.socket", "4:27 lease.duration"});
}

TEST_CASE("a complaint is one line that an editor can jump to",
          "[config][unit]") {
  const auto one
    = only_complaint("{\"log\": {\"level\": \"wa\\nrning\\u007f\"}}");

  CHECK(one.message()
        == "test.json:1:19: log.level: found \"wa\\x0arning\\x7f\"; allowed: "
           "one of \"trace\", \"debug\", \"info\", \"warning\", \"error\" "
           "(did you mean \"warning\"?)");
}

TEST_CASE("columns count characters, not bytes", "[config][unit]") {
  const auto one = only_complaint("{\"node\": {/* größe */ \"id\": 0}}");

  CHECK(one.column == 29);
}

TEST_CASE("places are right behind every kind of blank and comment",
          "[config][unit]") {
  const auto one = only_complaint("// \"x\": {\r\n/*/ [ */ {\t\"log\"// :\n"
                                  ": /***/ {} ,\n \"lease\":{\"renewal\" :"
                                  "\"1s\",/**/\n\"duration\"://\n\n  null}}");

  CHECK(place_of(one) == "7:3 lease.duration");
}

TEST_CASE("a lease holds at least three renewals", "[config][unit]") {
  SECTION("the duration is at fault when it is written") {
    const auto one = only_complaint(
      "{\"lease\": {\"renewal\": \"1s\",\n\"duration\": \"2.5s\"}}");

    CHECK(place_of(one) == "2:13 lease.duration");
    CHECK(one.found == "a lease of 2500ms with a renewal every 1s");
    CHECK(one.allowed == "a duration of at least 3 renewals, here 3s");
  }
  SECTION("the renewal is at fault when it alone is written") {
    const auto one = only_complaint(R"({"lease": {"renewal": "1s"}})");

    CHECK(place_of(one) == "1:23 lease.renewal");
  }
}

TEST_CASE("one user has no more sessions than the node", "[config][unit]") {
  const auto one = only_complaint(
    R"({"attach": {"sessions_max": 10, "sessions_per_uid_max": 11}})");

  CHECK(place_of(one) == "1:57 attach.sessions_per_uid_max");
  CHECK(one.found == "11");
  CHECK(one.allowed == "at most sessions_max, which is 10");
}

} // namespace holdfast::config
