#include "config/syntax_error.hpp"

#include "tests/config/only_complaint.hpp"
#include "tests/support/catch.hpp"

namespace holdfast::config {

namespace {

struct broken_text {
  std::string text;
  std::size_t line;
  std::size_t column;
  std::string found;
  std::string allowed;
  std::string hint;
};

} // namespace

TEST_CASE("a syntax error is one complaint at its place with its reason",
          "[config][unit]") {
  const std::string literals
    = "a text in double quotes, a number, true, false, null, '{' or '['";
  const auto broken = GENERATE_COPY(values<broken_text>({
    {"", 1, 1, "end of input", "'[', '{', or a literal", ""},
    {"{", 1, 2, "end of input", "a key in double quotes", ""},
    {"{\n  \"node\": {}\n", 3, 1, "end of input", "',' or '}'", ""},
    {"{\"a\": 1,\n}", 2, 1, "'}'", "a key in double quotes",
     "remove the comma before it"},
    {"{\"a\": 1\n \"bcd\": 2}", 2, 2, "string literal", "',' or '}'", ""},
    {"{\"a\" 17}", 1, 6, "number literal", "':'", ""},
    {"[1 2]", 1, 4, "number literal", "',' or ']'", ""},
    {"{\n \"a\": yes}", 2, 7, "\"yes\"", literals, ""},
    {"{\"a\": 'x'}", 1, 7, "\"'x'\"", literals, "texts stand in double quotes"},
    {"# first", 1, 1, "\"#\"", literals, "comments begin with //"},
    {"{} {}", 1, 4, "'{'", "end of input", ""},
    {"{\"ä\": \"ö\\q\"}", 1, 10,
     "an invalid string: forbidden character after backslash", "", ""},
    {"{\"a\": 1e999}", 1, 7, "\"1e999\"", "a number that fits 64 bits", ""},
    {"{ /* open", 1, 10, "an invalid comment; missing closing '*/'",
     "a key in double quotes", ""},
  }));

  const auto one = only_complaint(broken.text);

  CAPTURE(broken.text);
  CHECK(one.line == broken.line);
  CHECK(one.column == broken.column);
  CHECK(one.found == broken.found);
  CHECK(one.allowed == broken.allowed);
  CHECK(one.hint == broken.hint);
  CHECK(one.path.empty());
}

} // namespace holdfast::config
