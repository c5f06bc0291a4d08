#include "apps/processes/process.hpp"

#include "apps/processes/interruption.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace holdfast::processes {

namespace {

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Between fork and exec.
[[noreturn]] void run(const launch& what, char** arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (what.network >= 0 && ::setns(what.network, CLONE_NEWNET) != 0)
    ::_exit(126);
  const int fd = ::open(what.output.c_str(),
                        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

} // namespace

process::process(const launch& what) {
  auto copies = what.arguments;
  auto path = what.program;
  std::vector<char*> arguments{path.data()};
  for (auto& each : copies)
    arguments.push_back(each.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0)
    run(what, arguments.data());
  if (pid_ < 0)
    throw std::runtime_error{"cannot fork"};
}

process::process(process&& other) noexcept
  : pid_{std::exchange(other.pid_, -1)} {
  // nop
}

process& process::operator=(process&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

process::~process() {
  kill();
}

void process::signal(int number) const noexcept {
  if (pid_ > 0)
    ::kill(pid_, number);
}

void process::freeze() noexcept {
  signal(SIGSTOP);
  int status = 0;
  if (pid_ > 0)
    ::waitpid(pid_, &status, WUNTRACED);
}

void process::kill() noexcept {
  if (pid_ <= 0)
    return;
  signal(SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

std::optional<int> process::wait_for_end(std::chrono::milliseconds patience) {
  if (pid_ <= 0)
    return std::nullopt;
  int status = 0;
  const auto is_over
    = [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; };
  if (!eventually(is_over, patience))
    return std::nullopt;
  pid_ = -1;
  return code_of(status);
}

std::string program_directory() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

} // namespace holdfast::processes
