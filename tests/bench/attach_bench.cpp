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

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace holdfast::bench {

namespace {

// What a region needs at least: one object that nobody but its owner writes,
// and one for the values. Both sides pass, map and touch as many.
constexpr std::size_t objects = 2;
using descriptors = std::array<int, objects>;

// Descriptors beside one byte.
struct passed {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(descriptors))> space{};
  msghdr message{};

  passed() {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
  }
  passed(const passed&) = delete;
  passed& operator=(const passed&) = delete;

  void put(const descriptors& fds) {
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fds);
    std::memcpy(CMSG_DATA(header), &fds, sizeof fds);
  }

  descriptors take() {
    descriptors fds{-1, -1};
    if (const auto* header = CMSG_FIRSTHDR(&message))
      std::memcpy(&fds, CMSG_DATA(header), sizeof fds);
    return fds;
  }
};

// A memory object of one side, reserved as a region's are.
int make_object(std::size_t bytes) {
  const int fd = ::memfd_create("bare", MFD_CLOEXEC);
  if (fd < 0 || ::posix_fallocate(fd, 0, static_cast<off_t>(bytes)) != 0)
    give_up("no memory to pass on");
  return fd;
}

// Maps an object and reads one word of it.
std::pair<void*, std::size_t> map_and_touch(int object) {
  struct stat status {};
  if (::fstat(object, &status) != 0)
    give_up("what was passed on is no file");
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, object, 0);
  if (mapped == MAP_FAILED)
    give_up("what was passed on cannot be mapped");
  const auto word = *static_cast<volatile std::uint64_t*>(mapped);
  benchmark::DoNotOptimize(word);
  return {mapped, bytes};
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

// Passes two memory objects to everybody who connects.
class bare_passing {
public:
  bare_passing(std::string path, std::size_t bytes, int cpu)
    : path_{std::move(path)},
      objects_{make_object(control_bytes), make_object(bytes)} {
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
    for (const int each : objects_)
      ::close(each);
  }

  bare_passing(const bare_passing&) = delete;
  bare_passing& operator=(const bare_passing&) = delete;

  // Connects, receives, maps and reads a word of each; how long that took.
  double attach() const {
    const auto start = nanoseconds_now();
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const auto address = address_of(path_);
    passed got;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                  sizeof address)
          != 0
        || ::recvmsg(fd, &got.message, MSG_CMSG_CLOEXEC) != 1)
      give_up("nothing was passed on");
    const auto received = got.take();
    const auto control = map_and_touch(received[0]);
    const auto data = map_and_touch(received[1]);
    const auto took = nanoseconds_now() - start;
    ::munmap(control.first, control.second);
    ::munmap(data.first, data.second);
    for (const int each : received)
      ::close(each);
    ::close(fd);
    return took;
  }

private:
  [[noreturn]] void serve() const {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      passed message;
      message.put(objects_);
      ::sendmsg(client, &message.message, MSG_NOSIGNAL);
      ::close(client);
    }
  }

  // As large as that of the region beside it.
  static constexpr std::size_t control_bytes
    = shm::layout::plan::of(1024).control_bytes;

  std::string path_;
  descriptors objects_;
  int listener_ = -1;
  std::optional<child> server_;
};

client::connect_options options_for(const test::real_node& node) {
  client::connect_options options;
  options.socket = node.socket();
  options.client = "bench";
  return options;
}

client::connection connect(const test::real_node& node) {
  return need(client::connection::connect(options_for(node)));
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
    keeper = connect(*node);
    const auto region = need(keeper->attach("r", shm::access::write));
    need(need(region.find<std::uint64_t>("v")).store(1));
  }

  // As a program does that wants one region of one node.
  double attach() const {
    const auto start = nanoseconds_now();
    auto both = need(client::connection::connect_and_attach(
      options_for(*node), "r", shm::access::read));
    return finish(std::move(both), start);
  }

  // The same in two steps: one wait more.
  double attach_in_two_steps() const {
    const auto start = nanoseconds_now();
    auto session = connect(*node);
    auto region = need(session.attach("r", shm::access::read));
    return finish({std::move(session), std::move(region)}, start);
  }

  // As attach(), for a program that is connected already.
  double attach_again(const client::connection& session) const {
    const auto start = nanoseconds_now();
    const auto took
      = first_read(need(session.attach("r", shm::access::read)), start);
    if (!session.detach("r"))
      give_up("cannot detach");
    return took;
  }

  // What a session leaves to do for the node when it ends is no part of an
  // attach, so it does not end before settle().
  double finish(client::connected_region both, double start) const {
    const auto took = first_read(both.region, start);
    held.push_back(std::move(both));
    return took;
  }

  void settle() const {
    held.clear();
    const auto alone = [this] {
      const auto status = need(keeper->call("status"));
      return wire::number_or(status, "sessions", 0) == 1;
    };
    while (!alone())
      ::usleep(1000);
  }

  static double first_read(const shm::region_view& region, double start) {
    const auto value = need(need(region.find<std::uint64_t>("v")).read());
    benchmark::DoNotOptimize(value.value);
    return nanoseconds_now() - start;
  }

  std::optional<test::real_node> node;
  std::optional<bare_passing> bare;
  std::optional<client::connection> keeper; // keeps the node in use
  mutable std::vector<client::connected_region> held;
};

enum class way { at_once, in_two_steps, when_connected };

figures attach(benchmark::State& state, std::size_t bytes, way how) {
  if (!find_node()) {
    state.SkipWithError("skipped: holdfast-node is not built");
    return {};
  }
  const node_and_bare both{quick ? 1U << 20 : bytes, second_cpu};
  const auto bare = [&] { return both.bare->attach(); };
  const auto settle = [&] { both.settle(); };
  if (how == way::at_once)
    return compare_medians(
      state, 40, [&] { return both.attach(); }, bare, settle);
  if (how == way::in_two_steps)
    return compare_medians(
      state, 40, [&] { return both.attach_in_two_steps(); }, bare, settle);
  const auto session = connect(*both.node);
  return compare_medians(
    state, 40, [&] { return both.attach_again(session); }, bare);
}

} // namespace

void add_attach_rows() {
  const char* bare = "connect and pass two descriptors";
  add_row({"attach/1MiB", "ns", bare},
          [](auto& state) { return attach(state, 1U << 20, way::at_once); });
  add_row({"attach/1GiB", "ns", bare, goal{direction::at_most, 1.5}},
          [](auto& state) { return attach(state, 1U << 30, way::at_once); });
  add_row({"attach/1GiB_two_steps", "ns", bare}, [](auto& state) {
    return attach(state, 1U << 30, way::in_two_steps);
  });
  add_row({"attach/1GiB_connected", "ns", bare}, [](auto& state) {
    return attach(state, 1U << 30, way::when_connected);
  });
}

} // namespace holdfast::bench
