// Which actor of this node has which region, for the loop: what other holders
// say goes from the connection to the region, and nobody stands in between.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>

#include <cstdint>
#include <map>
#include <memory>

namespace holdfast::runtime {

/// Keeps no actor alive.
class local_regions : public std::enable_shared_from_this<local_regions> {
public:
  explicit local_regions(boost::asio::io_context& io) : io_{io} {
    // nop
  }

  /// Any thread; known on the loop soon. No actor: the region is not here.
  void note(std::uint64_t region, const caf::actor_addr& actor) {
    boost::asio::post(io_, [self = shared_from_this(), region, actor] {
      if (actor)
        self->actors_[region] = actor;
      else
        self->actors_.erase(region);
    });
  }

  /// The loop's thread. Null: it is not there, not yet or not any more.
  caf::strong_actor_ptr find(std::uint64_t region) const {
    const auto found = actors_.find(region);
    return found == actors_.end()
             ? nullptr
             : caf::actor_cast<caf::strong_actor_ptr>(found->second);
  }

private:
  boost::asio::io_context& io_;
  std::map<std::uint64_t, caf::actor_addr> actors_; ///< by id
};

} // namespace holdfast::runtime
