#include "apps/caf-shell/exit_code.hpp"

#include <array>

namespace holdfast::shell {

namespace {

constexpr std::array meanings{
  exit_code_meaning{exit_code::ok, "ok", "done"},
  exit_code_meaning{exit_code::failed, "failed",
                    "the command failed for another reason than those below"},
  exit_code_meaning{exit_code::usage, "usage",
                    "the command is not known or its arguments are wrong"},
  exit_code_meaning{exit_code::not_found, "not found",
                    "no such region or variable, or no value stored yet"},
  exit_code_meaning{exit_code::unreachable, "unreachable",
                    "no node answers, or it hung up"},
  exit_code_meaning{exit_code::denied, "denied",
                    "the right is missing, or the node does not know you"},
  exit_code_meaning{exit_code::conflict, "conflict",
                    "the name is taken, or somebody else stored first"},
  exit_code_meaning{exit_code::timeout, "timeout",
                    "no answer in time; the command may still be carried out"},
  exit_code_meaning{exit_code::stale, "stale",
                    "the value was shown, but its home may have newer ones"},
  exit_code_meaning{exit_code::full, "full",
                    "a quota or another bound is reached"},
  exit_code_meaning{exit_code::configuration, "configuration",
                    "a configuration is invalid (holdfast-node)"},
  exit_code_meaning{exit_code::interrupted, "interrupted", "Ctrl-C"},
};

} // namespace

std::span<const exit_code_meaning> exit_code_meanings() noexcept {
  return meanings;
}

exit_code exit_code_of(shm::errc error) noexcept {
  switch (error) {
  case shm::errc::ok:
    return exit_code::ok;
  case shm::errc::bad_argument:
  case shm::errc::no_such_command:
    return exit_code::usage;
  case shm::errc::no_value:
  case shm::errc::removed:
  case shm::errc::no_such_variable:
  case shm::errc::no_such_region:
    return exit_code::not_found;
  case shm::errc::unreachable:
  case shm::errc::unavailable:
  case shm::errc::no_leader:
    return exit_code::unreachable;
  case shm::errc::no_right:
  case shm::errc::refused:
    return exit_code::denied;
  case shm::errc::exists:
  case shm::errc::version_conflict:
  case shm::errc::contended:
  case shm::errc::fenced:
    return exit_code::conflict;
  case shm::errc::timeout:
  case shm::errc::unknown:
    return exit_code::timeout;
  case shm::errc::full:
  case shm::errc::quota:
  case shm::errc::no_memory:
  case shm::errc::overloaded:
    return exit_code::full;
  case shm::errc::too_long:
  case shm::errc::wrong_type:
  case shm::errc::bad_layout:
  case shm::errc::system:
  case shm::errc::protocol:
  case shm::errc::corrupt:
    return exit_code::failed;
  }
  return exit_code::failed;
}

} // namespace holdfast::shell
