#include "tests/conformance/shell_run.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace holdfast::test {

namespace {

constexpr auto patience = std::chrono::seconds{10};

std::string program() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it.
  const auto* folder = std::getenv("HOLDFAST_BIN_DIR");
  REQUIRE(folder != nullptr);
  return std::string{folder} + "/caf-shell";
}

[[noreturn]] void become(std::string path, std::vector<std::string> arguments) {
  std::vector<char*> argv{path.data()};
  for (auto& each : arguments)
    argv.push_back(each.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

std::string content_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void redirect(int fd, const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CREAT, 0600);
  ::dup2(file, fd);
  ::close(file);
}

int reap(int pid) {
  int status = 0;
  if (!eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; },
                  patience)) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

shell_end run_shell(const std::vector<std::string>& arguments,
                    const std::string& input) {
  const temporary_directory files;
  const auto in = files.path() + "/in";
  std::ofstream{in} << input;
  return run_shell_script(arguments, in);
}

shell_end run_shell_script(const std::vector<std::string>& arguments,
                           const std::string& file) {
  const temporary_directory files;
  const auto out = files.path() + "/out";
  const auto talk = files.path() + "/talk";
  const auto path = program();
  const int pid = ::fork();
  if (pid == 0) {
    redirect(STDIN_FILENO, file, O_RDONLY);
    redirect(STDOUT_FILENO, out, O_WRONLY);
    redirect(STDERR_FILENO, talk, O_WRONLY);
    become(path, arguments);
  }
  const int code = reap(pid);
  return {code, content_of(out), content_of(talk)};
}

shell_terminal::shell_terminal(const std::vector<std::string>& arguments,
                               const std::string& home) {
  terminal_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(terminal_ >= 0);
  REQUIRE(::grantpt(terminal_) == 0);
  REQUIRE(::unlockpt(terminal_) == 0);
  std::array<char, 64> other_end{};
  REQUIRE(::ptsname_r(terminal_, other_end.data(), other_end.size()) == 0);
  const winsize size{24, 100, 0, 0};
  ::ioctl(terminal_, TIOCSWINSZ, &size);
  const auto path = program();
  pid_ = ::fork();
  if (pid_ != 0)
    return;
  ::setsid();
  const int fd = ::open(other_end.data(), O_RDWR); // becomes controlling
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(fd, standard);
  // NOLINTBEGIN(concurrency-mt-unsafe): a child has one thread.
  ::setenv("HOME", home.c_str(), 1);
  ::setenv("TERM", "xterm", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  ::unsetenv("XDG_STATE_HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  become(path, arguments);
}

shell_terminal::~shell_terminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(terminal_);
}

void shell_terminal::type(const std::string& keys) const {
  REQUIRE(::write(terminal_, keys.data(), keys.size())
          == static_cast<ssize_t>(keys.size()));
}

bool shell_terminal::shows(const std::string& text) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (const auto at = screen_.find(text); at != std::string::npos) {
      screen_.erase(0, at + text.size());
      return true;
    }
    if (std::chrono::steady_clock::now() > until)
      break;
    pollfd readable{terminal_, POLLIN, 0};
    if (::poll(&readable, 1, 50) == 1) {
      std::array<char, 4096> buffer{};
      const auto count = ::read(terminal_, buffer.data(), buffer.size());
      if (count <= 0)
        break;
      screen_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  UNSCOPED_INFO("not shown: " << text << "\non the screen: " << screen_);
  return false;
}

int shell_terminal::wait_for_end() {
  const int code = reap(pid_);
  pid_ = -1;
  return code;
}

} // namespace holdfast::test
