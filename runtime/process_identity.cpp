#include "runtime/process_identity.hpp"

#include "runtime/whole_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <sstream>

namespace holdfast::runtime {

namespace {

constexpr std::size_t proc_bytes_max = 4096;

struct process_status {
  char state = '?';
  std::uint64_t started = 0;
};

/// Third and 22nd field of /proc/PID/stat. The second is a name in
/// parentheses which may itself hold blanks and parentheses.
std::optional<process_status> status_of(std::uint64_t pid) {
  const auto read
    = read_whole(AT_FDCWD, "/proc/" + std::to_string(pid) + "/stat",
                 proc_bytes_max, symbolic_links::follow);
  if (!read)
    return std::nullopt;
  const auto& text = read.assume_value().text;
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos)
    return std::nullopt;
  std::istringstream fields{text.substr(name_end + 1)};
  process_status out;
  fields >> out.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field)
    fields >> skipped;
  if (!(fields >> out.started))
    return std::nullopt;
  return out;
}

} // namespace

shm::result<process_identity> process_identity::own() {
  process_identity out;
  out.pid = static_cast<std::uint64_t>(::getpid());
  const auto status = status_of(out.pid);
  if (!status)
    return shm::failed(shm::errc::system, "/proc/self/stat cannot be read; is "
                                          "/proc mounted?");
  out.started = status->started;
  struct stat found {};
  if (::stat("/proc/self/ns/pid", &found) != 0)
    return shm::system_failure("stat /proc/self/ns/pid");
  out.pid_namespace = found.st_ino;
  const auto boot = read_whole(AT_FDCWD, "/proc/sys/kernel/random/boot_id",
                               proc_bytes_max, symbolic_links::follow);
  if (!boot)
    return boot.assume_error();
  out.boot = boot.assume_value().text;
  while (!out.boot.empty() && out.boot.back() == '\n')
    out.boot.pop_back();
  return out;
}

rules::process_state state_of(const rules::instance& instance,
                              const process_identity& here) {
  using rules::process_state;
  if (instance.boot != here.boot
      || instance.pid_namespace != here.pid_namespace)
    return process_state::unknown;
  // Not by /proc alone: it may hide other users' processes.
  if (::kill(static_cast<pid_t>(instance.pid), 0) != 0 && errno == ESRCH)
    return process_state::gone;
  const auto status = status_of(instance.pid);
  if (!status)
    return process_state::unknown;
  const bool dead = status->state == 'Z' || status->state == 'X';
  if (dead || status->started != instance.process_started)
    return process_state::gone;
  return process_state::running;
}

} // namespace holdfast::runtime
