#include "tests/runtime/peer_process.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace holdfast::test {

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(place);
  auto* where = reinterpret_cast<sockaddr*>(&place);
  ::bind(fd, where, size);
  ::getsockname(fd, where, &size);
  ::close(fd);
  return ntohs(place.sin_port);
}

peer_process::peer_process(std::vector<std::string> words) {
  const char* folder = std::getenv("HOLDFAST_BIN_DIR");
  auto program = (folder != nullptr ? std::string{folder} : "build/dev/bin")
                 + "/peer_node";
  const auto output = directory_.path() + "/said";
  std::vector<char*> argv{program.data()};
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  const int fd
    = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(fd, STDOUT_FILENO);
    ::dup2(fd, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(fd);
}

peer_process::~peer_process() {
  if (pid_ > 0)
    end(SIGKILL);
}

std::string peer_process::said() const {
  std::ifstream in{directory_.path() + "/said"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool peer_process::says(const std::string& text,
                        std::chrono::milliseconds patience) {
  return eventually(
    [&] {
      const auto all = said();
      const auto found = all.find(text, heard_);
      if (found == std::string::npos)
        return false;
      heard_ = found + text.size();
      return true;
    },
    patience);
}

void peer_process::signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> peer_process::end(int signal_number) {
  signal(signal_number);
  int status = 0;
  const auto ended = [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; };
  if (!eventually(ended, std::chrono::seconds{10}))
    return std::nullopt;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace holdfast::test
