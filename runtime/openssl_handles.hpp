// Owners of what OpenSSL makes, and its errors as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <string>

namespace holdfast::runtime {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using x509_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using key_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using store_handle = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;
using store_context_handle
  = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
using ssl_context_handle = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using number_handle = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using extension_handle
  = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using names_handle
  = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;

/// What OpenSSL complained about last on this thread; forgets it all.
inline std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  std::array<char, 256> text{};
  if (const char* reason = ERR_reason_error_string(code); reason != nullptr)
    return reason;
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

} // namespace holdfast::runtime
