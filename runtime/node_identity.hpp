// Who this node is: its Ed25519 key on disk, and how it proves it.
//
// Only this file knows libsodium's signatures. The secret half never leaves it.
#pragma once

#include "actors/peer.hpp"
#include "shm/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace holdfast::runtime {

class node_identity {
public:
  /// Reads the key of a file, or draws one and writes the file with mode 0600.
  /// Refused: the file is open to others. Corrupt: it holds no key.
  static shm::result<node_identity> open(const std::string& path);

  /// 32 raw bytes, to be recorded with the members of the cluster.
  const std::string& public_key() const noexcept {
    return public_key_;
  }

  /// The recorded key of a node, 32 raw bytes, or none.
  using key_lookup
    = std::function<std::optional<std::string>(std::uint64_t node)>;

  /// What a peer actor is handed: signs with this key, and believes only those
  /// whose recorded key fits. A node without a recorded key is refused.
  actors::peer_identity as_peer(key_lookup find) const;

  /// For another node whose key the configuration does not record: signs, and
  /// believes whoever proves the key that it shows. Which key that may be is
  /// judged by whom the tables know (rules/peer_hello.hpp).
  actors::peer_identity as_shown() const;

private:
  node_identity(std::string public_key,
                std::shared_ptr<const std::string> secret);

  std::string public_key_;
  std::shared_ptr<const std::string> secret_; ///< one copy, wiped at its end
};

/// For loopback only: draws nonces, proves nothing and believes everybody.
actors::peer_identity unproven_identity();

/// 128 bits of chance from the kernel.
rules::wide_id draw_wide_id();

/// In [0, 1], for waits that must not come together.
double draw_chance();

/// Raw bytes of lower-case digits; nothing when they are none.
std::optional<std::string> bytes_of_digits(const std::string& digits);

/// Lower-case hexadecimal digits of raw bytes.
std::string digits_of(const std::string& bytes);

} // namespace holdfast::runtime
