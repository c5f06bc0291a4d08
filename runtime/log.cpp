#include "runtime/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <algorithm>

namespace holdfast::runtime {

namespace {

spdlog::level::level_enum level_of(actors::log_level level) {
  switch (level) {
  case actors::log_level::debug:
    return spdlog::level::debug;
  case actors::log_level::info:
    return spdlog::level::info;
  case actors::log_level::warning:
    return spdlog::level::warn;
  case actors::log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::level::level_enum level_of(config::log_level level) {
  switch (level) {
  case config::log_level::trace:
    return spdlog::level::trace;
  case config::log_level::debug:
    return spdlog::level::debug;
  case config::log_level::info:
    return spdlog::level::info;
  case config::log_level::warning:
    return spdlog::level::warn;
  case config::log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view word_of(actors::log_level level) {
  switch (level) {
  case actors::log_level::debug:
    return "debug";
  case actors::log_level::info:
    return "info";
  case actors::log_level::warning:
    return "warning";
  case actors::log_level::error:
    return "error";
  }
  return "?";
}

/// What clients choose may stand in a line; it must not move the cursor of
/// whoever reads it, nor look like another line.
void append_escaped(std::string& line, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      line += c;
      continue;
    }
    line += "\\x";
    line += digits[byte >> 4];
    line += digits[byte & 15];
  }
}

bool has_spaces(std::string_view text) {
  return text.empty() || text.find_first_of(" \"=") != std::string_view::npos;
}

std::string now_text() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                        now.time_since_epoch())
                        .count()
                      % 1'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
                     parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec, micros);
}

} // namespace

std::string text_line(std::string_view what, const actors::log_fields& fields) {
  std::string line;
  append_escaped(line, what);
  for (const auto& [name, value] : fields) {
    line += "  ";
    line += name;
    line += '=';
    const bool quoted = has_spaces(value);
    if (quoted)
      line += '"';
    append_escaped(line, value);
    if (quoted)
      line += '"';
  }
  return line;
}

std::string json_line(std::string_view time, actors::log_level level,
                      std::string_view what, const actors::log_fields& fields) {
  nlohmann::ordered_json line;
  line["time"] = time;
  line["level"] = word_of(level);
  line["message"] = what;
  for (const auto& [name, value] : fields)
    line[std::string{name}] = value;
  // Text that is not UTF-8 is replaced: a log line is never refused.
  return line.dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

actors::log_function make_log(const config::log_section& options) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const bool json
    = options.format == config::log_format::json
      || (options.format == config::log_format::automatic && !terminal);
  std::shared_ptr<spdlog::logger> logger;
  if (terminal)
    logger = std::make_shared<spdlog::logger>(
      "holdfast", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  else
    logger = std::make_shared<spdlog::logger>(
      "holdfast", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(level_of(options.level));
  logger->set_pattern(json ? "%v" : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
  logger->flush_on(spdlog::level::trace);
  return [logger, json](actors::log_level level, std::string_view what,
                        const actors::log_fields& fields) {
    if (!logger->should_log(level_of(level)))
      return;
    const auto line = json ? json_line(now_text(), level, what, fields)
                           : text_line(what, fields);
    logger->log(level_of(level), "{}", line);
  };
}

} // namespace holdfast::runtime
