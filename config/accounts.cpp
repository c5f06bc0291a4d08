#include "config/accounts.hpp"

#include "config/defaults.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace holdfast::config {

namespace {

/// Calls a getXXnam_r function with a buffer that grows until the entry fits
/// (a group lists its members) or the bound is reached.
template <class Entry, class Lookup>
bool look_up(Entry& entry, const std::string& name, Lookup lookup) {
  for (std::size_t size = kibibyte; size <= account_entry_bytes_max;
       size *= 4) {
    std::vector<char> buffer(size);
    Entry* found = nullptr;
    const int error
      = lookup(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (error != ERANGE)
      return error == 0 && found != nullptr;
  }
  return false;
}

} // namespace

std::optional<std::uint32_t> find_user(const std::string& name) {
  passwd entry{};
  if (!look_up(entry, name, ::getpwnam_r))
    return std::nullopt;
  return entry.pw_uid;
}

std::optional<std::uint32_t> find_group(const std::string& name) {
  group entry{};
  if (!look_up(entry, name, ::getgrnam_r))
    return std::nullopt;
  return entry.gr_gid;
}

} // namespace holdfast::config
