// Defaults and bounds of a node in a cluster: a part of defaults.hpp, which is
// what others include.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast::config {

// -- cluster -----------------------------------------------------------------

/// Bytes. The longest host name that DNS knows.
inline constexpr std::size_t host_bytes_max = 253;

/// Peers of a node: one actor, one connection and one ping an interval each.
inline constexpr std::uint64_t peers_max = 63;
/// Seeds: some to join through, not all members again.
inline constexpr std::uint64_t seeds_max = 16;
/// Voters: each more costs a write on the way to a majority.
inline constexpr std::uint64_t voters_max = 9;

/// Share of commands that go to "any" node.
inline constexpr std::uint64_t weight_default = 1;
inline constexpr std::uint64_t weight_min = 1;
inline constexpr std::uint64_t weight_max = 100;

/// Word. Without TLS, whoever reaches the port owns the node.
inline constexpr std::string_view transport_default = "tls";

/// Word. A loaded host is late by up to half a second (measured).
inline constexpr std::string_view health_profile_default = "default";
/// Time between two pings, and so what one miss is.
inline constexpr std::chrono::milliseconds health_interval_default{500};
/// Time. For hosts that nothing else loads, and for tests.
inline constexpr std::chrono::milliseconds health_interval_fast{50};
inline constexpr std::chrono::milliseconds health_interval_min{20};
inline constexpr std::chrono::milliseconds health_interval_max{10000};

/// Misses in a row: one may be chance.
inline constexpr std::uint64_t suspected_after_default = 2;
inline constexpr std::uint64_t suspected_after_min = 1;
inline constexpr std::uint64_t suspected_after_max = 100;
/// Misses in a row: 2.5 s by default, as long as a lease.
inline constexpr std::uint64_t down_after_default = 5;
inline constexpr std::uint64_t down_after_min = 2;
inline constexpr std::uint64_t down_after_max = 1000;

/// Bytes of a public key of Ed25519, in hexadecimal digits.
inline constexpr std::size_t peer_key_digits = 64;

/// Time for a connect of our own before CAF is given the address: CAF would
/// block every other connect for two minutes when nobody answers there.
inline constexpr std::chrono::milliseconds probe_deadline{500};
/// Time for a connection and its TLS handshake.
inline constexpr std::chrono::milliseconds dial_deadline{3000};
/// Time for each of the two answers of a hello.
inline constexpr std::chrono::milliseconds peer_hello_deadline{3000};
/// Time between two knocks at seeds that do not answer.
inline constexpr std::chrono::milliseconds seed_retry{500};
/// Time that a link must hold before the next reconnect counts as the first.
inline constexpr std::chrono::milliseconds link_held_after{5000};
/// Time between two heartbeats of CAF's connections, and after which silence
/// ends one: the longest that a half-open connection hides a restarted peer.
inline constexpr std::chrono::milliseconds caf_heartbeat_interval{1000};
inline constexpr std::chrono::milliseconds caf_connection_timeout{5000};

/// Number. Any free port: peers are told which one when they are linked.
inline constexpr std::uint64_t replication_port_default = 0;
inline constexpr std::uint64_t replication_port_min = 0;
inline constexpr std::uint64_t replication_port_max = 65535;
/// Bytes that wait for the connection to one node: full windows of sixteen
/// regions. What is beyond is lost, and said again.
inline constexpr std::size_t replication_waiting_bytes_max = std::size_t{64}
                                                             << 20;
/// Time without an answer from the other kernel after which a connection for
/// replication ends and is made anew: as long as a peer takes to count as down.
inline constexpr std::chrono::milliseconds replication_silence_max{2500};
/// Time between two questions to the other kernel where nothing is sent; it
/// counts in seconds.
inline constexpr std::chrono::seconds replication_ask_interval{1};
/// Callers of whom it is not known yet who they are: one for each peer, twice.
inline constexpr std::size_t replication_callers_max = 2 * peers_max;

/// Failures in a row after which a peer is not asked for a while.
inline constexpr std::uint32_t breaker_failures_max = 5;
inline constexpr std::chrono::milliseconds breaker_open_for{2000};
/// Calls to one peer that wait for their answers.
inline constexpr std::size_t peer_calls_max = 256;
/// Bytes of one call or answer: never holds up a heartbeat (measured).
inline constexpr std::size_t peer_call_bytes_max = 256 * 1024;

/// Time between two looks at members and leadership.
inline constexpr std::chrono::milliseconds steer_interval{100};
/// Steps of placement that the leader has under way: each is a decision.
inline constexpr std::size_t placing_max = 16;
/// Time before a region whose step was refused is placed again.
inline constexpr std::chrono::milliseconds placing_retry{1000};
/// Time without a leader before a voter stands for election, and after which a
/// leader that hears nothing gives up: a new one is there after 534 ms in the
/// middle, and 269 with profile `fast` (measured). An answer older than this is
/// a gap to the rule of the lowest leader.
inline constexpr std::chrono::milliseconds election_timeout_default{300};
inline constexpr std::chrono::milliseconds election_timeout_fast{150};
/// Heartbeats of a leader in that time: four may be lost.
inline constexpr int election_heartbeats = 5;
/// Time for the leader to do what another node asks: a change of the members
/// takes a round and two writes.
inline constexpr std::chrono::milliseconds cluster_call_deadline{2000};
/// Time for a node that stops to hand over leadership, or to say goodbye.
inline constexpr std::chrono::milliseconds hand_over_deadline{1000};
/// Time for a node that stops to have its regions moved to others, and between
/// two looks whether they are.
inline constexpr std::chrono::milliseconds drain_deadline{1500};
inline constexpr std::chrono::milliseconds drain_look{10};
/// Tries while no other voter is fit, a look at the members apart.
inline constexpr int hand_over_tries = 4;

} // namespace holdfast::config
