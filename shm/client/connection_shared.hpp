// What all copies of a connection and its mapped regions hold on to. Known to
// the sources of `connection` alone.
#pragma once

#include "shm/client/connection.hpp"
#include "shm/client/line.hpp"
#include "shm/client/turn.hpp"

#include <chrono>
#include <memory>

namespace holdfast::client {

struct connection::shared {
  std::shared_ptr<line> to_node;
  std::chrono::milliseconds patience;
  node_greeting greeting;
  /// Of flushes: what one leaves in doubt the next has to name.
  std::unique_ptr<turn> flushes = std::make_unique<turn>();

  deadline patience_end() const {
    return std::chrono::steady_clock::now() + patience;
  }
};

/// What it asked for may be so all the same.
shm::error unknown_without_answer(shm::error why);

} // namespace holdfast::client
