// docs/protocol.md says what the programs do.
#include "shm/error.hpp"
#include "tests/conformance/conformance_node.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

using namespace holdfast;

namespace {

std::string page() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it.
  const auto* root = std::getenv("HOLDFAST_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ifstream in{std::string{root} + "/docs/protocol.md"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE_FALSE(text.empty());
  return text;
}

std::string section(const std::string& text, const std::string& heading) {
  const auto start = text.find("\n## " + heading + "\n");
  REQUIRE(start != std::string::npos);
  return text.substr(start, text.find("\n## ", start + 1) - start);
}

} // namespace

TEST_CASE("the table of errors has every number and name",
          "[conformance][documentation]") {
  const auto failures = section(page(), "Failures");
  const std::regex row{R"(\n\| (\d+) \| `(\w+)` \|)"};

  std::map<int, std::string> told;
  for (std::sregex_iterator each{failures.begin(), failures.end(), row}, end;
       each != end; ++each)
    told[std::stoi((*each)[1])] = (*each)[2];

  std::map<int, std::string> real;
  for (int code = 0; code <= static_cast<int>(shm::errc::unknown); ++code)
    real[code] = shm::name_of(static_cast<shm::errc>(code));
  CHECK(told == real);
}

TEST_CASE("the table of commands is what the node's help says",
          "[conformance][documentation]") {
  const auto text = section(page(), "Commands");
  const std::regex row{R"(\n\| `(\w+)` \| (.*?) \| (.*?) ?\| )"};
  std::map<std::string, std::string> told;
  for (std::sregex_iterator each{text.begin(), text.end(), row}, end;
       each != end; ++each)
    told[(*each)[1]]
      = std::regex_replace((*each)[2].str(), std::regex{R"(\\)"}, "") + "; "
        + (*each)[3].str();

  const test::conformance_node node;
  auto client = node.client();
  const auto help = client.ask("help").frame().fields;
  std::map<std::string, std::string> real;
  for (const auto& each : std::get<wire::rows>(*wire::find(help, "rows")))
    real[*wire::find_text(each, "command")]
      = *wire::find_text(each, "arguments") + "; "
        + *wire::find_text(each, "right");

  CHECK(told == real);
}

TEST_CASE("the example frame is what the encoder makes",
          "[conformance][documentation]") {
  const auto text = section(page(), "Frames");
  const auto start = text.find("```") + 3;

  const auto told
    = test::bytes_of_hex(text.substr(start, text.find("```", start) - start));

  CHECK(told == test::request_packet(258, "attach", {{"n", std::uint64_t{5}}}));
}
