// The door for programs on this host: accepts them on the attach socket,
// bounds how many may come, and gives each a session.
#pragma once

#include "actors/log.hpp"
#include "config/node_config.hpp"
#include "runtime/attach_connection.hpp"
#include "runtime/attach_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace holdfast::runtime {

struct attach_endpoint_options {
  std::string socket;
  config::attach_section limits;
  std::function<actors::session_actor(actors::peer_credentials,
                                      std::shared_ptr<actors::session_line>)>
    open_session;
  std::function<void(const actors::session_actor&, line_packet)> deliver;
  std::function<void(const actors::session_actor&)> ring;
  std::function<void(const actors::session_actor&)> settle;
  actors::log_function log;
};

/// Loop's thread only.
class attach_endpoint {
public:
  /// Listens; nobody is accepted before start().
  static shm::result<std::unique_ptr<attach_endpoint>>
  open(boost::asio::io_context& io, attach_endpoint_options options);

  attach_endpoint(const attach_endpoint&) = delete;
  attach_endpoint& operator=(const attach_endpoint&) = delete;
  ~attach_endpoint();

  void start();

  /// Accepts nobody any more and removes the socket; lines live on.
  void stop_listening();

  /// Tells every client why and ends its line.
  void close_lines(const std::string& reason);

  /// True if the directory of the socket was made by open().
  bool made_directory() const noexcept {
    return made_directory_;
  }

private:
  attach_endpoint(boost::asio::io_context& io, attach_endpoint_options options,
                  attach_socket socket);

  void wait_for_clients();
  void accept_batch();
  bool accept_one();
  bool make_room() noexcept;
  void admit_or_drop(shm::descriptor client);
  std::string_view refusal(std::uint32_t uid);
  void make_place_for(std::uint32_t uid);
  void welcome(shm::descriptor client,
               const actors::peer_credentials& credentials);
  void on_settled(attach_connection& connection);
  void on_closed(attach_connection& connection, std::string_view reason);
  void count_drop(std::string_view reason, std::uint32_t uid);

  boost::asio::io_context& io_;
  attach_endpoint_options options_;
  std::unique_ptr<attach_socket> socket_;
  boost::asio::posix::stream_descriptor acceptor_;
  boost::asio::steady_timer pause_;
  shm::descriptor reserve_; // given up to accept and drop when none is left
  std::set<std::shared_ptr<attach_connection>> connections_;
  std::map<std::uint32_t, std::size_t> by_uid_;
  /// Those without a session yet by user, the oldest first; no user without
  /// one is in it.
  std::map<std::uint32_t, std::list<attach_connection*>> pending_by_uid_;
  std::size_t pending_ = 0;
  std::size_t dropped_ = 0; // since the last line in the log
  std::chrono::steady_clock::time_point last_drop_logged_;
  bool made_directory_;
};

} // namespace holdfast::runtime
