#include "apps/caf-shell/value_text.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>
#include <span>

using namespace holdfast;
using shell::bytes_of;
using shell::json_of;
using shell::value_type;
using shm::errc;
using shm::layout::variable_kind;

namespace {

value_type number(const std::string& tag) {
  return {variable_kind::value, tag, shell::bytes_of_tag(tag)};
}

std::string shown(const value_type& type, const std::string& text) {
  const auto bytes = bytes_of(type, text);
  REQUIRE(bytes);
  return json_of(type, bytes.assume_value()).dump();
}

std::string refusal(const value_type& type, const std::string& text,
                    errc code = errc::bad_argument) {
  const auto bytes = bytes_of(type, text);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.assume_error().code == code);
  return bytes.assume_error().detail;
}

std::string of_raw(const value_type& type, std::string_view raw) {
  return json_of(type, std::as_bytes(std::span{raw})).dump();
}

} // namespace

TEST_CASE("numbers keep to the range of their type", "[apps][shell]") {
  CHECK(refusal(number("i8"), "128")
        == "'128' is not a whole number from -128 to 127, as type 'i8' wants");
  CHECK(refusal(number("u16"), "-1")
        == "'-1' is not a whole number from 0 to 65535, as type 'u16' wants");
  CHECK(shown(number("u64"), "18446744073709551615") == "18446744073709551615");
  (void)refusal(number("u64"), "18446744073709551616");
  (void)refusal(number("i32"), "1.5");
  (void)refusal(number("i32"), "");
  (void)refusal(number("f64"), "1.5 ");
  (void)refusal(number("bool"), "yes");
  CHECK(shown(number("bool"), "1") == "true");
}

TEST_CASE("floats have the shortest digits that mean them", "[apps][shell]") {
  CHECK(shown(number("f32"), "0.1") == "0.1");
  CHECK(shown(number("f64"), "0.1") == "0.1");
  CHECK(shown(number("f64"), "nan") == "\"nan\"");
  CHECK(shown(number("f32"), "-inf") == "\"-inf\"");
}

TEST_CASE("own types are hex of exactly their size", "[apps][shell]") {
  const value_type own{variable_kind::value, "my::type/1", 3};

  CHECK(shown(own, "0x00fF10") == "\"0x00ff10\"");
  CHECK(shown(own, "00ff10") == "\"0x00ff10\"");
  CHECK(refusal(own, "00ff") == "type 'my::type/1' has 3 bytes, not 2");
  CHECK(refusal(own, "00f") == "an odd number of hex digits");
  CHECK(refusal(own, "00fg10") == "bytes are given as hex digits or @FILE");
  CHECK(refusal(own, "@/nowhere/file", errc::system)
          .starts_with("reading '/nowhere/file'"));
}

TEST_CASE("a document must be JSON", "[apps][shell]") {
  const value_type document{variable_kind::json, "json", 16};

  CHECK(shown(document, R"({"a": 1})") == R"({"a":1})");
  CHECK(refusal(document, "{a").starts_with("not valid JSON at byte 2"));
  CHECK(refusal(document, R"("0123456789abcdef")", errc::too_long)
        == "18 bytes, the capacity is 16");
}

TEST_CASE("text is UTF-8", "[apps][shell]") {
  const value_type text{variable_kind::string, "string", 16};

  CHECK(shown(text, "gr\u00fcn") == "\"gr\u00fcn\"");
  CHECK(refusal(text, "\xff") == "the text is not UTF-8");
}

TEST_CASE("what another client stored wrongly is shown in hex",
          "[apps][shell]") {
  CHECK(of_raw({variable_kind::string, "string", 16}, "\xff") == "\"0xff\"");
  CHECK(of_raw({variable_kind::json, "json", 16}, "{a") == "\"0x7b61\"");
  CHECK(of_raw(number("f64"), "ab") == "\"0x6162\"");
  CHECK(of_raw(number("bool"), "\x02") == "true");
}
