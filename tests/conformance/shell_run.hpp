// caf-shell as people and scripts run it.
#pragma once

#include <string>
#include <vector>

namespace holdfast::test {

struct shell_end {
  int code = -1;
  std::string out;
  std::string talk; // what it said on stderr
};

/// Runs caf-shell to its end, with that standard input, in a pipe.
shell_end run_shell(const std::vector<std::string>& arguments,
                    const std::string& input = {});

/// The same, reading from that file, which may be a pipe.
shell_end run_shell_script(const std::vector<std::string>& arguments,
                           const std::string& file);

/// caf-shell on a terminal of its own, typed to by the test. `home` keeps its
/// history.
class shell_terminal {
public:
  shell_terminal(const std::vector<std::string>& arguments,
                 const std::string& home);
  shell_terminal(const shell_terminal&) = delete;
  shell_terminal& operator=(const shell_terminal&) = delete;
  ~shell_terminal();

  void type(const std::string& keys) const;

  /// Whether that text comes on the screen; what was before it is forgotten.
  bool shows(const std::string& text);

  /// Its exit code; -1 when it does not end in time.
  int wait_for_end();

private:
  int terminal_ = -1;
  int pid_ = -1;
  std::string screen_;
};

} // namespace holdfast::test
