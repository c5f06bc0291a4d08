#include "tests/bench/server.hpp"

#include "tests/bench/measure.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace holdfast::bench {

on_any_processor::on_any_processor() {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    CPU_SET(cpu, &all);
  // The kernel leaves out those that there are not.
  if (::sched_setaffinity(0, sizeof all, &all) != 0)
    give_up("cannot leave processor 0");
}

on_any_processor::~on_any_processor() {
  pin_to(first_cpu);
}

void pin_process(pid_t process, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  // A thread that ends meanwhile needs no place.
  for (const auto& thread : std::filesystem::directory_iterator{
         "/proc/" + std::to_string(process) + "/task"})
    ::sched_setaffinity(std::stoi(thread.path().filename()), sizeof set, &set);
}

server::server(std::vector<std::string> arguments, std::string log)
  : arguments_{std::move(arguments)}, log_{std::move(log)} {
  start();
}

server::~server() {
  if (pid_ > 0)
    kill();
}

void server::start() {
  const on_any_processor everywhere;
  std::vector<char*> argv;
  for (auto& each : arguments_)
    argv.push_back(each.data());
  argv.push_back(nullptr);
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0)
    give_up("fork");
  if (pid_ > 0)
    return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(0);
  const int fd = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
  ::close(fd);
  ::execv(argv.front(), argv.data());
  ::_exit(127);
}

void server::kill() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void server::freeze() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void server::thaw() {
  ::kill(pid_, SIGCONT);
}

std::string server::log() const {
  std::ifstream in{log_};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace holdfast::bench
