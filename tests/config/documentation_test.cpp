// Keeps docs/configuration.md true: each row of its tables is made here from
// the schema and looked for in the page.
#include "config/schema.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace holdfast::config {

namespace {

/// ctest says where the sources are; by hand the test is run inside them.
std::filesystem::path source_directory() {
  // Only reads the environment, and nothing here writes it.
  if (const auto* given = std::getenv("HOLDFAST_SOURCE_DIR"))
    return given;
  auto directory = std::filesystem::current_path();
  while (directory.has_relative_path()
         && !exists(directory / "docs" / "configuration.md"))
    directory = directory.parent_path();
  return directory;
}

std::string read_page() {
  std::ifstream file{source_directory() / "docs" / "configuration.md"};
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string heading_of(section where) {
  const std::string title{title_of(where)};
  return "\n### " + (title.empty() ? "The file" : "`" + title + "`") + "\n";
}

/// The part of the page from a section's heading to the next one.
std::string section_of(const std::string& page, section where) {
  const auto start = page.find(heading_of(where));
  if (start == std::string::npos)
    return {};
  const auto end = page.find("\n#", start + 1);
  return page.substr(start, end - start);
}

/// Texts of the file are shown as code, words about them as they are.
std::string default_cell(const key_rule& rule) {
  const auto text = default_text(rule);
  return rule.required || !rule.fallback_words.empty() ? text
                                                       : "`" + text + "`";
}

std::string row_of(const key_rule& rule) {
  return "| `" + std::string{rule.key} + "` | " + default_cell(rule) + " | "
         + allowed_text(rule) + " | " + std::string{rule.summary} + " |\n";
}

} // namespace

TEST_CASE("the page on configuration has a true row for every key",
          "[config][unit]") {
  const auto page = read_page();

  for (const auto& rule : schema()) {
    const auto row = row_of(rule);
    CAPTURE(heading_of(rule.where), row);
    CHECK(section_of(page, rule.where).find(row) != std::string::npos);
  }
}

TEST_CASE("the page on configuration has a row for no other key",
          "[config][unit]") {
  const auto page = read_page();
  std::size_t rows = 0;

  for (std::size_t at = 0; (at = page.find("\n| `", at)) != std::string::npos;
       ++at)
    ++rows;

  CHECK(rows == schema().size());
}

} // namespace holdfast::config
