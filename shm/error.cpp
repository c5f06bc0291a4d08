#include "shm/error.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace holdfast::shm {

namespace {

struct wording {
  std::string_view name;
  std::string_view meaning;
};

// Indexed by errc.
constexpr std::array<wording, 28> wordings{{
  {"ok", "done"},
  {"no_value", "nothing has been stored in this variable yet"},
  {"contended", "others kept changing it for as long as we may try; try again"},
  {"timeout", "the deadline passed first"},
  {"removed", "the variable was removed; find it again"},
  {"fenced", "this mapping or node serves the region no more; attach again"},
  {"no_right", "ask the tenant's administrator for the right"},
  {"too_long", "store fewer bytes or add a variable of larger capacity"},
  {"wrong_type", "use the type the variable was created with"},
  {"no_such_variable", "list the region's variables to see the names"},
  {"no_such_region", "list the regions to see the names"},
  {"exists", "the name is taken; choose another or remove the old one"},
  {"full", "grow the region or remove what is not needed"},
  {"quota", "the tenant's quota is reached; ask for more or free some"},
  {"version_conflict", "somebody else stored first; read again and retry"},
  {"bad_argument", "the argument is outside its range"},
  {"bad_layout", "node and client do not agree on the memory layout"},
  {"no_memory", "the host cannot reserve that much memory"},
  {"system", "a system call failed"},
  {"unreachable", "no node answers there; is holdfast-node running?"},
  {"refused", "the node knows no principal with this user or group"},
  {"protocol", "the other side broke the protocol"},
  {"overloaded", "a bound of the node is reached; try again later"},
  {"no_such_command", "ask for 'help' to see the commands"},
  {"unavailable", "the node is stopping or not ready; try again"},
  {"corrupt", "what is on disk is not what was written there"},
  {"no_leader", "no majority of the cluster is in reach; nothing was done"},
  {"unknown", "it may have happened; ask again with the same request id"},
}};

const wording& wording_of(errc code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return wordings[index < wordings.size() ? index : 18];
}

} // namespace

std::string_view name_of(errc code) noexcept {
  return wording_of(code).name;
}

std::string_view meaning_of(errc code) noexcept {
  return wording_of(code).meaning;
}

std::string error::message() const {
  std::string text{name_of(code)};
  if (!detail.empty())
    text.append(": ").append(detail);
  return text.append(" (").append(meaning_of(code)).append(")");
}

error system_failure(std::string_view call) {
  const auto code = errno;
  const auto text = std::generic_category().message(code);
  const auto kind
    = code == ENOMEM || code == ENOSPC ? errc::no_memory : errc::system;
  return {kind, std::string{call} + ": " + text};
}

} // namespace holdfast::shm
