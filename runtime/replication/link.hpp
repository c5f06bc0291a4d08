// What goes to one node and comes from it, over whichever connection there is:
// keeps what is to be sent, writes and reads frames.
//
// Knows nothing of how a connection is made (replication_network.hpp).
#pragma once

#include "actors/peer_messages.hpp"
#include "actors/region_messages.hpp"
#include "runtime/replication/frame.hpp"
#include "runtime/replication/stream.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct replication_bounds {
  std::size_t waiting_bytes_max = 0; ///< for one node
  std::size_t content_bytes_max = 0; ///< of one packet
};

/// The loop's thread only.
class replication_link : public std::enable_shared_from_this<replication_link> {
public:
  struct hooks {
    std::function<void(region_packet packet)> arrived;
    /// The connection ended; the reason is for people.
    std::function<void(const std::string& why)> lost;
  };

  replication_link(replication_place to, replication_bounds bounds, hooks tell);

  const replication_place& place() const noexcept {
    return to_;
  }

  /// Lost if too much waits already.
  void send(region_packet packet);

  /// Uses this one from now on; ends the one before.
  void run_on(std::shared_ptr<replication_stream> stream);

  /// For good; tells nobody.
  void close();

private:
  struct frame {
    replication_head head;
    std::vector<char> content;
  };

  void write();
  std::vector<frame> take_waiting();
  void read();
  void on_read(std::size_t bytes);
  bool take_frames();
  void lose(const std::string& why);

  const replication_place to_;
  const replication_bounds bounds_;
  hooks tell_;

  std::deque<frame> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::shared_ptr<replication_stream> stream_; ///< null: none now
  std::vector<frame> flying_;
  std::vector<char> read_; ///< holds the longest frame
  std::size_t read_bytes_ = 0;
};

} // namespace holdfast::runtime
