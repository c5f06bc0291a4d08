// A certificate in the making. Knows no file.
#pragma once

#include "runtime/certificate_facts.hpp"
#include "runtime/openssl_handles.hpp"
#include "shm/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace holdfast::runtime {

/// What to write into one.
struct certificate_draft {
  std::string organization;
  std::string subject;
  wall_time not_before;
  wall_time not_after;
  /// OpenSSL's number and its words for each; the words are a small language,
  /// so nothing unchecked may stand in them.
  std::vector<std::pair<int, std::string>> extensions;
};

/// Who signs it.
struct authority {
  x509_handle certificate;
  key_handle key;
};

/// Errors: system.
shm::result<key_handle> make_key();

/// Signed by `signer`, or by its own key without one. Errors: system.
shm::result<x509_handle> sign(const certificate_draft& from,
                              EVP_PKEY& subject_key, const authority* signer);

} // namespace holdfast::runtime
