// Where the node writes what happened: standard error, as text for a terminal
// and as one JSON object a line for everything else. spdlog is known here only.
#pragma once

#include "actors/log.hpp"
#include "config/node_config.hpp"

namespace holdfast::runtime {

/// Any thread may call what it returns.
actors::log_function make_log(const config::log_section& options);

/// One line without its end, as make_log writes it: for tests.
std::string text_line(std::string_view what, const actors::log_fields& fields);
std::string json_line(std::string_view time, actors::log_level level,
                      std::string_view what, const actors::log_fields& fields);

} // namespace holdfast::runtime
