// A real node with what the conformance tests need: a tenant where everything
// is allowed, one where little is, and one of somebody else.
#pragma once

#include "tests/conformance/raw_client.hpp"
#include "tests/support/real_node.hpp"

#include <string>

namespace holdfast::test {

struct conformance_node {
  /// `attach` are the settings of that section, such as "pending_max": 1.
  explicit conformance_node(const std::string& attach = {});

  /// A client of the tenant `prod`, where everything is allowed.
  raw_client client() const {
    return {node.socket(), "prod"};
  }

  real_node node;
};

} // namespace holdfast::test
