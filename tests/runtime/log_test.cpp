#include "runtime/log.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace holdfast;
using namespace holdfast::runtime;

TEST_CASE("a text line names its fields", "[runtime][log]") {
  CHECK(text_line("made a region", {{"tenant", "prod"}, {"note", "a b"}})
        == "made a region  tenant=prod  note=\"a b\"");
}

TEST_CASE("what a client chose cannot fake a line or move the cursor",
          "[runtime][log]") {
  CHECK(text_line("came", {{"client", "x\n2026 error\x1b[2J\x7f"}})
        == "came  client=\"x\\x0a2026 error\\x1b[2J\\x7f\"");
}

TEST_CASE("a JSON line is one object on one line", "[runtime][log]") {
  const auto line
    = json_line("now", actors::log_level::warning, "came",
                {{"client", "a\"b\n"}, {"bytes", std::string("\xff\xfe", 2)}});

  CHECK(line.find('\n') == std::string::npos);
  const auto read = nlohmann::json::parse(line);
  CHECK(read["level"] == "warning");
  CHECK(read["message"] == "came");
  CHECK(read["client"] == "a\"b\n");
}
