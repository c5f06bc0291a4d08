// Another program as a process of this one: started, signalled, ended. It dies
// with the thread that started it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::processes {

struct launch {
  std::string program; ///< a path
  std::vector<std::string> arguments;
  std::string output; ///< a file, to whose end both outputs go
  int network = -1;   ///< descriptor of a namespace to live in; -1: as here
};

class process {
public:
  /// Throws std::runtime_error when there is no room for one more. A program
  /// that cannot be run ends with 127.
  explicit process(const launch& what);
  process(process&& other) noexcept;
  process& operator=(process&& other) noexcept;

  /// Kills it.
  ~process();

  pid_t pid() const noexcept {
    return pid_;
  }

  /// False also for one whose end is not known yet, as long as it is there.
  bool ended() const noexcept {
    return pid_ <= 0;
  }

  void signal(int number) const noexcept;
  void freeze() noexcept; ///< SIGSTOP, and waits until it is frozen
  void kill() noexcept;   ///< SIGKILL, and waits for its end

  /// How it ended, when it ends in time: its exit code, or 128 + the signal.
  /// Throws `interrupted`.
  std::optional<int> wait_for_end(std::chrono::milliseconds patience);

private:
  pid_t pid_ = -1;
};

/// The directory that this program is in.
std::string program_directory();

} // namespace holdfast::processes
