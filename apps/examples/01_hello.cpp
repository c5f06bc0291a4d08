// One variable of one region: store a value, read it back.
//
//   01_hello [socket]
#include "shm/client/connection.hpp"

#include <cstdio>
#include <cstdlib>

using namespace holdfast;

namespace {

// Errors are values. Here, each ends the program with its message, which says
// what is wrong and what to do.
template <class T>
T need(shm::result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.assume_error().message().c_str());
    std::exit(EXIT_FAILURE);
  }
  return std::move(result).assume_value();
}

} // namespace

int main(int count, char** arguments) {
  client::connect_options options{.tenant = "tutorial", .client = "hello"};
  if (count > 1)
    options.socket = arguments[1];

  // The node is asked twice: who are you, and may I map this region?
  const auto node = need(client::connection::connect(options));
  const auto region = need(node.attach("first", shm::access::write));
  std::printf("node %s knows us as %s\n", node.node().name.c_str(),
              node.node().principal.c_str());

  // The name, the type and the size are checked here, once.
  const auto temperature = need(region.find<double>("temperature"));

  // From here on no system call is made and the node is not asked.
  const auto version = temperature.store(21.5);
  const auto now = temperature.read();
  if (!version || !now)
    return EXIT_FAILURE;
  std::printf("temperature is %.1f\n", now.assume_value().value);

  // Each store raises the version by one; freshness tells whether the node
  // still vouches for what its memory says.
  const bool fresh
    = now.assume_value().freshness_at().kind == shm::freshness_kind::fresh;
  std::printf("version %s, %s\n",
              now.assume_value().version >= version.assume_value()
                ? "as stored or newer"
                : "is older than what was stored",
              fresh ? "fresh" : "stale");
}
