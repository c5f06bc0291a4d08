// What nodes say to each other, and what a peer actor says inside its node.
//
// The first part travels: its types have ids (type_ids.hpp) and are never
// changed, only followed by new ones. Everything in them was written by another
// process and is checked before it is believed.
//
// But hello_welcome: it is only said once both have compared their versions, so
// it may change with a version that speaks with none before it.
#pragma once

#include "actors/rules/circuit_breaker.hpp"
#include "actors/rules/peer_health.hpp"
#include "actors/rules/peer_hello.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/meta/type_name.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace holdfast {

// -- between nodes ------------------------------------------------------------

/// The dialler says who it is.
struct hello_opening {
  rules::hello said;
  rules::wide_id nonce;
};

/// The dialled node says who it is, and proves it for the dialler's nonce.
struct hello_reply {
  rules::hello said;
  rules::wide_id nonce; ///< names the link that may come of it
  std::string signature;
};

/// The dialler proves it too, and shows whom to talk to from now on.
struct hello_proof {
  std::uint64_t node = 0;
  rules::wide_id nonce; ///< of its opening
  std::string signature;
  caf::strong_actor_ptr peer;
  caf::strong_actor_ptr elector;
  caf::strong_actor_ptr router; ///< of regions
};

/// The dialled node shows whom to talk to. The link stands.
struct hello_welcome {
  caf::strong_actor_ptr peer;
  caf::strong_actor_ptr elector;
  caf::strong_actor_ptr router;
  std::uint16_t replication_port = 0; ///< where the dialler calls for that
};

struct peer_ping {
  rules::wide_id link;
  std::uint64_t sequence = 0;
  rules::history_end applied; ///< the last entry that it carried out
};

struct peer_pong {
  rules::wide_id link;
  std::uint64_t sequence = 0;
  rules::history_end applied; ///< the last entry that it carried out
};

/// A question of one node's actors to those of another; only they read it.
struct remote_call {
  rules::wide_id link;
  std::string body;
};

struct call_answer {
  std::string body;
};

/// A node that knows of this one by its address only.
struct knock {
  std::uint32_t protocol = 0;
  std::string cluster; ///< its name
  std::uint64_t node = 0;
  std::string address; ///< host:port of its door
};

/// Who is here. The two say hello to each other later, as all do.
struct knock_answer {
  std::uint64_t node = 0;
  std::string address;
  std::uint64_t founders = 0; ///< digest of the first members; 0: not known
};

// -- inside a node ------------------------------------------------------------

/// Ask the other node. The answer is an error after the deadline, or at once
/// when it is not linked or has not answered others.
struct peer_call {
  std::string body;
  std::chrono::milliseconds deadline{1000};
};

/// A call as it comes out of the other node.
struct served_call {
  std::uint64_t node = 0; ///< who asks
  std::string body;
};

/// How the connection for replication to a linked peer comes about.
struct replication_place {
  std::uint64_t node = 0;
  rules::wide_id incarnation; ///< of its process
  /// Both ends know it from their hello, and nobody else. None: not linked.
  rules::wide_id link;
  bool calls = false; ///< this node calls the other one, there:
  std::string host{};
  std::uint16_t port = 0;
};

/// To everybody who listens to a peer, and to each new listener.
struct peer_changed {
  std::uint64_t node = 0;
  rules::peer_state state = rules::peer_state::down;
  rules::health_reason reason = rules::health_reason::never_answered;
  caf::strong_actor_ptr elector; ///< none while it is not linked
  caf::strong_actor_ptr router;  ///< the same
  rules::wide_id incarnation;    ///< of the last link
  replication_place replication;
};

enum class peer_phase : std::uint8_t {
  waiting = 1, ///< for the other side to dial, or for the next try
  dialing = 2,
  hello = 3,
  linked = 4,
};

struct peer_status_query {};

struct peer_status {
  std::uint64_t node = 0;
  std::string address;
  peer_phase phase = peer_phase::waiting;
  rules::peer_state state = rules::peer_state::down;
  rules::health_reason reason = rules::health_reason::never_answered;
  std::string refused; ///< why the last hello failed, or empty
  std::chrono::nanoseconds round_trip{};        ///< of the last ping
  std::chrono::nanoseconds round_trip_smooth{}; ///< of the last eight or so
  /// What went through this actor; other actors may talk beside it.
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t links = 0; ///< since this node started
  rules::circuit_breaker::state breaker = rules::circuit_breaker::state::closed;
};

/// Where a peer is reached.
struct dial_request {
  std::string host;
  std::uint16_t port = 0;
};

/// Is anybody listening there? Says nothing to whoever does.
struct probe_request {
  std::string host;
  std::uint16_t port = 0;
};

enum class reach_outcome : std::uint8_t {
  reached = 1,
  refused = 2, ///< the host says that nobody listens
  silent = 3,  ///< nobody answers
  cut = 4,     ///< our own network layer gave up; try again at once
};

struct dialled {
  reach_outcome outcome = reach_outcome::silent;
  caf::strong_actor_ptr door; ///< of the other node, when reached
  std::string detail;
};

/// The key that the members' tables have of the other node, in digits; empty:
/// it is no member, or has none there.
struct peer_key {
  std::string digits;
};

/// What the other node is told of this one.
struct own_words {
  rules::history_end end;     ///< of its log, on disk
  rules::history_end applied; ///< never behind what was told before
  rules::wide_id cluster{};   ///< its id; none: not agreed on yet

  bool operator==(const own_words&) const = default;
};

/// Timer: try to reach it now.
struct reach_due {};

/// Timer: an interval is over.
struct ping_due {};

/// Timer: the link of that name has held, if it stands.
struct link_held {
  rules::wide_id link;
};

// -- how they travel
// ------------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello_opening& x) {
  return f(caf::meta::type_name("hello_opening"), x.said, x.nonce);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello_reply& x) {
  return f(caf::meta::type_name("hello_reply"), x.said, x.nonce, x.signature);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello_proof& x) {
  return f(caf::meta::type_name("hello_proof"), x.node, x.nonce, x.signature,
           x.peer, x.elector, x.router);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello_welcome& x) {
  return f(caf::meta::type_name("hello_welcome"), x.peer, x.elector, x.router,
           x.replication_port);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_ping& x) {
  return f(caf::meta::type_name("peer_ping"), x.link, x.sequence, x.applied);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_pong& x) {
  return f(caf::meta::type_name("peer_pong"), x.link, x.sequence, x.applied);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remote_call& x) {
  return f(caf::meta::type_name("remote_call"), x.link, x.body);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call_answer& x) {
  return f(caf::meta::type_name("call_answer"), x.body);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, knock& x) {
  return f(caf::meta::type_name("knock"), x.protocol, x.cluster, x.node,
           x.address);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, knock_answer& x) {
  return f(caf::meta::type_name("knock_answer"), x.node, x.address, x.founders);
}

namespace rules {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, wide_id& x) {
  return f(x.high, x.low);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, history_end& x) {
  return f(x.term, x.index);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello& x) {
  return f(x.protocol, x.protocol_least, x.cluster, x.cluster_id, x.node,
           x.incarnation, x.settings, x.founders, x.history, x.key);
}

} // namespace rules

} // namespace holdfast
