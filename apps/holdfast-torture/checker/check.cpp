#include "apps/holdfast-torture/checker/check.hpp"

#include "apps/holdfast-torture/checker/rules.hpp"

namespace holdfast::torture {

std::string about_variable(const record& of) {
  std::string text = "variable ";
  text += std::to_string(of.variable);
  return text + ": ";
}

findings check(const history& of, const check_options& how) {
  findings found{how.findings_per_rule_max};
  const evidence from{of};
  check_values(from, found);
  check_observers(from, found);
  check_promises(from, found);
  check_versions(from, found);
  check_region(from, how.may_begin_empty, found);
  return found;
}

} // namespace holdfast::torture
