// Three processes that agree on things, ours or etcd's, as one who measures
// sees them: who leads, who dies, and clients that ask for decisions.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace holdfast::bench {

enum class answer {
  none,     ///< it has not come yet
  accepted, ///< decided by a majority
  refused,  ///< not decided, as far as this client hears
  broken    ///< the connection is of no further use
};

/// A client with a connection of its own. One decision is under way at a time.
class decider {
public:
  decider() = default;
  decider(const decider&) = delete;
  decider& operator=(const decider&) = delete;
  virtual ~decider() = default;

  /// Readable when an answer may have come.
  virtual int socket() const = 0;

  /// Asks for the next decision; false if the connection is broken.
  virtual bool ask() = 0;

  /// Takes what has come, without waiting.
  virtual answer take() = 0;
};

class consensus_cluster {
public:
  static constexpr std::size_t members = 3;

  consensus_cluster() = default;
  consensus_cluster(const consensus_cluster&) = delete;
  consensus_cluster& operator=(const consensus_cluster&) = delete;
  virtual ~consensus_cluster() = default;

  /// Throws when that member takes no connection.
  virtual std::unique_ptr<decider> connect(std::size_t member) = 0;

  /// A client of `member` whose decisions have to be carried out at `home`,
  /// where a cluster knows such a thing.
  virtual std::unique_ptr<decider> connect_about(std::size_t member,
                                                 std::size_t home) {
    static_cast<void>(home);
    return connect(member);
  }

  /// Whether any member takes a decision, or the leader alone.
  virtual bool any_decides() const {
    return true;
  }

  /// Whom all three name as their leader, once it is to stay.
  virtual std::optional<std::size_t> settled_leader() = 0;

  virtual void kill(std::size_t member) = 0; ///< until it is gone
  virtual void restart(std::size_t member) = 0;
  virtual void freeze(std::size_t member) = 0; ///< until it has stopped
  virtual void thaw(std::size_t member) = 0;
};

/// Waits for settled_leader(). Throws when that takes too long.
std::size_t await_leader(consensus_cluster& cluster,
                         std::chrono::seconds patience
                         = std::chrono::seconds{60});

} // namespace holdfast::bench
