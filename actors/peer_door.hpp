// The one actor of a node that other nodes can name before they said hello.
//
// It only passes hellos on to the peer whose id they carry; that actor judges.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"

#include <cstdint>
#include <map>

namespace holdfast::actors {

struct peer_door_options {
  std::uint64_t node = 0;                    ///< this one
  std::map<std::uint64_t, peer_actor> peers; ///< at first
  log_function log;
};

struct peer_door_state {
  static constexpr const char* name = "peer door";

  std::uint64_t strangers = 0;
  door_guide guide{};
  peer_door_options options{};
};

using peer_door_pointer = own_door_actor::stateful_pointer<peer_door_state>;

own_door_actor::behavior_type peer_door(peer_door_pointer self,
                                        peer_door_options options);

} // namespace holdfast::actors
