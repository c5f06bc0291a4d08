// One client on the attach socket: packets in, packets and descriptors out.
//
// Lives on the loop's thread; the session reaches it through its line, which
// posts. Trusts nothing that comes in and takes no descriptors.
#pragma once

#include "actors/door.hpp"
#include "actors/interfaces.hpp"
#include "shm/descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

class attach_connection
  : public std::enable_shared_from_this<attach_connection> {
public:
  struct callbacks {
    /// Hands a request to the session; it may be answered before this returns.
    std::function<void(const actors::session_actor&, line_packet)> deliver;
    /// Has what the client stored looked at, maybe before this returns.
    std::function<void(const actors::session_actor&)> ring;
    /// Tells the session, after what came with the hello, that it has time.
    std::function<void(const actors::session_actor&)> settle;
    std::function<void(attach_connection&)> admitted;
    std::function<void(attach_connection&, std::string_view reason)> closed;
  };

  attach_connection(boost::asio::io_context& io, shm::descriptor socket,
                    actors::peer_credentials credentials, callbacks events);

  /// True while the client has said nothing that the node has to answer.
  bool is_silent() const noexcept {
    return !busy_ && !admitted_;
  }

  /// The end that the session holds.
  std::shared_ptr<actors::session_line> line();

  /// Begins to read. A client that has said nothing yet hears `greeting`; one
  /// that has not been admitted at the deadline is let go.
  void start(actors::session_actor session, std::span<const std::byte> greeting,
             std::chrono::milliseconds hello_deadline);

  const actors::peer_credentials& credentials() const noexcept {
    return credentials_;
  }

  bool is_admitted() const noexcept {
    return admitted_;
  }

  // -- called by the line, on the loop's thread --

  void send(std::vector<std::byte> packet,
            std::vector<shm::shared_descriptor> descriptors);
  void admit();
  void next();

  /// Ends it once what was sent before is out, or at once if it cannot be.
  void finish(std::string_view reason);

private:
  struct outgoing {
    std::vector<std::byte> packet;
    std::vector<shm::shared_descriptor> descriptors;
  };

  enum class received { packet, ring, nothing, closed };

  boost::asio::posix::stream_descriptor& stream();
  void end_if_silent();
  void wait_readable();
  void wait_hung_up();
  void wait_writable();
  void wait_for_answer();
  void read();
  received read_one();
  void pass_ring_on();
  void rest_from_rings();
  void flush();
  bool send_front();
  void close(std::string_view reason);

  boost::asio::posix::stream_descriptor stream_;
  shm::descriptor fresh_; // until the loop has to watch it: then in stream_
  int socket_;            // its number
  boost::asio::steady_timer deadline_; // of hello, then of rests
  boost::asio::steady_timer overdue_;  // when an answer is
  actors::peer_credentials credentials_;
  callbacks events_;
  actors::session_actor session_;
  std::list<outgoing> queue_;
  std::size_t queue_bytes_ = 0;
  bool admitted_ = false;
  bool greeted_ = false; // has had its first answer
  bool busy_ = false;    // a request is with the session
  bool reading_ = false; // takes one packet after the other just now
  bool waiting_ = false; // for something to read
  bool resting_ = false; // from a flood of rings
  bool writing_ = false; // waits until the socket takes more
  bool ending_ = false;  // closes when the queue is out
  bool open_ = true;
  std::chrono::steady_clock::time_point last_ring_;
};

} // namespace holdfast::runtime
