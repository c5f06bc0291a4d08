// Tries what its rights do not allow, and tells what came of each.
//
//   trespasser <socket> <tenant> <region> <other tenant> <other region>
//
// It may read `region`, and nothing else.
#include "apps/examples/program.hpp"
#include "shm/client/line.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <set>

namespace holdfast::examples {

namespace {

constexpr auto allowed = "ALLOWED";
constexpr std::size_t page = 4096;

template <class Result>
std::string outcome_of(const Result& result) {
  return result ? allowed
                : std::string{shm::name_of(result.assume_error().code)};
}

/// "ALLOWED", or the name of what the kernel answered.
std::string outcome_of(bool done) {
  if (done)
    return allowed;
  const char* name = ::strerrorname_np(errno);
  return name == nullptr ? "error " + std::to_string(errno) : name;
}

std::string map_for_writing(int fd) {
  void* at = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const auto outcome = outcome_of(at != MAP_FAILED);
  if (at != MAP_FAILED)
    ::munmap(at, page);
  return outcome;
}

/// Maps for reading, as it may, then asks the kernel for more.
std::string raise_protection(int fd) {
  void* at = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED)
    give_up("cannot map what was given for reading");
  const auto outcome
    = outcome_of(::mprotect(at, page, PROT_READ | PROT_WRITE) == 0);
  ::munmap(at, page);
  return outcome;
}

/// A descriptor can be opened again through /proc, with other rights.
std::string reopen(int fd) {
  const auto path = "/proc/self/fd/" + std::to_string(fd);
  const shm::descriptor again{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  return again ? map_for_writing(again.get()) : outcome_of(false);
}

std::string overwrite(int fd) {
  const char byte = 1;
  return outcome_of(::pwrite(fd, &byte, 1, 0) == 1);
}

/// Tries it on both memory objects of the region: "EACCES" or "EACCES/EPERM".
std::string on_both(const std::vector<shm::descriptor>& objects,
                    std::string (*trick)(int)) {
  std::set<std::string> outcomes;
  for (const auto& object : objects)
    outcomes.insert(trick(object.get()));
  std::string text;
  for (const auto& outcome : outcomes)
    text += (text.empty() ? "" : "/") + outcome;
  return text;
}

/// The descriptors as they come over the socket, which connection::attach
/// closes once they are mapped.
std::vector<shm::descriptor> take_descriptors(const std::string& socket,
                                              const std::string& tenant,
                                              const std::string& region) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  const auto line = need(client::line::open(socket, until));
  need(line->ask("hello",
                 {{"protocol", std::uint64_t{wire::version}},
                  {"tenant", tenant},
                  {"client", std::string{"trespasser"}}},
                 until));
  return need(line->ask("attach",
                        {{"region", region}, {"access", std::string{"read"}}},
                        until, 2))
    .descriptors;
}

int run(int count, char** arguments) {
  constexpr auto usage = "trespasser <socket> <tenant> <region> <other tenant> "
                         "<other region>";
  const auto socket = argument(count, arguments, 1, usage);
  const auto tenant = argument(count, arguments, 2, usage);
  const auto region = argument(count, arguments, 3, usage);
  client::connect_options other;
  other.socket = socket;
  other.tenant = argument(count, arguments, 4, usage);
  other.client = "trespasser";
  tell("other_tenant", outcome_of(client::connection::connect(other)));

  const auto node = connect_to(socket, tenant, "trespasser");
  tell("other_region",
       outcome_of(
         node.attach(argument(count, arguments, 5, usage), shm::access::read)));
  tell("attach_to_write", outcome_of(node.attach(region, shm::access::write)));

  const auto objects = take_descriptors(socket, tenant, region);
  tell("mmap", on_both(objects, map_for_writing));
  tell("mprotect", on_both(objects, raise_protection));
  tell("reopen", on_both(objects, reopen));
  tell("pwrite", on_both(objects, overwrite));
  return EXIT_SUCCESS;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
