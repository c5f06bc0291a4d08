#include "apps/caf-shell/command.hpp"
#include "apps/caf-shell/commands.hpp"
#include "apps/caf-shell/completion.hpp"
#include "apps/caf-shell/table.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace holdfast;
using shell::exit_code;
using shell::find_command;
using shell::sort_arguments;
using shell::words_of_name;
using shm::errc;
using words = std::vector<std::string>;

namespace {

const shell::command& the(const char* name) {
  const auto found = find_command(name);
  REQUIRE(found);
  return *found.assume_value();
}

std::string refusal(const char* command, const words& given) {
  const auto sorted = sort_arguments(the(command), given);
  REQUIRE_FALSE(sorted);
  CHECK(sorted.assume_error().code == errc::bad_argument);
  return sorted.assume_error().detail;
}

} // namespace

TEST_CASE("values and options are told apart", "[apps][shell]") {
  const auto sorted
    = sort_arguments(the("set"), words{"--if-version", "3", "a/b", "-5"});

  REQUIRE(sorted);
  CHECK(sorted.assume_value().values == words{"a/b", "-5"});
  CHECK(sorted.assume_value().number("if-version").assume_value() == 3U);
  CHECK_FALSE(sorted.assume_value().number("count").assume_value());
}

TEST_CASE("after two dashes everything is a value", "[apps][shell]") {
  const auto sorted
    = sort_arguments(the("set"), words{"a/b", "--", "--if-version"});

  REQUIRE(sorted);
  CHECK(sorted.assume_value().values == words{"a/b", "--if-version"});
}

TEST_CASE("wrong arguments are answered with the usage", "[apps][shell]") {
  const std::string usage
    = "; usage: set REGION/NAME VALUE [--if-version N] [--flush]";

  CHECK(refusal("set", {"a/b"}) == "something is missing" + usage);
  CHECK(refusal("set", {"a/b", "1", "2"}) == "'2' is too much" + usage);
  CHECK(refusal("set", {"a/b", "1", "--colour"})
        == "there is no option '--colour'" + usage);
  CHECK(refusal("set", {"a/b", "1", "--if-version"})
        == "--if-version takes a value" + usage);
}

TEST_CASE("an unknown command is answered with the nearest", "[apps][shell]") {
  const auto found = find_command("regoins");

  REQUIRE_FALSE(found);
  CHECK(found.assume_error().code == errc::no_such_command);
  CHECK(found.assume_error().detail == "'regoins'; did you mean 'regions'?");
}

TEST_CASE("a command of two words is found by both", "[apps][shell]") {
  const auto by_words
    = [](const words& given) { return find_command(std::span{given}); };

  CHECK(by_words({"certs", "show", "x"}).assume_value()->name == "certs show");
  CHECK(by_words({"status", "x"}).assume_value()->name == "status");
  CHECK(by_words({"certs"}).assume_error().detail
        == "'certs' is followed by one of: init, issue, show");
  CHECK(by_words({"certs", "isue"}).assume_error().detail
        == "'certs isue'; did you mean 'certs issue'?");
  CHECK_FALSE(by_words({"stat", "us"}));
}

TEST_CASE("an option that repeats keeps all its values", "[apps][shell]") {
  const auto sorted
    = sort_arguments(the("certs issue"), words{"--name", "a", "--node", "1",
                                               "--name", "b", "--node", "2"});

  REQUIRE(sorted);
  CHECK(sorted.assume_value().options.at("name") == "a,b");
  CHECK(sorted.assume_value().options.at("node") == "2");
  CHECK(shell::usage_of(the("certs issue")).find("[--name HOST]... ")
        != std::string::npos);
}

TEST_CASE("every example in the help can be sorted", "[apps][shell]") {
  for (const auto& each : shell::all_commands()) {
    words example;
    std::string word;
    for (const char sign : std::string{each.example} + ' ') {
      if (sign != ' ') {
        word += sign;
        continue;
      }
      example.push_back(word);
      word.clear();
    }
    INFO(each.example);
    const auto found = find_command(std::span<const std::string>{example});
    REQUIRE(found);
    CHECK(found.assume_value() == &each);
    CHECK(
      sort_arguments(each, std::span{example}.subspan(words_of_name(each))));
  }
}

TEST_CASE("every error has an exit code that help explains", "[apps][shell]") {
  std::set<exit_code> explained;
  for (const auto& each : shell::exit_code_meanings())
    explained.insert(each.code);
  CHECK(explained.size() == shell::exit_code_meanings().size());

  for (int code = 0; code <= static_cast<int>(errc::unknown); ++code) {
    const auto exit = shell::exit_code_of(static_cast<errc>(code));
    INFO(code);
    CHECK(explained.count(exit) == 1);
    CHECK((exit == exit_code::ok) == (code == 0));
  }
}

TEST_CASE("a variable is named by its region and its name", "[apps][shell]") {
  const auto path = shell::path_of("region/group/name");
  REQUIRE(path);
  CHECK(path.assume_value().region == "region");
  CHECK(path.assume_value().variable == "group/name");

  for (const auto* wrong : {"", "region", "/name", "region/"})
    CHECK(shell::path_of(wrong).assume_error().code == errc::bad_argument);
}

TEST_CASE("sizes are plain or have a unit", "[apps][shell]") {
  CHECK(shell::size_of("4096").assume_value() == 4096);
  CHECK(shell::size_of("4KiB").assume_value() == 4096);
  CHECK(shell::size_of("5mb").assume_error().detail.ends_with(
    "did you mean '5MiB'?"));
  CHECK_FALSE(shell::size_of(""));
  CHECK_FALSE(shell::size_of("-1"));
}

TEST_CASE("no value can act on a terminal or pretend to be two",
          "[apps][shell]") {
  CHECK(shell::one_line("a\tb\nc\\d\x1b[31m\x7f")
        == "a\\tb\\nc\\\\d\\x1b[31m\\x7f");
  CHECK(shell::one_line("gr\u00fcn") == "gr\u00fcn");
}

TEST_CASE("commands are completed without a node", "[apps][shell]") {
  shell::completion names{{"/nowhere/attach.sock", "", "test", {}}};

  CHECK(names.of("reg") == words{"region", "regions"});
  CHECK(names.of("help wa") == words{"watch"});
  CHECK(names.of("ce") == words{"certs"});
  CHECK(names.of("certs i") == words{"init", "issue"});
  CHECK(names.of("certs ").size() == 3);
  CHECK(names.of("members l") == words{"leave"});
  CHECK(names.of("status x").empty());
  CHECK(names.of("nonsense x").empty());
  CHECK(names.of("get quo").empty());
  CHECK(shell::shared_start(names.of("reg")) == "region");
  CHECK(shell::shared_start({}) == "");
}
