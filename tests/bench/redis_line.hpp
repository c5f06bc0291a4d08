// Redis, asked over TCP by hand: commands in, replies out.
#pragma once

#include "tests/bench/consensus_cluster.hpp"
#include "tests/bench/text_line.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::bench {

/// Where Debian and others install a program; empty: it is not there. The
/// search path is not asked, since figures should not depend on it.
std::string installed_program(std::string_view name);

/// A command as Redis reads it.
std::string redis_command(std::initializer_list<std::string_view> words);

class redis_line {
public:
  /// Throws when nobody listens.
  explicit redis_line(std::uint16_t port) : line_{port} {
    // nop
  }

  int socket() const noexcept {
    return line_.socket();
  }

  bool send(std::string_view commands) {
    return line_.send(commands);
  }

  /// The next reply, without waiting, and with its kind before it: "+OK", ":1",
  /// "-READONLY ...", "$value", "$" for none. Of an array only its head.
  /// Throws when the server hung up.
  std::optional<std::string> take();

  /// As take(), but waits for it. Throws when it does not come in time.
  std::string await();

  /// Sends it, and waits for its reply.
  std::string ask(std::initializer_list<std::string_view> words);

  /// Waits for so many replies, none of which may be an error.
  void await_all(std::size_t count);

private:
  text_line line_;
};

/// Sets a key of its own to 64 bytes, and waits for `replicas` to have it.
std::unique_ptr<decider>
make_redis_decider(std::uint16_t port, std::string_view key, unsigned replicas);

} // namespace holdfast::bench
