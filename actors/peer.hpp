// Another node, as seen from this one: connects, says hello, pings, notices
// silence and death, serves calls within deadlines, and tells its listeners.
//
// The rules decide (peer_health, peer_hello, dialing, circuit_breaker). Knows
// no socket and no key: both are reached through what its options hand in.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/rules/circuit_breaker.hpp"
#include "actors/rules/dialing.hpp"
#include "actors/rules/peer_health.hpp"
#include "actors/rules/peer_hello.hpp"
#include "shm/clock.hpp"
#include "shm/error.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::actors {

/// How a node proves who it is. Without `sign` and `verify` nobody proves
/// anything: for loopback only.
struct peer_identity {
  std::function<std::string(std::string_view text)> sign{};
  /// Is it the signature of that node? `hello_key` is what the node itself says
  /// is its key; the implementation knows better or refuses.
  std::function<shm::result<void>(
    std::uint64_t node, std::string_view hello_key, std::string_view text,
    std::string_view signature)>
    verify{};
  /// 128 bits that nobody can foresee.
  std::function<rules::wide_id()> draw{};
};

struct peer_options {
  std::uint64_t node = 0; ///< the other one
  std::string host;
  std::uint16_t port = 0;
  /// What this node says of itself now.
  std::function<rules::hello()> ours;
  peer_identity identity;
  peer_network_actor network;
  caf::strong_actor_ptr elector{};    ///< of this node, for the other one
  caf::strong_actor_ptr router{};     ///< the same
  std::uint16_t replication_port = 0; ///< the same; 0: nobody listens
  peer_service_actor service{};       ///< answers calls; none: all are refused
  std::vector<peer_listener_actor> listeners{};

  rules::peer_health_options health{};
  rules::circuit_breaker_options breaker{};
  rules::reconnect_options reconnect{};
  std::chrono::milliseconds dial_deadline{3000};
  std::chrono::milliseconds hello_deadline{3000};
  std::chrono::milliseconds held_after{5000};
  std::size_t calls_max = 256;
  std::size_t call_bytes_max = 256 * 1024;
  std::size_t listeners_max = 16;

  std::function<shm::boot_clock::time_point()> now;
  std::function<double()> chance; ///< in [0, 1]
  log_function log;
};

struct peer_actor_state {
  static constexpr const char* name = "peer";

  /// A hello that the other side began and has yet to prove.
  struct opened_hello {
    rules::hello ours;
    rules::hello theirs;
    rules::wide_id our_nonce;
    rules::wide_id their_nonce;
  };

  std::uint64_t sequence = 0; ///< of the last ping
  std::uint64_t answered = 0; ///< of the last pong
  std::uint32_t unheard = 0;  ///< intervals without a first link
  shm::boot_clock::time_point pinged{};
  peer_options options{};
  rules::peer_health health{{}};
  rules::circuit_breaker breaker{{}};
  rules::dialing dialing{0, 0, {}};
  peer_phase phase = peer_phase::waiting;
  bool reach_is_due = false; ///< at most one try is waiting or under way
  std::optional<opened_hello> opened{};

  // Of the link that stands.
  rules::wide_id link{};
  peer_actor remote{};
  caf::strong_actor_ptr elector{};
  caf::strong_actor_ptr router{};
  std::uint16_t replication_port = 0; ///< of the one that this one dialled

  rules::wide_id incarnation{};
  rules::wide_id cluster{};     ///< as its last hello named it
  rules::history_end applied{}; ///< as it told last
  own_words own{};              ///< as it is told
  std::string recorded_key{};   ///< by the members' tables, in digits
  std::string shown_key{};      ///< of the last link, raw bytes
  std::size_t calls = 0;        ///< that wait for their answers
  peer_status counted{};
};

using peer_pointer = peer_actor::stateful_pointer<peer_actor_state>;

peer_actor::behavior_type peer(peer_pointer self, peer_options options);

// -- peer_link.cpp: how a link comes to stand and how it ends
// --------------------

/// Dials, or only probes when the other side is the one that dials.
void reach(peer_pointer self);

/// What listeners are told now.
peer_changed state_now(const peer_actor_state& state);

/// What this node says of itself now.
rules::hello own_hello(const peer_actor_state& state);

/// Plans the next reach, unless one is planned or under way already.
void reach_after(peer_pointer self, std::chrono::milliseconds wait);

caf::result<hello_reply> on_opening(peer_pointer self,
                                    const hello_opening& opening);
caf::result<hello_welcome> on_proof(peer_pointer self,
                                    const hello_proof& proof);

/// What it says from now on; a link to another cluster, as it turns out, ends.
void on_own_words(peer_pointer self, const own_words& now);

/// A link whose other end is not that node, as it turns out, ends.
void on_key(peer_pointer self, const std::string& digits);

/// The other node's actor ended, or the connection to it.
void on_link_closed(peer_pointer self, bool said_so);

/// An interval without a link: once, if there has never been one, it is said.
void note_unheard(peer_pointer self);

/// Logs and tells what a step of the health rule changed, if it did.
void announce(peer_pointer self, const rules::peer_health::step& step);

} // namespace holdfast::actors
