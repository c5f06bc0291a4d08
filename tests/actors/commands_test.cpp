#include "actors/commands.hpp"

#include "tests/support/catch.hpp"

#include <set>

using namespace holdfast;
using namespace holdfast::actors;

namespace {

std::string why(const shm::result<void>& refused) {
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == shm::errc::bad_argument);
  return refused.assume_error().detail;
}

shm::result<void> check(std::string_view name, const wire::fields& given) {
  return check_arguments(*find_command(name).value(), given);
}

std::string text_value(const char* value) {
  return value;
}

} // namespace

TEST_CASE("commands have names of their own and a summary",
          "[actors][commands]") {
  std::set<std::string_view> names;
  for (const auto& each : all_commands()) {
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.summary.empty());
  }
}

TEST_CASE("an unknown command is answered with the nearest one",
          "[actors][commands]") {
  const auto found = find_command("atach");

  REQUIRE_FALSE(found);
  CHECK(found.assume_error().code == shm::errc::no_such_command);
  CHECK(found.assume_error().detail == "'atach'; did you mean 'attach'?");
}

TEST_CASE("an unknown command is not repeated at length",
          "[actors][commands]") {
  const auto found = find_command(std::string(60000, 'x'));

  REQUIRE_FALSE(found);
  CHECK(found.assume_error().detail.size() < 100);
}

TEST_CASE("arguments are checked by name, type and word",
          "[actors][commands]") {
  CHECK(check("attach",
              {{"region", text_value("q")}, {"access", text_value("read")}}));
  CHECK(why(check("attach", {{"region", text_value("q")}}))
        == "'access' is missing");
  CHECK(why(check("attach", {{"region", std::uint64_t{1}},
                             {"access", text_value("read")}}))
        == "'region' must be text");
  CHECK(why(check("attach", {{"region", text_value("q")},
                             {"access", text_value("both")}}))
        == "'access' must be read|write");
  CHECK(why(check("attach",
                  {{"region", text_value("q")}, {"access", text_value("rea")}}))
        == "'access' must be read|write");
  CHECK(why(check("status", {{"all", true}}))
        == "'status' has no argument 'all'; it takes nothing");
}

TEST_CASE("a number may be signed but not negative", "[actors][commands]") {
  const auto grow = [](wire::value bytes) {
    return check("grow_region",
                 {{"region", text_value("q")}, {"bytes", bytes}});
  };

  CHECK(grow(std::uint64_t{1}));
  CHECK(grow(std::int64_t{1}));
  CHECK(why(grow(std::int64_t{-1})) == "'bytes' must be a number from 0");
  CHECK(why(grow(1.5)) == "'bytes' must be a number from 0");
}

TEST_CASE("a bool is a bool and bytes are bytes", "[actors][commands]") {
  const auto store = [](wire::value value) {
    return check("store", {{"region", text_value("q")},
                           {"variable", text_value("v")},
                           {"value", std::move(value)}});
  };
  const auto load = [](wire::value confirm) {
    return check("load", {{"region", text_value("q")},
                          {"variable", text_value("v")},
                          {"confirm", std::move(confirm)}});
  };

  CHECK(store(wire::bytes(3)));
  CHECK(why(store(text_value("abc"))) == "'value' must be bytes");
  CHECK(load(true));
  CHECK(why(load(std::uint64_t{1})) == "'confirm' must be a bool");
}

TEST_CASE("optional arguments may be left out and are still checked",
          "[actors][commands]") {
  CHECK(check("sessions", {}));
  CHECK(why(check("sessions", {{"after", text_value("x")}}))
        == "'after' must be a number from 0");
}

TEST_CASE("arguments are described for people", "[actors][commands]") {
  CHECK(describe_arguments(*find_command("variables").value())
        == "region text, [after text]");
  CHECK(describe_arguments(*find_command("watch").value())
        == "region text, scope variable|region");
  CHECK(describe_arguments(*find_command("flush").value())
        == "region text, stored_in number, [durable bool]");
  CHECK(describe_arguments(*find_command("store").value())
        == "region text, variable text, value bytes, [expected number]");
}
