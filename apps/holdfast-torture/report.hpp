// The result of a run, for people and for programs.
#pragma once

#include "apps/holdfast-torture/run.hpp"

#include <string>

namespace holdfast::torture {

/// Tables, findings with their proof, and a last line that says it all.
std::string report_of(const torture_options& options, const run_result& result);

/// The same as a JSON document.
std::string json_of(const torture_options& options, const run_result& result);

/// "clean", "violation" or "void". A broken promise stays broken, however
/// little was asked.
std::string_view word_for(const run_result& result) noexcept;

} // namespace holdfast::torture
