#include "tests/support/real_node.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;

std::string program() {
  const char* folder = std::getenv("HOLDFAST_BIN_DIR");
  return (folder != nullptr ? std::string{folder} : std::string{"."})
         + "/holdfast-node";
}

std::string read_file(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Its outputs go to the end of a file. It dies with the thread that made it.
pid_t spawn(const std::vector<std::string>& arguments,
            const std::string& output, int network = -1) {
  auto path = program();
  std::vector<std::string> copies{arguments};
  std::vector<char*> argv{path.data()};
  for (auto& each : copies)
    argv.push_back(each.data());
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0)
    return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (network >= 0 && ::setns(network, CLONE_NEWNET) != 0)
    ::_exit(126);
  const int fd
    = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<int> reap(pid_t pid, std::chrono::milliseconds patience) {
  int status = 0;
  const auto ended = [&] { return ::waitpid(pid, &status, WNOHANG) == pid; };
  if (!eventually(ended, patience))
    return std::nullopt;
  return code_of(status);
}

bool answers(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const bool connected
    = ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address))
      == 0;
  ::close(fd);
  return connected;
}

} // namespace

temporary_directory::temporary_directory() {
  auto name
    = (std::filesystem::temp_directory_path() / "holdfast.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr || ::chmod(name.c_str(), 0711) != 0)
    throw std::runtime_error{"no temporary directory"};
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

program_end run_node(const std::vector<std::string>& arguments,
                     std::chrono::seconds patience) {
  const temporary_directory directory;
  const auto output = directory.path() + "/output";
  const auto pid = spawn(arguments, output);
  const auto code = reap(pid, patience);
  if (!code) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw std::runtime_error{"holdfast-node did not end: " + read_file(output)};
  }
  return {*code, read_file(output)};
}

std::string node_text(const std::string& tenants, const std::string& more) {
  return R"({"node": {"data_directory": "@dir@/state",
            "socket": "@dir@/run/attach.sock"}, )"
         + more + R"("tenants": )" + tenants + "}";
}

std::string own_tenant(const std::string& regions) {
  return R"([{"name": "prod", "principals": [{"name": "me", "uid": )"
         + std::to_string(::geteuid()) + R"(, "grants": [{"regions": "*",
            "rights": ["read", "write", "create", "admin"]}]}],
            "regions": )"
         + regions + "}]";
}

real_node::real_node(const std::string& text, int network) : network_{network} {
  auto config = text;
  for (auto at = config.find("@dir@"); at != std::string::npos;
       at = config.find("@dir@", at))
    config.replace(at, 5, directory());
  std::ofstream{config_file()} << config;
  // Made before the node would make it 0710: clients of other users come too.
  std::filesystem::create_directory(directory() + "/run");
  ::chmod((directory() + "/run").c_str(), 0711);
  launch();
}

real_node::~real_node() {
  if (pid_ > 0)
    kill();
}

std::string real_node::socket() const {
  return directory() + "/run/attach.sock";
}

std::string real_node::config_file() const {
  return directory() + "/node.json";
}

void real_node::launch() {
  pid_
    = spawn({"--config", config_file()}, directory() + "/node.log", network_);
  wait_until_it_listens();
}

void real_node::wait_until_it_listens() {
  const auto up = [this] {
    if (answers(socket()))
      return true;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_)
      return false;
    pid_ = -1;
    throw std::runtime_error{"the node ended with "
                             + std::to_string(code_of(status)) + ": " + log()};
  };
  if (!eventually(up, 20s))
    throw std::runtime_error{"the node does not come up: " + log()};
}

void real_node::restart() {
  if (pid_ > 0)
    throw std::logic_error{"it still runs"};
  launch();
}

void real_node::freeze() {
  signal(SIGSTOP);
  int status = 0;
  ::waitpid(pid_, &status, WUNTRACED);
}

void real_node::thaw() {
  signal(SIGCONT);
}

void real_node::kill() {
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void real_node::signal(int number) {
  ::kill(pid_, number);
}

std::optional<int> real_node::wait_for_end(std::chrono::milliseconds patience) {
  const auto code = reap(pid_, patience);
  if (code)
    pid_ = -1;
  return code;
}

int real_node::stop(std::chrono::seconds patience) {
  signal(SIGTERM);
  const auto code = wait_for_end(patience);
  if (!code)
    throw std::runtime_error{"the node does not end: " + log()};
  return *code;
}

std::string real_node::log() const {
  return read_file(directory() + "/node.log");
}

} // namespace holdfast::test
