// Whether two nodes may talk: compares what each says of itself.
//
// A refusal names the difference, so that whoever reads the log knows which
// file to mend. Also spells what both sign, so that a node proves that it is
// who it says it is, here and now.
#pragma once

#include "actors/rules/wide_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::rules {

/// An entry of a log, the last one or the last that was carried out; zero:
/// none.
struct history_end {
  std::uint64_t term = 0;
  std::uint64_t index = 0;

  bool operator==(const history_end&) const = default;
};

/// What a node says of itself.
struct hello {
  std::uint32_t protocol = 0;
  std::uint32_t protocol_least = 0; ///< the oldest that it still speaks
  std::string cluster;
  wide_id cluster_id; ///< none until the cluster has agreed on one
  std::uint64_t node = 0;
  wide_id incarnation; ///< drawn at each start
  /// What must be the same everywhere, one `name=value` a line.
  std::string settings;
  /// Digest of the members that the cluster was founded with; 0: not known.
  std::uint64_t founders = 0;
  history_end history; ///< the last entry on its disk; none: it has no log
  std::string key;     ///< public, raw bytes; empty without identity

  bool operator==(const hello&) const = default;
};

struct hello_bounds {
  std::size_t cluster_bytes_max = 63;
  std::size_t settings_bytes_max = 4096;
  std::size_t key_bytes_max = 64;
};

/// What this node knows of a peer before it says hello.
struct known_peer {
  std::uint64_t node = 0; ///< who is expected
  /// Of the link that stands and answers, none otherwise.
  wide_id linked_incarnation;
  /// How far it had carried its log out when it last told us: that was agreed
  /// on, and whatever log it has must reach there.
  history_end applied;
  /// The key that the members' tables have of it, in digits; empty: none.
  std::string key{};
  /// Of a node without one there: the key that it showed last; empty: none
  /// since this node started, or since that one was no member.
  std::string shown_key{};
};

enum class hello_refusal : std::uint8_t {
  malformed = 1,
  incompatible_version = 2,
  wrong_cluster = 3,
  duplicate_id = 4,
  unexpected_node = 5,
  different_configuration = 6,
  different_founders = 7,
  older_history = 8,
  not_a_member = 9,
  not_proven = 10, ///< the signature is missing or wrong
  different_key = 11,
};

std::string_view text_of(hello_refusal refusal) noexcept;

struct refused_hello {
  hello_refusal what;
  std::string difference; ///< "cluster 'prod' here, 'test' there"

  bool operator==(const refused_hello&) const = default;
};

/// Nothing: accepted.
std::optional<refused_hello> judge_hello(const hello& ours, const hello& theirs,
                                         const known_peer& known,
                                         const hello_bounds& bounds = {});

/// Nothing: they are of one cluster, as far as both know. Also asked when this
/// node learns what it did not know at the hello.
std::optional<refused_hello> judge_cluster(const hello& ours,
                                           const hello& theirs);

/// Nothing: that node may show this key, raw bytes.
std::optional<refused_hello> judge_key(std::string_view key,
                                       const known_peer& known);

enum class hello_side : std::uint8_t { dialler = 1, dialled = 2 };

/// The bytes that `signer` signs: everything both said, and both nonces. The
/// side is in it, so that no signature can be played back to its maker.
std::string hello_transcript(hello_side signer, const hello& dialler,
                             const wide_id& dialler_nonce, const hello& dialled,
                             const wide_id& dialled_nonce);

} // namespace holdfast::rules
