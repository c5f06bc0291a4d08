#include "runtime/discovery_directory.hpp"

#include "runtime/data_directory.hpp"
#include "runtime/instance_file.hpp"
#include "runtime/whole_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace holdfast::runtime {

namespace {

using actors::log_level;
using shm::errc;

struct closes_directory {
  void operator()(DIR* directory) const noexcept {
    ::closedir(directory);
  }
};

std::string draft_name(std::uint64_t node) {
  return "." + instance_file_name(node) + ".new";
}

/// Who may put files in place of others' decides whom the nodes talk to.
shm::result<void> check_trusted(const std::string& path,
                                const struct stat& found) {
  if (found.st_uid != ::geteuid() && found.st_uid != 0)
    return shm::failed(errc::bad_argument,
                       path + " belongs to user " + std::to_string(found.st_uid)
                         + "; chown it to user " + std::to_string(::geteuid())
                         + " or choose another directory");
  if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0)
    return shm::failed(errc::bad_argument,
                       "everybody may replace files in " + path
                         + "; chmod o-w it (or +t, as /tmp)");
  return boost::outcome_v2::success();
}

void warn_if_open(const std::string& path, const struct stat& found,
                  const actors::log_function& log) {
  if ((found.st_mode & S_IWOTH) != 0)
    log(log_level::warning,
        "everybody may put files into the discovery directory; those of other "
        "users are ignored",
        {{"path", path}});
}

} // namespace

shm::result<discovery_directory>
discovery_directory::open(discovery_directory_options options) {
  if (auto made = make_directories(options.path, 0755); !made)
    return std::move(made).assume_error();
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  shm::descriptor directory{::open(options.path.c_str(), flags)};
  struct stat found {};
  if (!directory || ::fstat(directory.get(), &found) != 0)
    return shm::system_failure("open " + options.path);
  if (auto checked = check_trusted(options.path, found); !checked)
    return std::move(checked).assume_error();
  auto here = process_identity::own();
  if (!here)
    return std::move(here).assume_error();
  if (!options.log)
    options.log = [](log_level, std::string_view, const actors::log_fields&) {};
  warn_if_open(options.path, found, options.log);
  discovery_directory out{std::move(options), std::move(directory),
                          found.st_uid, std::move(here).assume_value()};
  // What cannot be read back would be skipped by everybody in silence.
  if (const auto readable = instance_in(text_of(out.self_)); !readable)
    return shm::failed(errc::bad_argument,
                       "this node cannot be described to others: "
                         + readable.assume_error().detail);
  return out;
}

discovery_directory::discovery_directory(discovery_directory_options options,
                                         shm::descriptor directory, uid_t owner,
                                         process_identity here)
  : options_{std::move(options)},
    directory_{std::move(directory)},
    owner_{owner},
    here_{std::move(here)},
    self_{options_.node,
          options_.cluster,
          options_.address,
          options_.version,
          options_.incarnation,
          here_.pid,
          here_.started,
          here_.pid_namespace,
          here_.boot,
          0,
          std::chrono::nanoseconds{0}},
    rule_{options_.rule, self_} {
  // nop
}

discovery_directory::~discovery_directory() {
  if (!directory_)
    return;
  const auto name = instance_file_name(self_.node);
  const auto there = read(name);
  if (there && there.assume_value().incarnation == self_.incarnation)
    ::unlinkat(directory_.get(), name.c_str(), 0);
}

std::vector<rules::discovery_action>
discovery_directory::beat(std::chrono::nanoseconds now) {
  std::vector<rules::discovery_action> out;
  for (auto& each : rule_.on_look(look(), now)) {
    if (std::holds_alternative<rules::write_mine>(each))
      write(now);
    else if (const auto* stale = std::get_if<rules::remove_stale>(&each))
      remove(*stale);
    else if (const auto* whom = std::get_if<rules::ask_instance>(&each)) {
      if (options_.ask)
        options_.ask(whom->whom);
    } else
      out.push_back(std::move(each));
  }
  return out;
}

std::vector<rules::sighting> discovery_directory::look() {
  complaints wrong;
  std::vector<rules::sighting> out;
  for (const auto& name : file_names(wrong))
    if (auto seen = see(name, wrong))
      out.push_back(*std::move(seen));
  log_new(std::move(wrong));
  return out;
}

std::vector<std::string>
discovery_directory::file_names(complaints& wrong) const {
  // A descriptor of its own: reading moves the place that duplicates share.
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  shm::descriptor again{::openat(directory_.get(), ".", flags)};
  const std::unique_ptr<DIR, closes_directory> listing{
    again ? ::fdopendir(again.get()) : nullptr};
  std::vector<std::string> out;
  if (!listing) {
    wrong["."] = "the directory cannot be read";
    return out;
  }
  again.release();
  std::size_t entries = 0;
  while (const auto* entry = ::readdir(listing.get())) {
    if (++entries > config::discovery_entries_max) {
      wrong["."] = "the directory has too many files; some were not looked at";
      break;
    }
    if (node_in_file_name(entry->d_name))
      out.emplace_back(entry->d_name);
  }
  return out;
}

shm::result<rules::instance>
discovery_directory::read(const std::string& name) const {
  const auto file
    = read_whole(directory_.get(), name, config::instance_file_bytes_max,
                 symbolic_links::refuse);
  if (!file)
    return file.assume_error();
  const auto owner = file.assume_value().owner;
  if (owner != ::geteuid() && owner != owner_ && owner != 0)
    return shm::failed(errc::bad_argument,
                       "belongs to user " + std::to_string(owner));
  auto said = instance_in(file.assume_value().text);
  if (said && node_in_file_name(name) != said.assume_value().node)
    return shm::failed(errc::bad_argument,
                       "is named for one node and speaks of another");
  return said;
}

std::optional<rules::sighting>
discovery_directory::see(const std::string& name, complaints& wrong) const {
  auto said = read(name);
  if (!said) {
    const auto& error = said.assume_error();
    // Gone since it was listed: nothing is wrong with that.
    if (::faccessat(directory_.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW)
          == 0
        || errno != ENOENT)
      wrong[name] = error.detail;
    return std::nullopt;
  }
  auto& instance = said.assume_value();
  if (instance.cluster != self_.cluster)
    wrong[name] = "is of another cluster, " + instance.cluster;
  const auto process = state_of(instance, here_);
  return rules::sighting{std::move(instance), process};
}

void discovery_directory::log_new(complaints wrong) {
  std::size_t lines = 0;
  for (const auto& [name, why] : wrong) {
    const auto before = complained_.find(name);
    if (before != complained_.end() && before->second == why)
      continue;
    if (++lines > config::discovery_complaints_max)
      continue;
    options_.log(log_level::warning,
                 "skipped a file of the discovery directory",
                 {{"file", name}, {"reason", why}});
  }
  if (lines > config::discovery_complaints_max)
    options_.log(
      log_level::warning, "skipped more files of the discovery directory",
      {{"count", std::to_string(lines - config::discovery_complaints_max)}});
  complained_ = std::move(wrong);
}

void discovery_directory::write(std::chrono::nanoseconds now) {
  ++self_.beat;
  self_.beat_at = now;
  const auto written
    = replace_whole(directory_.get(), instance_file_name(self_.node),
                    draft_name(self_.node), text_of(self_), 0644);
  // Once for each reason: the next heartbeat tries again.
  const auto why = written ? std::string{} : written.assume_error().detail;
  if (!why.empty() && why != write_failure_)
    options_.log(log_level::warning,
                 "cannot write this node's file of the discovery directory",
                 {{"reason", why}});
  write_failure_ = why;
}

void discovery_directory::remove(const rules::remove_stale& what) {
  const auto name = instance_file_name(what.what.node);
  // It may have started again since the look. Between this second look and the
  // removal it still may; then its next heartbeat puts the file back.
  const auto there = read(name);
  if (!there || there.assume_value().incarnation != what.what.incarnation
      || there.assume_value().beat != what.what.beat)
    return;
  ::unlinkat(directory_.get(), draft_name(what.what.node).c_str(), 0);
  if (::unlinkat(directory_.get(), name.c_str(), 0) == 0)
    options_.log(log_level::info,
                 "removed a stale file of the discovery directory",
                 {{"file", name}, {"reason", what.why}});
}

std::string message_of(const rules::stop_duplicate& stop,
                       const std::string& cluster) {
  const auto& other = stop.other;
  const auto who
    = "process " + std::to_string(other.pid) + " at " + other.address;
  if (other.cluster != cluster)
    return who + " of cluster '" + other.cluster + "' already is node "
           + std::to_string(other.node)
           + " of this discovery directory; give each cluster a directory of "
             "its own";
  return who + " already is node " + std::to_string(other.node)
         + " of cluster '" + cluster
         + "'; stop it, or give this node another node.id";
}

} // namespace holdfast::runtime
