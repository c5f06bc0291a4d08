// Other programs as processes: started as another user, watched, ended.
#pragma once

#include "apps/processes/interruption.hpp"
#include "apps/processes/process.hpp"
#include "shm/descriptor.hpp"

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::examples {

using processes::end_on_signals;
using processes::go_on_or_throw;
using processes::program_directory;
using processes::rest;

/// The tour cannot go on.
struct tour_failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct identity {
  uid_t uid;
  gid_t gid;
};

struct launch {
  std::string program; // a file beside this program
  std::vector<std::string> arguments;
  std::optional<identity> as{}; // absent: as this process
  int input = -1;               // becomes standard input; -1: a pipe
  std::string output_file{};    // takes all output; empty: a pipe
  std::optional<int> cpu{};     // where it may run
};

/// What a program told: "name value" lines.
using told = std::map<std::string, std::string>;

/// A running program. Killed when this object or this process ends. Every wait
/// is bounded and ends in a tour_failure,
/// or in processes::interrupted.
class child {
public:
  explicit child(const launch& what);
  child(child&& other) noexcept;
  child& operator=(child&& other) noexcept;
  ~child();

  /// Waits until it tells this name; the value.
  std::string wait_for(const std::string& name);

  /// Writes one byte to its standard input.
  void give_go();

  /// Ends it at once, at whatever it does. Does not wait for its end.
  void kill() noexcept;

  /// Waits until it ended by itself; all it told.
  told finish();

  /// Asks it to end, and waits for that.
  told stop();

  /// What it has told so far, as it told it.
  const std::string& said() const noexcept {
    return text_;
  }

  bool running();
  int exit_status() const noexcept {
    return status_;
  }

private:
  bool read_some(std::chrono::steady_clock::time_point until);
  void reap(std::chrono::steady_clock::time_point until);

  std::string name_;
  pid_t id_ = -1;
  int status_ = 0;
  shm::descriptor input_;
  shm::descriptor output_;
  std::string text_;
};

/// Up to `count` processors that this process may use.
std::vector<int> usable_processors(std::size_t count);

} // namespace holdfast::examples
