// lock_holder SOCKET REGION VARIABLE: takes a variable's lock as a writer does,
// says so, and waits to be killed.
#include "shm/client/connection.hpp"
#include "shm/directory.hpp"

#include <unistd.h>

#include <iostream>

int main(int argc, char** argv) {
  using namespace holdfast;
  if (argc != 4)
    return 2;
  client::connect_options options;
  options.socket = argv[1];
  options.client = "lock_holder";
  const auto node = client::connection::connect(options);
  if (!node) {
    std::cerr << node.assume_error().message() << '\n';
    return 1;
  }
  const auto region = node.assume_value().attach(argv[2], shm::access::write);
  if (!region) {
    std::cerr << region.assume_error().message() << '\n';
    return 1;
  }
  const auto& attached = *region.assume_value().attached();
  const auto found = shm::find_variable(attached.map, argv[3]);
  if (!found)
    return 1;
  const auto& [slot, generation]
    = std::tie(found.assume_value().slot, found.assume_value().generation);
  attached.map.head(slot)->lock.store(
    shm::layout::lock_word::held(generation, attached.owner));
  std::cout << "held" << std::endl;
  for (;;)
    ::pause();
}
