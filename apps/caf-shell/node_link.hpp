// The shell's connection and the regions it has mapped.
#pragma once

#include "shm/client/connection.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::shell {

/// Connects when first asked, and again after the node hung up.
class node_link {
public:
  explicit node_link(client::connect_options options)
    : options_{std::move(options)} {
    // nop
  }

  /// The live connection. Errors: as connection::connect.
  shm::result<client::connection> connection();

  /// The mapped region, with at least that access. A node hands a region out
  /// once a session, so one mapped for reading is given back first when it is
  /// wanted for writing: hold no handles of it over this call.
  shm::result<shm::region_view> region(std::string_view name,
                                       shm::access wanted);

  /// The one that regions were mapped through, whether or not it still lives.
  /// Only after region() has mapped one.
  const client::connection& last_connection() const {
    return connection_.value();
  }

  /// Whether the node is there; false before the first command as well.
  bool connected() const noexcept;

  /// Whom this shell talks to, for people and programs; null if nobody yet.
  nlohmann::ordered_json meta() const;

  /// "prod@node-1", or the socket before the first command.
  std::string place() const;

  const client::connect_options& options() const noexcept {
    return options_;
  }

private:
  client::connect_options options_;
  std::optional<client::connection> connection_;
  std::map<std::string, shm::region_view, std::less<>> regions_;
};

} // namespace holdfast::shell
