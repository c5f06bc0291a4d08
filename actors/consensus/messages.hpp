// What the cores of a cluster say to each other, as plain values.
//
// Knows no transport: runtime/ or actors/ carry them, in any way, to the core
// of node `to`. Loss, copies and late arrival are expected.
#pragma once

#include "actors/consensus/types.hpp"

#include <variant>

namespace holdfast::consensus {

/// From the leader; without entries it is a heartbeat.
struct append_request {
  term_number term = 0;
  log_index previous_index = 0; ///< the entries follow this one
  term_number previous_term = 0;
  log_index commit = 0; ///< the leader's
  std::vector<entry> entries;

  bool operator==(const append_request&) const = default;
};

struct append_result {
  term_number term = 0;
  log_index rejected = 0; ///< the previous_index that did not fit; 0: accepted
  log_index last_index = 0;

  bool operator==(const append_result&) const = default;
};

struct vote_request {
  term_number term = 0;
  log_index last_index = 0;
  term_number last_term = 0;
  bool disrupt_leader = false; ///< the leader itself asked for this election
  bool pre_vote = false;       ///< "would you?": changes nothing

  bool operator==(const vote_request&) const = default;
};

struct vote_result {
  term_number term = 0;
  bool granted = false;
  bool pre_vote = false;

  bool operator==(const vote_result&) const = default;
};

/// Answered with an append_result.
struct install_request {
  term_number term = 0;
  snapshot base;

  bool operator==(const install_request&) const = default;
};

/// From a leader that hands over: stand for election at once.
struct timeout_now {
  term_number term = 0;
  log_index last_index = 0;
  term_number last_term = 0;

  bool operator==(const timeout_now&) const = default;
};

using body = std::variant<append_request, append_result, vote_request,
                          vote_result, install_request, timeout_now>;

/// Which run of which database speaks.
struct origin {
  std::uint64_t database = 0; ///< drawn once, when the database was made
  std::uint64_t start = 0;    ///< counts the starts on that database

  bool operator==(const origin&) const = default;
};

struct message {
  node_id from = 0;
  node_id to = 0;
  std::uint64_t cluster = 0;     ///< digest of the first membership
  origin who;                    ///< of `from`
  std::uint64_t to_database = 0; ///< of `to`, when it was heard before; or 0
  std::uint64_t sequence = 0;    ///< counts what this run said to `to`
  body content;

  bool operator==(const message&) const = default;
};

} // namespace holdfast::consensus
