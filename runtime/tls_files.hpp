// The three files of mutual TLS, looked at before CAF sees them.
//
// CAF reads its TLS files at the first connection and ends the process when
// one does not fit; with none of them it speaks TLS with strangers. So nobody
// gets file names for CAF but from here, and only all three together. Knows no
// CAF.
#pragma once

#include "config/defaults.hpp"
#include "runtime/certificate_facts.hpp"
#include "shm/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct tls_paths {
  std::string certificate; ///< this node's, then those between it and authority
  std::string key;         ///< of the certificate; for the node's user only
  std::string authority;   ///< whose certificates are let in
};

/// What is wrong with one of the files and how to mend it.
struct tls_complaint {
  std::string file;
  std::string wrong;
  std::string remedy;

  /// "FILE: wrong; remedy".
  std::string message() const;
};

/// Files that passed the check. Copies of what was checked can be kept, so
/// that a file replaced later cannot end the node.
class tls_files {
public:
  const tls_paths& paths() const noexcept {
    return paths_;
  }

  const certificate_facts& facts() const noexcept {
    return facts_;
  }

  /// Writes what was checked into a directory of the node's own (made 0700)
  /// and names those files from then on. Errors: system.
  shm::result<void> keep_copies(const std::string& directory);

private:
  friend struct tls_check;

  tls_files(tls_paths paths, tls_paths texts, certificate_facts facts)
    : paths_{std::move(paths)},
      texts_{std::move(texts)},
      facts_{std::move(facts)} {
    // nop
  }

  tls_paths paths_;
  tls_paths texts_; ///< the PEM texts instead of paths
  certificate_facts facts_;
};

struct tls_check_options {
  std::uint64_t node = 0; ///< whose files they should be; 0: any
  std::chrono::days warn_before = config::tls_expiry_warning;
};

struct tls_findings {
  std::vector<tls_files> files; ///< one, unless there are complaints
  std::vector<tls_complaint> complaints;
  std::vector<tls_complaint> warnings;
};

/// Looks at the files only; `now` is the wall clock.
tls_findings check_tls_files(const tls_paths& paths, wall_time now,
                             const tls_check_options& options = {});

} // namespace holdfast::runtime
