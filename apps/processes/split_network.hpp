// A network of this host's own, in which packets can be lost on purpose.
//
// Every node has a namespace of the network with one card in it, and all cards
// hang on one bridge. A cut gives the receiver a hardware address that nobody
// has: what is sent vanishes without a word to the sender, as on a broken line.
//
// Nothing of it has a name outside this process: the kernel removes it with
// the last process that uses it, however the test ends.
#pragma once

#include "shm/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace holdfast::processes {

class split_network {
public:
  using ids = std::set<std::uint64_t>;

  /// Why this machine cannot have one; empty: it can.
  static std::string missing();

  /// Ids 1 to `nodes`, at most 200. Throws std::runtime_error with the reason
  /// when the machine does not allow it.
  explicit split_network(std::size_t nodes);

  std::size_t size() const noexcept {
    return places_.size();
  }

  ids all() const;

  /// The node's host of the network, such as "10.83.0.1".
  static std::string host(std::uint64_t id);

  /// Descriptor of its namespace, for setns(2).
  int place(std::uint64_t id) const {
    return places_.at(id - 1).get();
  }

  /// From now on nothing that one of `senders` sends reaches any other node of
  /// `receivers`. Adds to what is cut already.
  void cut(const ids& senders, const ids& receivers) const;

  /// Nothing passes between these and all others, neither way.
  void cut_off(const ids& some) const;

  /// Everything passes again.
  void heal() const;

private:
  ids without(const ids& some) const;
  void make_bridge() const;
  void make_card(std::uint64_t id) const;

  shm::descriptor middle_; ///< where the bridge is
  std::vector<shm::descriptor> places_;
};

} // namespace holdfast::processes
