// A holdfast-node process on a directory of its own, ended with the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

/// A directory that goes with its owner. Others may pass through it (0711), so
/// that clients of other users reach a node's socket in it.
class temporary_directory {
public:
  temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory();

  const std::string& path() const noexcept {
    return path_;
  }

private:
  std::string path_;
};

/// How a program that was run to its end ended, and what it printed on both
/// outputs.
struct program_end {
  int exit_code = -1; ///< 128 + signal when a signal ended it
  std::string output;
};

/// Runs holdfast-node to its end. Fails the test when it runs longer.
program_end run_node(const std::vector<std::string>& arguments,
                     std::chrono::seconds patience = std::chrono::seconds{20});

/// The text of a configuration: `tenants` is the JSON of the list, `more` is
/// put before it, such as R"("lease": {…},)".
std::string node_text(const std::string& tenants, const std::string& more = {});

/// One tenant `prod` in which this process's user may do everything, with the
/// regions given as JSON.
std::string own_tenant(const std::string& regions);

class real_node {
public:
  /// Starts it and waits until it answers. In the text `@dir@` stands for the
  /// node's directory; the text must put data directory and socket there, as
  /// node_text() does. Throws with the node's log when it does not come up.
  /// `network` is a namespace of the network to live in, a descriptor that
  /// outlives the node; -1: that of this process.
  explicit real_node(const std::string& text, int network = -1);

  real_node(const real_node&) = delete;
  real_node& operator=(const real_node&) = delete;

  /// Kills it if it still runs.
  ~real_node();

  std::string socket() const;
  std::string config_file() const;

  const std::string& directory() const noexcept {
    return directory_.path();
  }

  pid_t pid() const noexcept {
    return pid_;
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

private:
  void launch();
  void wait_until_it_listens();

  temporary_directory directory_;
  int network_;
  pid_t pid_ = -1;
};

/// Waits for a condition; false when the deadline passed first.
template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds patience
                                 = std::chrono::milliseconds{10000});

} // namespace holdfast::test

#include <thread>

template <class Condition>
bool holdfast::test::eventually(Condition holds,
                                std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}
