#include "apps/processes/node_process.hpp"

#include "apps/processes/interruption.hpp"
#include "shm/descriptor.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace holdfast::processes {

namespace {

using namespace std::chrono_literals;

bool answers(const std::string& path) {
  const shm::descriptor line{
    ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return ::connect(line.get(), reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address))
         == 0;
}

} // namespace

node_process::node_process(std::string program, const std::string& text,
                           int network)
  : program_{std::move(program)}, network_{network} {
  auto config = text;
  for (auto at = config.find("@dir@"); at != std::string::npos;
       at = config.find("@dir@", at))
    config.replace(at, 5, directory());
  std::ofstream{config_file()} << config;
  // Made before the node would make it 0710: clients of other users come too.
  std::filesystem::create_directory(directory() + "/run");
  ::chmod((directory() + "/run").c_str(), 0711);
  start();
}

std::string node_process::socket() const {
  return directory() + "/run/attach.sock";
}

std::string node_process::config_file() const {
  return directory() + "/node.json";
}

void node_process::start() {
  process_.emplace(launch{.program = program_,
                          .arguments = {"--config", config_file()},
                          .output = directory() + "/node.log",
                          .network = network_});
  wait_until_it_listens();
}

void node_process::wait_until_it_listens() {
  const auto up = [this] {
    if (answers(socket()))
      return true;
    if (const auto code = process_->wait_for_end(0ms))
      throw std::runtime_error{"the node ended with " + std::to_string(*code)
                               + ": " + log()};
    return false;
  };
  if (!eventually(up, 20s))
    throw std::runtime_error{"the node does not come up: " + log()};
}

void node_process::restart() {
  if (pid() > 0)
    throw std::logic_error{"it still runs"};
  start();
}

void node_process::freeze() {
  process_->freeze();
}

void node_process::thaw() {
  signal(SIGCONT);
}

void node_process::kill() {
  process_->kill();
}

void node_process::signal(int number) {
  process_->signal(number);
}

std::optional<int>
node_process::wait_for_end(std::chrono::milliseconds patience) {
  return process_->wait_for_end(patience);
}

int node_process::stop(std::chrono::seconds patience) {
  signal(SIGTERM);
  const auto code = wait_for_end(patience);
  if (!code)
    throw std::runtime_error{"the node does not end: " + log()};
  return *code;
}

std::string node_process::log() const {
  return text_of_file(directory() + "/node.log");
}

std::string text_of_file(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace holdfast::processes
