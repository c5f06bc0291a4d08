// The parts of check(): each looks at one kind of promise.
#pragma once

#include "apps/holdfast-torture/checker/evidence.hpp"
#include "apps/holdfast-torture/checker/findings.hpp"

namespace holdfast::torture {

/// Nobody wrote it; two values of one version.
void check_values(const evidence& from, findings& into);

/// What each client saw, one after the other.
void check_observers(const evidence& from, findings& into);

/// What was promised to one, as others see it later.
void check_promises(const evidence& from, findings& into);

/// Versions that a newer epoch must not give again.
void check_versions(const evidence& from, findings& into);

/// The region as a whole: that it did not begin anew, and can be read.
void check_region(const evidence& from, bool may_begin_empty, findings& into);

/// "variable 3: ".
std::string about_variable(const record& of);

} // namespace holdfast::torture
