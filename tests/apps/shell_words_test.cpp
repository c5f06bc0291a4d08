#include "apps/caf-shell/words.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using shell::words_of;
using words = std::vector<std::string>;

namespace {

words split(std::string_view line) {
  const auto out = words_of(line);
  REQUIRE(out);
  return out.assume_value();
}

} // namespace

TEST_CASE("blanks part words", "[apps][shell]") {
  CHECK(split("") == words{});
  CHECK(split("  \t ") == words{});
  CHECK(split(" get  a/b\t") == words{"get", "a/b"});
}

TEST_CASE("quotes and backslashes keep blanks in a word", "[apps][shell]") {
  CHECK(split(R"(set t "two words")") == words{"set", "t", "two words"});
  CHECK(split(R"(set t 'it "is"')") == words{"set", "t", R"(it "is")"});
  CHECK(split(R"(set t "a \"b\" c")") == words{"set", "t", R"(a "b" c)"});
  CHECK(split(R"(set t two\ words)") == words{"set", "t", "two words"});
  CHECK(split(R"(a'b c'd)") == words{"ab cd"});
  CHECK(split(R"(set t '')") == words{"set", "t", ""});
}

TEST_CASE("a comment begins where a word could", "[apps][shell]") {
  CHECK(split("# all of it") == words{});
  CHECK(split("get a # why") == words{"get", "a"});
  CHECK(split("get a#b '#'") == words{"get", "a#b", "#"});
}

TEST_CASE("JSON needs no quoting", "[apps][shell]") {
  CHECK(
    split(R"(set d {"a": [1, "} ]"], "b": {}} --if-version 1)")
    == words{"set", "d", R"({"a": [1, "} ]"], "b": {}})", "--if-version", "1"});
  CHECK(split(R"([1, "x \" y"])") == words{R"([1, "x \" y"])"});
}

TEST_CASE("what is not closed is told", "[apps][shell]") {
  const auto [line, sign]
    = GENERATE(table<const char*, const char*>({{"set t 'a b", "'"},
                                                {"set t \"a", "\""},
                                                {"set d {\"a\": [1]", "{"},
                                                {"set d [1, \"]", "["}}));

  const auto out = words_of(line);

  REQUIRE_FALSE(out);
  CHECK(out.assume_error().code == shm::errc::bad_argument);
  CHECK(out.assume_error().detail
        == std::string{"a '"} + sign + "' is not closed");
}
