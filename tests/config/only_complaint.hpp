// What a test asks of a text that has exactly one thing wrong with it.
#pragma once

#include "config/load.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <string_view>

namespace holdfast::config {

/// The one complaint about a text; fails the test when there is another number
/// of them.
inline complaint only_complaint(std::string_view text) {
  const auto loaded = load_text(text, "test.json");
  for (const auto& one : loaded.complaints)
    UNSCOPED_INFO(one.message());
  REQUIRE(loaded.complaints.size() == 1);
  CHECK(loaded.complaints.front().file == "test.json");
  return loaded.complaints.front();
}

/// "line:column path", the place of a complaint.
inline std::string place_of(const complaint& one) {
  return std::to_string(one.line) + ":" + std::to_string(one.column) + " "
         + one.path;
}

/// A tenant "t" with quota and lists as given; its line is the fourth.
inline std::string tenant_with(std::string_view members) {
  return "{\n  \"tenants\": [\n    {\"name\": \"t\",\n" + std::string{members}
         + "\n}]}";
}

/// A region "r" of 64KiB; its further members stand in line 5.
inline std::string region_with(std::string_view members) {
  return tenant_with("\"regions\": [{\"name\": \"r\", \"bytes\": \"64KiB\",\n"
                     + std::string{members} + "\n}]");
}

/// A variable "v" in region "r"; its further members stand in line 6.
inline std::string variable_with(std::string_view members) {
  return region_with("\"variables\": [{\"name\": \"v\",\n"
                     + std::string{members} + "\n}]");
}

} // namespace holdfast::config
