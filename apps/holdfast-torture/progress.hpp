// Tells whoever watches how far a run is. Standard error: the result goes to
// standard output.
#pragma once

#include "apps/holdfast-torture/plan.hpp"

#include <cstddef>
#include <string>

namespace holdfast::torture {

void say(const std::string& what);
void say_fault(std::size_t number, std::size_t of, const planned_fault& what);
/// Nothing of a last line on a terminal is left.
void say_nothing();

} // namespace holdfast::torture
