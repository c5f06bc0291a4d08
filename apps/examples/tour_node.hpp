// A node for the tour, with its own directory, users and configuration.
#pragma once

#include "apps/examples/tour_process.hpp"

#include <optional>
#include <string>

namespace holdfast::examples {

/// Who the programs run as. Root gives each its own user, who needs no
/// account; anybody else can only be himself.
struct cast {
  bool separate = false;
  std::optional<identity> node{};
  std::optional<identity> host_publisher{};
  std::optional<identity> host_reader{};
  std::optional<identity> market_publisher{};
  std::optional<identity> market_reader{};

  static cast choose();

  /// "uids 64000 to 64004" or "uid 1000".
  std::string text() const;
};

/// As it stands in a node's configuration: `rights`, in quotes, to all regions.
std::string principal(const std::string& name, uid_t uid,
                      const std::string& rights);

/// What a reader of tenant host tries to get at. One user cannot be kept from
/// what he may write, so there he is sent against things that are not his.
struct targets {
  std::string region;
  std::string other_tenant;
  std::string other_region;
};

/// A directory for a while; goes with all that is in it.
class own_directory {
public:
  own_directory();
  own_directory(const own_directory&) = delete;
  own_directory& operator=(const own_directory&) = delete;
  ~own_directory();

  const std::string& path() const noexcept {
    return path_;
  }

  /// Makes it and the files in it this user's; the user's group may pass
  /// through it, to a socket. Nobody: it stays as it is.
  void give_to(const std::optional<identity>& who) const;

private:
  std::string path_;
};

class tour_node {
public:
  /// Starts it and waits until it answers.
  explicit tour_node(const cast& players);

  tour_node(const tour_node&) = delete;
  tour_node& operator=(const tour_node&) = delete;

  /// Ends the node. If it ended by itself, prints what it said.
  ~tour_node();

  const std::string& socket() const noexcept {
    return socket_;
  }

  /// Asks it to end; a tour_failure unless it ends in order.
  void stop();

private:
  void wait_until_it_answers();
  std::string last_words() const;

  own_directory directory_;
  std::string socket_;
  std::optional<child> process_;
  bool stopped_ = false;
};

targets targets_of(const cast& players);

} // namespace holdfast::examples
