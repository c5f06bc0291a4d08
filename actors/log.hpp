// How actors say what happened, without knowing where it is written.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::actors {

enum class log_level { debug, info, warning, error };

/// Names and values beside the sentence, for programs that read logs. Never
/// payloads of variables.
using log_fields = std::vector<std::pair<std::string_view, std::string>>;

/// Any thread may call it.
using log_function = std::function<void(log_level level, std::string_view what,
                                        const log_fields& fields)>;

} // namespace holdfast::actors
