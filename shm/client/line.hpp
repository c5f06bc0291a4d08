// The socket to a node: requests go out, answers come back, one at a time.
//
// Knows frames and their order, not what any command means. Nothing the node
// sends is believed before it is checked.
#pragma once

#include "shm/client/turn.hpp"
#include "shm/descriptor.hpp"
#include "shm/error.hpp"
#include "shm/wire/frame.hpp"
#include "shm/wire/packet.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::client {

using deadline = std::chrono::steady_clock::time_point;

/// What to ask, and how many descriptors the answer must bring.
struct question {
  std::string_view command;
  wire::fields arguments;
  std::size_t descriptors = 0;
  bool at_once = false; ///< the node waits for nobody before it answers
};

/// What a reply carried.
struct answer {
  wire::fields fields;
  std::vector<shm::descriptor> descriptors;
};

/// How often one who waits still looks before it sleeps. Who asked for what is
/// answered at once looks for it, whoever was woken for what follows: once for
/// a whole burst, whatever comes in between.
struct alertness {
  bool woken = false;
  int looks = 0;

  void wake() noexcept;
};

/// Any thread may use it; questions take turns. Closes its socket at the end.
class line {
public:
  /// Connects. Errors: unreachable, refused (no permission on the socket),
  /// timeout, bad_argument, system; all name the path.
  static shm::result<std::shared_ptr<line>> open(const std::string& path,
                                                 deadline until);

  line(const line&) = delete;
  line& operator=(const line&) = delete;

  /// Sends a request and waits for its answer, which must bring exactly
  /// `descriptors` of them. Errors: what the node answers; timeout, after
  /// which the request may still be served and its late answer is skipped;
  /// unreachable once the node hung up; protocol, after which every further
  /// question gets the same error.
  shm::result<answer> ask(std::string_view command, wire::fields arguments,
                          deadline until, std::size_t descriptors = 0);

  /// Sends several requests in a row and then waits for all answers, which
  /// come in order: one wait instead of many. Ends with the first failure; the
  /// node has the later requests all the same. Errors: as ask().
  shm::result<std::vector<answer>> ask_all(std::vector<question> questions,
                                           deadline until);

  /// False once the node hung up or broke the protocol. Never blocks.
  bool alive() const noexcept;

  /// Sleeps until the node hangs up. Errors: timeout.
  shm::result<void> wait_for_hang_up(deadline until) const;

  /// Hangs up; whoever waits for the node wakes. Never blocks.
  void hang_up() const noexcept;

  int socket() const noexcept {
    return socket_.get();
  }

private:
  explicit line(shm::descriptor socket) noexcept : socket_{std::move(socket)} {
    // nop
  }

  shm::result<void> send(question& asked, deadline until);
  shm::result<wire::received_packet> take_packet(alertness& state,
                                                 deadline until) const;
  shm::result<answer> receive(const question& asked, std::uint64_t id,
                              alertness& state, deadline until);
  shm::result<std::optional<answer>>
  sort(wire::received_packet packet, const question& asked, std::uint64_t id);
  shm::error break_off(shm::error why);
  shm::error hung_up() const;

  shm::descriptor socket_;
  std::atomic<bool> broken_{false}; // the node broke the protocol

  // Touched only by whoever has the turn.
  turn turn_;
  std::uint64_t asked_ = 0;    // id of the latest request
  std::uint64_t answered_ = 0; // id of the latest answer: they come in order
  std::string last_words_;     // the reason the node gave before closing
  std::optional<shm::error> why_broken_;
};

} // namespace holdfast::client
