#include "tests/conformance/conformance_node.hpp"

#include <unistd.h>

namespace holdfast::test {

namespace {

// 4 MiB, 4 regions and 64 variables in `prod`; "quotes" can hold 8.
constexpr const char* tenants = R"([
  {
    "name": "prod",
    "quota": {"bytes": "4MiB", "regions": 4, "variables": 64, "sessions": 8},
    "principals": [{"name": "me", "uid": @uid@, "grants": [
      {"regions": "*", "rights": ["read", "write", "create", "admin"]}]}],
    "regions": [
      {"name": "quotes", "bytes": "1MiB", "grow_to": "2MiB",
       "variables_max": 8, "variables": [
         {"name": "bid", "type": "f64"},
         {"name": "orders", "kind": "counter"},
         {"name": "title", "kind": "string", "capacity": "64B"}]},
      {"name": "rates", "bytes": "1MiB", "variables_max": 8,
       "writers": "node"}
    ]
  },
  {
    "name": "little",
    "principals": [{"name": "viewer", "uid": @uid@, "grants": [
      {"regions": "quotes", "rights": ["read"]}]}],
    "regions": [
      {"name": "quotes", "bytes": "1MiB", "variables_max": 8},
      {"name": "secret", "bytes": "1MiB", "variables_max": 8}
    ]
  },
  {
    "name": "others",
    "principals": [{"name": "somebody", "uid": 64999, "grants": [
      {"regions": "*", "rights": ["read"]}]}]
  }
])";

std::string text_for(const std::string& attach) {
  std::string text = tenants;
  for (auto at = text.find("@uid@"); at != std::string::npos;
       at = text.find("@uid@", at))
    text.replace(at, 5, std::to_string(::geteuid()));
  return node_text(text, "\"attach\": {" + attach + "}, ");
}

} // namespace

conformance_node::conformance_node(const std::string& attach)
  : node{text_for(attach)} {
  // nop
}

} // namespace holdfast::test
