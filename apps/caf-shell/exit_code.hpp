// How caf-shell ends; the same table is shown by `caf-shell help exit-codes`.
#pragma once

#include "shm/error.hpp"

#include <span>
#include <string_view>

namespace holdfast::shell {

enum class exit_code : int {
  ok = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  unreachable = 4,
  denied = 5,
  conflict = 6,
  timeout = 7,
  stale = 8,
  full = 9,
  configuration = 10,
  interrupted = 130,
};

struct exit_code_meaning {
  exit_code code;
  std::string_view name;
  std::string_view meaning;
};

std::span<const exit_code_meaning> exit_code_meanings() noexcept;

/// The exit code that stands for an error of the node or of memory.
exit_code exit_code_of(shm::errc error) noexcept;

} // namespace holdfast::shell
