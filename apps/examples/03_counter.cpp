// Two ways for many writers to change one variable without losing a change:
// a counter, and compare_and_store by version.
//
//   03_counter [socket]
#include "shm/client/connection.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace holdfast;

namespace {

constexpr int writers = 4;
constexpr int changes = 1000;

// Reads, changes and stores, unless somebody stored in between: then again.
bool raise(const shm::variable<double>& highest, double to) {
  for (;;) {
    const auto now = highest.read();
    if (!now && now.assume_error() != shm::errc::no_value)
      return false;
    // Version 0 means: nothing was stored yet.
    const auto version = now ? now.assume_value().version : 0;
    const auto value = now ? std::max(now.assume_value().value, to) : to;
    const auto stored = highest.compare_and_store(version, value);
    if (stored)
      return true;
    if (stored.assume_error() != shm::errc::version_conflict)
      return false;
  }
}

int run(const client::connect_options& options, bool report) {
  const auto node = client::connection::connect(options);
  if (!node) {
    std::fprintf(stderr, "%s\n", node.assume_error().message().c_str());
    return EXIT_FAILURE;
  }
  const auto region = node.assume_value().attach("first", shm::access::write);
  if (!region)
    return EXIT_FAILURE;
  const auto visits = region.assume_value().find_counter("visits");
  const auto highest = region.assume_value().find<double>("highest");
  if (!visits || !highest)
    return EXIT_FAILURE;
  for (int i = 0; i < changes && !report; ++i)
    if (!visits.assume_value().fetch_add(1)
        || !raise(highest.assume_value(), ::getpid() * 1000.0 + i))
      return EXIT_FAILURE;
  if (report)
    std::printf("%d writers made %lld visits\n", writers,
                static_cast<long long>(
                  visits.assume_value().read().assume_value().value));
  return EXIT_SUCCESS;
}

} // namespace

int main(int count, char** arguments) {
  client::connect_options options{.tenant = "tutorial", .client = "counter"};
  if (count > 1)
    options.socket = arguments[1];
  for (int i = 0; i < writers; ++i)
    if (::fork() == 0)
      ::_exit(run(options, false));
  bool good = true;
  for (int status = 0; ::wait(&status) > 0;)
    good = good && status == 0;
  return good ? run(options, true) : EXIT_FAILURE;
}
