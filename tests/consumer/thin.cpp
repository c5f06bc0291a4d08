// Stores a few prices, has them kept, and reads the last one back.
#include "shm/client/connection.hpp"

#include <iostream>

using namespace holdfast;

int fail(const shm::error& why) {
  std::cerr << why.message() << '\n';
  return 1;
}

int main(int, char** arguments) {
  const auto node
    = client::connection::connect({.socket = arguments[1], .client = "thin"});
  if (!node)
    return fail(node.error());

  const auto quotes = node.value().attach("quotes", shm::access::write);
  if (!quotes)
    return fail(quotes.error());

  const auto bid = quotes.value().find<double>("bid");
  if (!bid)
    return fail(bid.error());

  for (double price : {101.25, 101.5, 101.75})
    if (const auto stored = bid.value().store(price); !stored)
      return fail({stored.error(), "storing 'bid'"});

  // So far they are in this host's memory only.
  if (const auto safe = node.value().flush(quotes.value()); !safe)
    return fail(safe.error());

  const auto last = bid.value().read();
  if (!last)
    return fail({last.error(), "reading 'bid'"});
  std::cout << "bid " << last.value().value << " version "
            << last.value().version << '\n';
}
