#include "runtime/start_warnings.hpp"

#include "runtime/data_directory.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace holdfast::runtime {

namespace {

std::string name_of(const config::tenant& tenant,
                    const config::principal& principal) {
  return "principal '" + principal.name + "' of tenant '" + tenant.name + "'";
}

/// True if a user's groups, as the account database has them, hold the group.
bool is_member(uid_t uid, gid_t group) {
  const auto* account = ::getpwuid(uid);
  if (account == nullptr)
    return false;
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  if (::getgrouplist(account->pw_name, account->pw_gid, groups.data(), &count)
      < 0)
    return false;
  groups.resize(static_cast<std::size_t>(count));
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

bool may_enter(const struct stat& directory,
               const config::principal& principal) {
  if ((directory.st_mode & S_IXOTH) != 0)
    return true;
  if (principal.uid)
    return *principal.uid == 0 || *principal.uid == directory.st_uid
           || is_member(*principal.uid, directory.st_gid);
  return principal.gid && *principal.gid == directory.st_gid;
}

} // namespace

std::vector<std::string> start_warnings(const config::node_config& config) {
  std::vector<std::string> warnings;
  const auto directory = directory_of(config.node.socket);
  struct stat found {};
  const bool has_directory = ::stat(directory.c_str(), &found) == 0;
  if (has_directory && (found.st_mode & S_IWOTH) != 0)
    warnings.push_back(
      "everybody may write to " + directory
      + ", so everybody may put a socket of their own in "
        "place of this node's; give it a directory of its own");
  for (const auto& tenant : config.tenants)
    for (const auto& principal : tenant.principals) {
      if (principal.uid == ::geteuid())
        warnings.push_back(name_of(tenant, principal)
                           + " is the node's own user: what it maps for "
                             "reading it could also write; run the node as a "
                             "user of its own");
      if (has_directory && !may_enter(found, principal))
        warnings.push_back(
          name_of(tenant, principal) + " cannot enter " + directory
          + "; add the user to the directory's group "
          + std::to_string(found.st_gid) + ", or make the directory before "
          + "the node starts, with a group or mode that lets it in");
    }
  return warnings;
}

} // namespace holdfast::runtime
