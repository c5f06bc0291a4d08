// Any bytes as a configuration file: a complaint has a place in the text, and
// what loads can be printed and loads again as the same.
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace holdfast::config;

void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

void check_complaints(const outcome& loaded, std::size_t size) {
  require(loaded.complaints.size() <= complaints_max, "complaints are bounded");
  for (const auto& one : loaded.complaints) {
    require(one.line >= 1 && one.line <= size + 1, "a line of the file");
    require(one.column >= 1 && one.column <= size + 1, "a column of the file");
    require(!one.found.empty(), "says what was found");
    require(one.message().find('\n') == std::string::npos, "is one line");
  }
}

void check_round_trip(const node_config& config) {
  const auto again = load_text(print_effective(config), "again.json");
  require(again.ok(), "a printed configuration loads");
  require(again.config == config, "a printed configuration is the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto loaded = load_text(text, "fuzz.json");
  check_complaints(loaded, size);
  if (loaded.ok())
    check_round_trip(loaded.config);
  return 0;
}
