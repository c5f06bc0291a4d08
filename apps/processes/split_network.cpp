#include "apps/processes/split_network.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace holdfast::processes {

namespace {

[[noreturn]] void fail(const std::string& call) {
  throw std::runtime_error{call + ": " + std::strerror(errno)};
}

shm::descriptor own_place() {
  shm::descriptor made{
    ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
  if (!made)
    fail("/proc/thread-self/ns/net");
  return made;
}

/// The calling thread is back where it was when this returns.
shm::descriptor new_place() {
  const auto before = own_place();
  if (::unshare(CLONE_NEWNET) != 0)
    fail("a namespace of the network");
  auto made = own_place();
  if (::setns(before.get(), CLONE_NEWNET) != 0)
    fail("setns");
  return made;
}

shm::descriptor as_input(const std::string& text) {
  shm::descriptor made{::memfd_create("ip-commands", MFD_CLOEXEC)};
  if (!made
      || ::write(made.get(), text.data(), text.size())
           != static_cast<ssize_t>(text.size())
      || ::lseek(made.get(), 0, SEEK_SET) != 0)
    fail("memfd_create");
  return made;
}

/// Lines for ip(8), carried out in that namespace.
void run_ip(const shm::descriptor& place, const std::string& lines) {
  const auto input = as_input(lines);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setns(place.get(), CLONE_NEWNET) != 0
        || ::dup2(input.get(), STDIN_FILENO) < 0)
      ::_exit(126);
    ::execlp("ip", "ip", "-batch", "-", nullptr);
    ::_exit(127);
  }
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid)
    fail("fork");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    throw std::runtime_error{"there is no ip(8): install iproute2"};
  if (status != 0)
    throw std::runtime_error{"ip(8) refused one of these:\n" + lines};
}

/// 02 is the mark of addresses that no manufacturer gave.
std::string hardware_address(std::uint64_t id, bool reachable = true) {
  constexpr char digits[] = "0123456789abcdef";
  std::string made = reachable ? "02:00:00:00:00:" : "02:00:00:00:ff:";
  made += digits[id / 16 % 16];
  made += digits[id % 16];
  return made;
}

/// Where the frames to that node go.
std::string neighbour(std::uint64_t id, bool reachable) {
  return "neigh replace " + split_network::host(id) + " lladdr "
         + hardware_address(id, reachable) + " dev wire nud permanent\n";
}

} // namespace

std::string split_network::missing() {
  try {
    const split_network tried{1};
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

split_network::split_network(std::size_t nodes) : middle_{new_place()} {
  for (std::size_t i = 0; i < nodes; ++i)
    places_.push_back(new_place());
  make_bridge();
  for (const auto id : all())
    make_card(id);
  heal();
}

std::string split_network::host(std::uint64_t id) {
  return "10.83.0." + std::to_string(id);
}

split_network::ids split_network::all() const {
  ids made;
  for (std::uint64_t id = 1; id <= size(); ++id)
    made.insert(id);
  return made;
}

split_network::ids split_network::without(const ids& some) const {
  auto made = all();
  for (const auto id : some)
    made.erase(id);
  return made;
}

void split_network::make_bridge() const {
  std::string lines = "link add hub type bridge\nlink set hub up\n";
  for (const auto id : all()) {
    const auto port = "port" + std::to_string(id);
    // A path in the place of a name: the namespaces have none.
    lines += "link add " + port;
    lines += " type veth peer name wire address " + hardware_address(id);
    lines += " netns /proc/" + std::to_string(::getpid());
    lines += "/fd/" + std::to_string(place(id));
    lines += "\nlink set " + port;
    lines += " master hub\nlink set " + port;
    lines += " up\n";
  }
  run_ip(middle_, lines);
}

void split_network::make_card(std::uint64_t id) const {
  run_ip(places_.at(id - 1), "link set lo up\naddr add " + host(id)
                               + "/24 dev wire\nlink set wire up\n");
}

void split_network::cut(const ids& senders, const ids& receivers) const {
  for (const auto from : senders) {
    std::string lines;
    for (const auto to : receivers)
      if (to != from)
        lines += neighbour(to, false);
    run_ip(places_.at(from - 1), lines);
  }
}

void split_network::cut_off(const ids& some) const {
  cut(some, without(some));
  cut(without(some), some);
}

void split_network::heal() const {
  for (const auto from : all()) {
    std::string lines;
    for (const auto to : without({from}))
      lines += neighbour(to, true);
    run_ip(places_.at(from - 1), lines);
  }
}

} // namespace holdfast::processes
