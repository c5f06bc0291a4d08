#include "runtime/founding.hpp"

#include "actors/consensus/membership.hpp"
#include "runtime/whole_file.hpp"
#include "shm/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <sstream>

namespace holdfast::runtime {

namespace {

constexpr std::string_view heading = "holdfast founding 1";
constexpr std::size_t file_bytes_max = 64 * 1024;

using consensus::member_role;

consensus::member member_of(const config::cluster_section& cluster,
                            std::uint64_t node, const config::address& where) {
  return {node, print_address(where),
          has_vote(cluster, node) ? member_role::voter : member_role::learner};
}

/// A node alone has no address; one is needed to tell it apart.
consensus::membership alone(std::uint64_t node) {
  return {{{node, "node-" + std::to_string(node), member_role::voter}}};
}

consensus::membership members_of(const config::cluster_section& cluster,
                                 std::uint64_t self) {
  consensus::membership made;
  made.members.push_back(member_of(cluster, self, cluster.advertise));
  for (const auto& peer : cluster.peers)
    made.members.push_back(member_of(cluster, peer.id, peer.address));
  std::sort(made.members.begin(), made.members.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return made;
}

bool is_found_later(const config::cluster_section& cluster) {
  return cluster.peers.empty()
         && !(cluster.seeds.empty() && cluster.discovery_directory.empty());
}

shm::error corrupt(const std::string& path, std::size_t line) {
  return shm::failed(shm::errc::corrupt, path + ": line " + std::to_string(line)
                                           + " cannot be read");
}

bool read_line(const std::string& line, founding& into) {
  std::istringstream in{line};
  std::string word;
  in >> word;
  if (word == "digest")
    return static_cast<bool>(in >> into.digest);
  if (word == "cluster")
    return static_cast<bool>(in >> into.cluster.high >> into.cluster.low);
  consensus::member member;
  std::string role;
  if (word != "member" || !(in >> member.id >> member.address >> role)
      || (role != "voter" && role != "learner"))
    return false;
  member.role = role == "voter" ? member_role::voter : member_role::learner;
  into.members.members.push_back(std::move(member));
  return true;
}

std::string text_of(const founding& what) {
  std::string text{heading};
  text += "\ndigest ";
  text += std::to_string(what.digest);
  text += '\n';
  if (what.cluster)
    text += "cluster " + std::to_string(what.cluster.high) + ' '
            + std::to_string(what.cluster.low) + '\n';
  for (const auto& member : what.members.members)
    text += "member " + std::to_string(member.id) + ' ' + member.address
            + (member.role == member_role::voter ? " voter\n" : " learner\n");
  return text;
}

/// What was begun in one way cannot be gone on with in the other.
shm::result<void> check_fits(const std::string& path, const founding& before,
                             const config::node_config& config) {
  const auto& members = before.members.members;
  const bool began_alone = before.members == alone(config.node.id);
  if (!config.cluster && !began_alone)
    return shm::failed(shm::errc::bad_argument,
                       path
                         + ": this data directory is of a node in a cluster "
                           "of "
                         + std::to_string(members.size())
                         + ", and the configuration has no section 'cluster'");
  if (config.cluster && began_alone)
    return shm::failed(shm::errc::bad_argument,
                       path
                         + ": this data directory is of a node alone; leave "
                           "the section 'cluster' out, or begin with an "
                           "empty one");
  return boost::outcome_v2::success();
}

bool is_sound(const founding& what) {
  return what.digest != 0
         && (what.members.members.empty()
             || (is_valid(what.members)
                 && digest_of(what.members) == what.digest));
}

} // namespace

bool has_vote(const config::cluster_section& cluster, std::uint64_t node) {
  const auto& voters = cluster.voters;
  return voters.empty()
         || std::find(voters.begin(), voters.end(), node) != voters.end();
}

shm::result<founding> configured_founding(const config::node_config& config) {
  founding made;
  if (config.cluster && is_found_later(*config.cluster))
    return made;
  made.members = config.cluster ? members_of(*config.cluster, config.node.id)
                                : alone(config.node.id);
  if (!is_valid(made.members))
    return shm::failed(shm::errc::bad_argument,
                       "no cluster can begin with this list of nodes: ids and "
                       "addresses once each, and one voter at least");
  made.digest = digest_of(made.members);
  return made;
}

shm::result<founding> read_founding(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure) && !failure)
    return founding{};
  const auto file
    = read_whole(AT_FDCWD, path, file_bytes_max, symbolic_links::refuse);
  if (!file)
    return file.assume_error();
  // Who can write it decides who the members are.
  if (const auto owner = file.assume_value().owner;
      owner != ::geteuid() && owner != 0)
    return shm::failed(shm::errc::refused,
                       path + " belongs to user " + std::to_string(owner));
  std::istringstream in{file.assume_value().text};
  std::string line;
  founding made;
  if (!std::getline(in, line) || line != heading)
    return corrupt(path, 1);
  for (std::size_t number = 2; std::getline(in, line); ++number)
    if (!read_line(line, made))
      return corrupt(path, number);
  if (!is_sound(made))
    return shm::failed(shm::errc::corrupt,
                       path + ": its digest does not fit its members");
  return made;
}

shm::result<void> write_founding(const std::string& path,
                                 const founding& what) {
  // Never half a file under that name, whenever the node is killed.
  const auto draft = path + ".new";
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  if (auto written = write_new(draft, text_of(what), 0600); !written)
    return written;
  if (::rename(draft.c_str(), path.c_str()) != 0)
    return shm::system_failure("rename " + draft);
  return sync_directory(std::filesystem::path{path}.parent_path());
}

shm::result<void> name_founding(const std::string& path,
                                const rules::wide_id& cluster) {
  auto known = read_founding(path);
  if (!known)
    return std::move(known).assume_error();
  known.assume_value().cluster = cluster;
  return write_founding(path, known.assume_value());
}

shm::result<founding> first_founding(const std::string& path,
                                     const std::string& draft,
                                     const founding& what) {
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  if (auto written = write_new(draft, text_of(what), 0644); !written)
    return std::move(written).assume_error();
  // A link, not a rename: it takes nobody's place.
  const bool first = ::link(draft.c_str(), path.c_str()) == 0;
  const auto failure = errno;
  std::filesystem::remove(draft, ignored);
  if (!first && failure != EEXIST) {
    errno = failure;
    return shm::system_failure("link " + path);
  }
  return read_founding(path);
}

shm::result<founding> former_founding(const std::string& path,
                                      const config::node_config& config) {
  auto before = read_founding(path);
  if (!before || before.assume_value().digest == 0)
    return before;
  if (auto fits = check_fits(path, before.assume_value(), config); !fits)
    return std::move(fits).assume_error();
  return before;
}

shm::result<founding> settled_founding(const std::string& path,
                                       const config::node_config& config) {
  auto before = former_founding(path, config);
  if (!before || before.assume_value().digest != 0)
    return before;
  auto made = configured_founding(config);
  if (!made || made.assume_value().digest == 0)
    return made;
  if (auto written = write_founding(path, made.assume_value()); !written)
    return std::move(written).assume_error();
  return made;
}

} // namespace holdfast::runtime
