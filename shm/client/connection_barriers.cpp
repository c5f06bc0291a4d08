// Flushing what was stored, and confirming what was read.
#include "shm/client/connection_shared.hpp"

#include <utility>

namespace holdfast::client {

using shm::errc;
using shm::failed;

shm::error unknown_without_answer(shm::error why) {
  switch (why.code) {
  case errc::timeout:
  case errc::unreachable:
  case errc::protocol:
  case errc::system:
    return failed(errc::unknown, std::move(why.detail));
  default:
    return why;
  }
}

shm::result<void> connection::ask_barrier(const shm::region_view& region,
                                          std::string_view command,
                                          wire::fields arguments,
                                          deadline until) const {
  arguments.push_back({"region", region.name()});
  auto heard = shared_->to_node->ask(command, std::move(arguments), until);
  if (!heard)
    return unknown_without_answer(std::move(heard).assume_error());
  return boost::outcome_v2::success();
}

shm::result<void> connection::check_own(const shm::region_view& region) const {
  if (region.attached()->doorbell == shared_->to_node->socket())
    return boost::outcome_v2::success();
  return failed(errc::bad_argument, "region '" + region.name()
                                      + "' is attached through another"
                                        " connection");
}

shm::result<void> connection::flush(const shm::region_view& region,
                                    durability wanted) const {
  if (auto own = check_own(region); !own)
    return own;
  const auto until = shared_->patience_end();
  if (!shared_->flushes->take(until))
    return failed(errc::unknown, "other flushes took all the time");
  const turn_holder held{*shared_->flushes};
  auto& marks = region.attached()->marks;
  auto done = ask_barrier(region, "flush",
                          {{"stored_in", marks.begin_flush()},
                           {"durable", wanted == durability::disk}},
                          until);
  if (done)
    marks.end_flush();
  return done;
}

shm::result<void> connection::confirm(const shm::region_view& region,
                                      std::uint64_t epoch) const {
  if (auto own = check_own(region); !own)
    return own;
  if (auto done = ask_barrier(region, "confirm", {}, shared_->patience_end());
      !done)
    return done;
  // Other memory may have taken its place, in which newer values are.
  using shm::layout::region_state;
  const auto state = region.attached()->state();
  if (state == region_state::moved || state == region_state::revoked)
    return failed(errc::unknown, "the region is in other memory by now");
  // This node may have become the home after the value was read.
  if (region.epoch() != epoch)
    return failed(errc::unknown, "epoch " + std::to_string(region.epoch())
                                   + " has begun since the value was read");
  return boost::outcome_v2::success();
}

} // namespace holdfast::client
