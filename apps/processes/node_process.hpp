// A holdfast-node process on a directory of its own, which ends with it.
#pragma once

#include "apps/processes/process.hpp"
#include "apps/processes/temporary_directory.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace holdfast::processes {

class node_process {
public:
  /// Starts it and waits until it answers. In the text of its configuration
  /// `@dir@` stands for the node's directory; the text must put data directory
  /// and socket there: `@dir@/state`, `@dir@/run/attach.sock`. `network` is a
  /// namespace of the network to live in, a descriptor that outlives the node;
  /// -1: that of this process. Throws std::runtime_error with the node's log
  /// when it does not come up, and `interrupted`.
  node_process(std::string program, const std::string& text, int network = -1);

  std::string socket() const;
  std::string config_file() const;

  const std::string& directory() const noexcept {
    return directory_.path();
  }

  pid_t pid() const noexcept {
    return process_ ? process_->pid() : -1;
  }

  void freeze(); ///< SIGSTOP, and waits until it is frozen
  void thaw();   ///< SIGCONT
  void kill();   ///< SIGKILL, and waits for its end
  void signal(int number);

  /// SIGTERM; how it ended. Throws when it does not end in time.
  int stop(std::chrono::seconds patience = std::chrono::seconds{15});

  /// How it ended, when it ends in time.
  std::optional<int> wait_for_end(std::chrono::milliseconds patience);

  /// Starts it again after its end, on the same directory.
  void restart();

  /// Everything it logged since it was made.
  std::string log() const;

  /// The directory stays.
  void keep() noexcept {
    directory_.keep();
  }

private:
  void start();
  void wait_until_it_listens();

  temporary_directory directory_;
  std::string program_;
  int network_;
  std::optional<process> process_;
};

/// The whole text of a file; empty: it cannot be read.
std::string text_of_file(const std::string& path);

} // namespace holdfast::processes
