// The directory in which the nodes of one host find each other: files that come
// and go whole, written and removed as the rule says. Of what others put there
// nothing is followed, waited for or believed unread.
#pragma once

#include "actors/log.hpp"
#include "actors/rules/discovery.hpp"
#include "config/defaults.hpp"
#include "runtime/process_identity.hpp"
#include "shm/descriptor.hpp"
#include "shm/error.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct discovery_directory_options {
  std::string path; ///< made 0755 if need be
  std::uint64_t node = 0;
  std::string cluster; ///< name or id; nodes of another one are not peers
  std::string address; ///< "host:port" of this node's peer door
  std::string version;
  std::string incarnation; ///< drawn anew at each start
  rules::discovery_options rule
    = {config::discovery_stale_after, config::discovery_ask_patience};
  actors::log_function log;
  /// Asks an instance whether it lives; the answer goes to on_answer(), at
  /// once or later. Without it nobody answers.
  std::function<void(const rules::instance&)> ask;
};

/// One thread only.
class discovery_directory {
public:
  /// Errors: refused when others could replace the directory's files;
  /// bad_argument; system.
  static shm::result<discovery_directory>
  open(discovery_directory_options options);

  discovery_directory(discovery_directory&&) = default;
  discovery_directory& operator=(discovery_directory&&) = delete;

  /// Removes this node's file.
  ~discovery_directory();

  /// One heartbeat, to be called every config::discovery_beat: looks, writes
  /// and removes. Returns what others must act on: found_peer, lost_peer,
  /// stop_duplicate.
  std::vector<rules::discovery_action> beat(std::chrono::nanoseconds now);

  void on_answer(const rules::instance& asked, bool answered,
                 std::chrono::nanoseconds now) {
    rule_.on_answer(asked, answered, now);
  }

  /// True once this node's file was found as written.
  bool settled() const noexcept {
    return rule_.settled();
  }

private:
  discovery_directory(discovery_directory_options options,
                      shm::descriptor directory, uid_t owner,
                      process_identity here);

  /// What one look can complain about: once per file and reason.
  using complaints = std::map<std::string, std::string>;

  std::vector<rules::sighting> look();
  std::vector<std::string> file_names(complaints& wrong) const;
  std::optional<rules::sighting> see(const std::string& name,
                                     complaints& wrong) const;
  shm::result<rules::instance> read(const std::string& name) const;
  void log_new(complaints wrong);
  void write(std::chrono::nanoseconds now);
  void remove(const rules::remove_stale& what);

  discovery_directory_options options_;
  shm::descriptor directory_;
  uid_t owner_;
  process_identity here_;
  rules::instance self_;
  rules::discovery rule_;
  complaints complained_;
  std::string write_failure_; ///< the last, empty after a success
};

/// For people: which other process has this node's id, and what to do.
std::string message_of(const rules::stop_duplicate& stop,
                       const std::string& cluster);

} // namespace holdfast::runtime
