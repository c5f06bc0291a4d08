#include "runtime/certificate_draft.hpp"

#include <openssl/bn.h>

namespace holdfast::runtime {

namespace {

shm::error openssl_failure(const std::string& what) {
  return shm::failed(shm::errc::system, what + ": " + openssl_reason());
}

/// 127 random bits: unique without a file that counts, and positive.
bool set_serial(X509& certificate) {
  const number_handle number{BN_new()};
  return BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1
         && BN_to_ASN1_INTEGER(number.get(),
                               X509_get_serialNumber(&certificate))
              != nullptr;
}

bool set_dates(X509& certificate, const certificate_draft& from) {
  return ASN1_TIME_set(X509_getm_notBefore(&certificate),
                       from.not_before.time_since_epoch().count())
           != nullptr
         && ASN1_TIME_set(X509_getm_notAfter(&certificate),
                          from.not_after.time_since_epoch().count())
              != nullptr;
}

bool set_subject(X509& certificate, const certificate_draft& from) {
  auto* subject = X509_get_subject_name(&certificate);
  const auto add = [subject](const char* kind, const std::string& text) {
    return X509_NAME_add_entry_by_txt(
             subject, kind, MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(text.data()),
             static_cast<int>(text.size()), -1, 0)
           == 1;
  };
  return add("O", from.organization) && add("CN", from.subject);
}

bool add_extension(X509& certificate, X509& issuer, int kind,
                   const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const extension_handle extension{
    X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

} // namespace

shm::result<x509_handle> sign(const certificate_draft& from,
                              EVP_PKEY& subject_key, const authority* signer) {
  x509_handle out{X509_new()};
  auto& issuer = signer == nullptr ? *out : *signer->certificate;
  auto* issuer_key = signer == nullptr ? &subject_key : signer->key.get();
  const bool filled
    = X509_set_version(out.get(), 2) == 1 && set_serial(*out)
      && set_dates(*out, from) && set_subject(*out, from)
      && X509_set_pubkey(out.get(), &subject_key) == 1
      && X509_set_issuer_name(out.get(), X509_get_subject_name(&issuer)) == 1;
  if (!filled)
    return openssl_failure("fill a certificate");
  for (const auto& [kind, value] : from.extensions)
    if (!add_extension(*out, issuer, kind, value))
      return openssl_failure("extend a certificate with " + value);
  // Ed25519 and its like bring their own digest.
  int digest = NID_undef;
  const bool own_digest
    = EVP_PKEY_get_default_digest_nid(issuer_key, &digest) == 2
      && digest == NID_undef;
  if (X509_sign(out.get(), issuer_key, own_digest ? nullptr : EVP_sha256())
      == 0)
    return openssl_failure("sign a certificate");
  return out;
}

shm::result<key_handle> make_key() {
  // P-256: what every TLS library and every tool can read.
  key_handle out{EVP_EC_gen("P-256")};
  if (!out)
    return openssl_failure("make a key");
  return out;
}

} // namespace holdfast::runtime
