// A program that runs beside the benchmark, on any processor.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace holdfast::bench {

/// While it lives, this process and those it starts may run anywhere.
class on_any_processor {
public:
  on_any_processor();
  ~on_any_processor();
  on_any_processor(const on_any_processor&) = delete;
  on_any_processor& operator=(const on_any_processor&) = delete;
};

/// Has a process that runs already, with all its threads, run on that processor
/// alone, and the threads that it will make.
void pin_process(pid_t process, int cpu);

/// Killed when this object, or the benchmark, ends.
class server {
public:
  /// `arguments` begin with the program's path; outputs are appended to `log`.
  server(std::vector<std::string> arguments, std::string log);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  void start();
  void kill();   ///< SIGKILL, and waits for its end
  void freeze(); ///< SIGSTOP, and waits until it is frozen
  void thaw();   ///< SIGCONT

  std::string log() const;

  pid_t pid() const noexcept {
    return pid_;
  }

private:
  std::vector<std::string> arguments_;
  std::string log_;
  pid_t pid_ = -1;
};

} // namespace holdfast::bench
