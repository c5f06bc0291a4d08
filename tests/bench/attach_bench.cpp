// From nothing to the first value read: a real node and the client library,
// against a process that does no more than pass a descriptor on.

#include "shm/client/connection.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/test_region.hpp"
#include "tests/support/real_node.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

namespace holdfast::bench {

namespace {

// One descriptor beside one byte.
struct passed {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
  msghdr message{};

  passed() {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
  }
  passed(const passed&) = delete;
  passed& operator=(const passed&) = delete;

  void put(int fd) {
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }

  int take() {
    int fd = -1;
    if (const auto* header = CMSG_FIRSTHDR(&message))
      std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
  }
};

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

// Passes one memory object to everybody who connects.
class bare_passing {
public:
  bare_passing(std::string path, std::size_t bytes, int cpu)
    : path_{std::move(path)} {
    object_ = ::memfd_create("bare", MFD_CLOEXEC);
    const auto size = static_cast<off_t>(bytes);
    if (object_ < 0 || ::posix_fallocate(object_, 0, size) != 0)
      give_up("no memory to pass on");
    listener_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const auto address = address_of(path_);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address),
               sizeof address)
          != 0
        || ::listen(listener_, 16) != 0)
      give_up("cannot listen");
    server_.emplace(cpu, [this] { serve(); });
  }

  ~bare_passing() {
    server_.reset();
    ::close(listener_);
    ::close(object_);
  }

  bare_passing(const bare_passing&) = delete;
  bare_passing& operator=(const bare_passing&) = delete;

  // Connects, receives, maps and reads one word; how long that took.
  double attach() const {
    const auto start = nanoseconds_now();
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const auto address = address_of(path_);
    passed got;
    struct stat status {};
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                  sizeof address)
          != 0
        || ::recvmsg(fd, &got.message, MSG_CMSG_CLOEXEC) != 1)
      give_up("nothing was passed on");
    const int object = got.take();
    if (::fstat(object, &status) != 0)
      give_up("what was passed on is no file");
    const auto bytes = static_cast<std::size_t>(status.st_size);
    void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, object, 0);
    if (mapped == MAP_FAILED)
      give_up("what was passed on cannot be mapped");
    const auto word = *static_cast<volatile std::uint64_t*>(mapped);
    benchmark::DoNotOptimize(word);
    const auto took = nanoseconds_now() - start;
    ::munmap(mapped, bytes);
    ::close(object);
    ::close(fd);
    return took;
  }

private:
  [[noreturn]] void serve() const {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      passed message;
      message.put(object_);
      ::sendmsg(client, &message.message, MSG_NOSIGNAL);
      ::close(client);
    }
  }

  std::string path_;
  int object_ = -1;
  int listener_ = -1;
  std::optional<child> server_;
};

client::connection connect(const test::real_node& node) {
  client::connect_options options;
  options.socket = node.socket();
  options.client = "bench";
  return need(client::connection::connect(options));
}

// The node finds its program there; false if it was not built.
bool find_node() {
  const auto folder
    = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  ::setenv("HOLDFAST_BIN_DIR", folder.c_str(), 0);
  return std::filesystem::exists(std::string{std::getenv("HOLDFAST_BIN_DIR")}
                                 + "/holdfast-node");
}

struct node_and_bare {
  node_and_bare(std::size_t bytes, int cpu) {
    pin_to(cpu); // the node inherits it
    node.emplace(test::node_text(test::own_tenant(R"([{"name": "r", "bytes": ")"
                                                  + std::to_string(bytes >> 20)
                                                  + R"(MiB", "variables": [
           {"name": "v", "type": "u64", "capacity": "8B"}]}])")));
    pin_to(first_cpu);
    bare.emplace(node->directory() + "/bare.sock", bytes, cpu);
    const auto first = connect(*node);
    const auto region = need(first.attach("r", shm::access::write));
    need(need(region.find<std::uint64_t>("v")).store(1));
  }

  double attach() const {
    const auto start = nanoseconds_now();
    const auto session = connect(*node);
    return finish_attach(session, start);
  }

  // As attach(), for a program that is connected already.
  double attach_again(const client::connection& session) const {
    const auto took = finish_attach(session, nanoseconds_now());
    if (!session.detach("r"))
      give_up("cannot detach");
    return took;
  }

  static double finish_attach(const client::connection& session, double start) {
    const auto region = need(session.attach("r", shm::access::read));
    const auto value = need(need(region.find<std::uint64_t>("v")).read());
    benchmark::DoNotOptimize(value.value);
    return nanoseconds_now() - start;
  }

  std::optional<test::real_node> node;
  std::optional<bare_passing> bare;
};

figures attach(benchmark::State& state, std::size_t bytes, bool connected) {
  if (!find_node()) {
    state.SkipWithError("skipped: holdfast-node is not built");
    return {};
  }
  const node_and_bare both{quick ? 1U << 20 : bytes, second_cpu};
  const auto bare = [&] { return both.bare->attach(); };
  if (!connected)
    return compare_medians(
      state, 40, [&] { return both.attach(); }, bare);
  const auto session = connect(*both.node);
  return compare_medians(
    state, 40, [&] { return both.attach_again(session); }, bare);
}

} // namespace

void add_attach_rows() {
  const char* bare = "connect and pass a descriptor";
  add_row({"attach/1MiB", "ns", bare},
          [](auto& state) { return attach(state, 1U << 20, false); });
  add_row({"attach/1GiB", "ns", bare, goal{direction::at_most, 1.5}},
          [](auto& state) { return attach(state, 1U << 30, false); });
  add_row({"attach/1GiB_connected", "ns", bare},
          [](auto& state) { return attach(state, 1U << 30, true); });
}

} // namespace holdfast::bench
