#include "apps/examples/tour_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <utility>

namespace holdfast::examples {

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Longer than anything here takes, so that only a hang meets it.
constexpr auto patience = 20s;

[[noreturn]] void fail(const std::string& what) {
  throw tour_failure{what + ": " + ::strerror(errno)};
}

struct pipe_ends {
  shm::descriptor reader;
  shm::descriptor writer;
};

pipe_ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    fail("pipe");
  return {shm::descriptor{ends[0]}, shm::descriptor{ends[1]}};
}

/// Gives up this process's rights for good.
bool become(const identity& who) {
  return ::setgroups(0, nullptr) == 0
         && ::setresgid(who.gid, who.gid, who.gid) == 0
         && ::setresuid(who.uid, who.uid, who.uid) == 0;
}

bool stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

/// Runs in the child, between fork and exec.
[[noreturn]] void run(const launch& what, const std::string& path, int program,
                      pid_t parent, int input, int output) {
  const bool ready
    = (!what.as || become(*what.as))
      && (!what.cpu || stay_on(*what.cpu))
      // Only now: a change of user takes it back.
      && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent
      && ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0
      && (what.output_file.empty() || ::dup2(output, STDERR_FILENO) >= 0);
  if (ready) {
    ::signal(SIGPIPE, SIG_DFL);
    std::vector<char*> arguments{const_cast<char*>(what.program.c_str())};
    for (const auto& argument : what.arguments)
      arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execv(path.c_str(), arguments.data());
    // The other user may not come that way; the file itself may be open to it.
    ::fexecve(program, arguments.data(), ::environ);
  }
  const auto why = std::string{"cannot start "} + what.program + ": "
                   + ::strerror(errno) + "\n";
  static_cast<void>(!::write(STDERR_FILENO, why.data(), why.size()));
  ::_exit(127);
}

told lines_of(const std::string& text) {
  told lines;
  std::istringstream from{text};
  for (std::string line; std::getline(from, line);) {
    const auto space = line.find(' ');
    if (space != std::string::npos)
      lines[line.substr(0, space)] = line.substr(space + 1);
  }
  return lines;
}

} // namespace

child::child(const launch& what) : name_{what.program} {
  go_on_or_throw();
  const auto path = program_directory() + "/" + what.program;
  const shm::descriptor program{
    ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!program)
    fail("cannot find the program " + path);
  auto input = make_pipe();
  auto output = make_pipe();
  if (!what.output_file.empty()) {
    output = {};
    output.writer = shm::descriptor{
      ::open(what.output_file.c_str(),
             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    if (!output.writer)
      fail("cannot write " + what.output_file);
  }
  const auto parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0)
    fail("fork");
  if (id_ == 0)
    run(what, path, program.get(), parent,
        what.input >= 0 ? what.input : input.reader.get(), output.writer.get());
  input_ = std::move(input.writer);
  output_ = std::move(output.reader);
}

child::child(child&& other) noexcept
  : name_{std::move(other.name_)},
    id_{std::exchange(other.id_, -1)},
    status_{other.status_},
    input_{std::move(other.input_)},
    output_{std::move(other.output_)},
    text_{std::move(other.text_)} {
  // nop
}

child& child::operator=(child&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(id_, other.id_);
  std::swap(status_, other.status_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(text_, other.text_);
  return *this;
}

child::~child() {
  kill();
  while (id_ >= 0 && ::waitpid(id_, nullptr, 0) < 0 && errno == EINTR)
    continue;
}

std::string child::wait_for(const std::string& name) {
  const auto until = steady_clock::now() + patience;
  for (;;) {
    // Only whole lines count.
    const auto lines = lines_of(text_.substr(0, text_.rfind('\n') + 1));
    if (const auto found = lines.find(name); found != lines.end())
      return found->second;
    if (!read_some(until))
      throw tour_failure{name_ + " ended before it told '" + name + "'"};
  }
}

void child::give_go() {
  if (::write(input_.get(), "g", 1) != 1)
    fail("write to " + name_);
}

void child::kill() noexcept {
  if (id_ >= 0)
    ::kill(id_, SIGKILL);
}

told child::finish() {
  const auto until = steady_clock::now() + patience;
  while (output_ && read_some(until))
    continue;
  reap(until);
  if (status_ != 0)
    throw tour_failure{
      name_ + " failed"
      + (WIFSIGNALED(status_)
           ? " by signal " + std::to_string(WTERMSIG(status_))
           : " with code " + std::to_string(WEXITSTATUS(status_)))};
  return lines_of(text_);
}

told child::stop() {
  if (id_ >= 0)
    ::kill(id_, SIGTERM);
  return finish();
}

bool child::running() {
  if (id_ >= 0 && ::waitpid(id_, &status_, WNOHANG) == id_)
    id_ = -1;
  return id_ >= 0;
}

/// False at the end of its output.
bool child::read_some(steady_clock::time_point until) {
  for (;;) {
    go_on_or_throw();
    if (steady_clock::now() > until)
      throw tour_failure{name_ + " hangs"};
    pollfd ready{output_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0)
      continue;
    char block[4096];
    const auto count = ::read(output_.get(), block, sizeof block);
    if (count > 0)
      text_.append(block, static_cast<std::size_t>(count));
    return count > 0;
  }
}

void child::reap(steady_clock::time_point until) {
  while (running()) {
    if (steady_clock::now() > until)
      throw tour_failure{name_ + " does not end"};
    rest(1ms);
  }
}

std::vector<int> usable_processors(std::size_t count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> found;
  if (::sched_getaffinity(0, sizeof set, &set) != 0)
    return found;
  for (int cpu = 0; cpu < CPU_SETSIZE && found.size() < count; ++cpu)
    if (CPU_ISSET(cpu, &set))
      found.push_back(cpu);
  return found;
}

} // namespace holdfast::examples
