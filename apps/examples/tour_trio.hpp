// Three nodes that list each other, each a process on a directory of its own,
// and the region that they hold together.
#pragma once

#include "apps/examples/tour_node.hpp"
#include "shm/client/connection.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::examples {

/// What one node tells of the leader.
struct leadership {
  std::uint64_t leader = 0; // 0: it does not answer, or nobody leads
  std::uint64_t term = 0;

  bool operator==(const leadership&) const = default;
};

class trio_member {
public:
  /// Starts it. `ports`: of all three, in the order of their ids.
  trio_member(const cast& players, std::size_t index,
              const std::vector<std::uint16_t>& ports);

  void start();
  void kill();

  /// Until it has ended in order.
  void stop();

  leadership sees();

  /// Something that only a majority can decide: whether it was.
  bool decide_on(const std::string& region);

  bool knows(const std::string& region);

  /// Whether it is the home of the live region, and all three have all of it.
  bool is_home();

  /// The home as it sees it; 0: it does not answer.
  std::uint64_t home_seen();

  /// That is where the leader keeps it from then on, as long as it can.
  void ask_to_move_home(std::uint64_t node);

  std::string socket() const {
    return directory_.path() + "/run/attach.sock";
  }

private:
  std::string config() const {
    return directory_.path() + "/node.json";
  }

  /// What it tells of the live region; empty: nothing.
  wire::fields live();

  /// Over one connection for as long as that lasts.
  template <class Question>
  auto ask(Question question)
    -> decltype(question(std::declval<const client::connection&>())) {
    if (!line_) {
      client::connect_options options;
      options.socket = socket();
      options.client = "quickstart";
      auto connected = client::connection::connect(options);
      if (!connected)
        return connected.assume_error();
      line_.emplace(std::move(connected).assume_value());
    }
    auto told = question(*line_);
    if (!told && told.assume_error().code == shm::errc::unreachable)
      line_.reset();
    return told;
  }

  own_directory directory_;
  std::optional<identity> as_;
  std::optional<child> process_;
  std::optional<client::connection> line_;
};

class trio {
public:
  static constexpr std::uint64_t count = 3;

  explicit trio(const cast& players);

  trio_member& at(std::uint64_t id) {
    return *members_.at(id - 1);
  }

  /// Until all of these name the same one of them.
  leadership agreed_by(const std::vector<std::uint64_t>& ids);

  /// Waits until it holds; a tour_failure that names what is missing if not.
  static void until(const char* missing, const std::function<bool()>& holds);

private:
  std::array<std::optional<trio_member>, count> members_;
};

} // namespace holdfast::examples
