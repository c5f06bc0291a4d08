#include "runtime/certificate_facts.hpp"

#include "runtime/pem.hpp"

#include <arpa/inet.h>
#include <time.h>

#include <charconv>
#include <ctime>

namespace holdfast::runtime {

namespace {

constexpr std::string_view node_prefix = "holdfast-node-";

std::string entry_of(const X509_NAME* name, int kind) {
  const int at = X509_NAME_get_index_by_NID(name, kind, -1);
  if (at < 0)
    return {};
  unsigned char* text = nullptr;
  const int length = ASN1_STRING_to_UTF8(
    &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (length < 0)
    return {};
  std::string out{reinterpret_cast<char*>(text),
                  static_cast<std::size_t>(length)};
  OPENSSL_free(text);
  return out;
}

wall_time time_of(const ASN1_TIME* from) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(from, &parts) != 1)
    return {};
  return wall_time{std::chrono::seconds{::timegm(&parts)}};
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
  const bool four = ASN1_STRING_length(bytes) == 4;
  if (!four && ASN1_STRING_length(bytes) != 16)
    return "an address of odd length";
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(four ? AF_INET : AF_INET6, ASN1_STRING_get0_data(bytes),
              out.data(), out.size());
  return out.data();
}

std::vector<std::string> names_of(X509& certificate) {
  const names_handle all{static_cast<GENERAL_NAMES*>(
    X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
  std::vector<std::string> out;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* each = sk_GENERAL_NAME_value(all.get(), i);
    if (each->type == GEN_DNS)
      out.emplace_back(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(each->d.dNSName)),
        static_cast<std::size_t>(ASN1_STRING_length(each->d.dNSName)));
    else if (each->type == GEN_IPADD)
      out.push_back(address_of(each->d.iPAddress));
  }
  return out;
}

std::string fingerprint_of(X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &length) != 1)
    return {};
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    out += i == 0 ? "" : ":";
    out += digits[digest[i] >> 4U];
    out += digits[digest[i] & 0xFU];
  }
  return out;
}

std::string key_of(X509& certificate) {
  auto* key = X509_get0_pubkey(&certificate);
  if (key == nullptr)
    return "unknown";
  const char* kind = EVP_PKEY_get0_type_name(key);
  std::string out{kind == nullptr ? "unknown" : kind};
  std::array<char, 64> group{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1)
    out.append(" ").append(group.data(), length);
  else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
    out += " " + std::to_string(EVP_PKEY_get_bits(key));
  return out;
}

} // namespace

std::optional<std::uint64_t> certificate_facts::node() const {
  if (!subject.starts_with(node_prefix))
    return std::nullopt;
  const char* begin = subject.data() + node_prefix.size();
  const char* end = subject.data() + subject.size();
  std::uint64_t id = 0;
  const auto [stopped, error] = std::from_chars(begin, end, id);
  if (error != std::errc{} || stopped != end)
    return std::nullopt;
  return id;
}

certificate_facts facts_of(X509& certificate) {
  certificate_facts out;
  const auto* subject = X509_get_subject_name(&certificate);
  out.subject = entry_of(subject, OBJ_txt2nid("CN"));
  out.organization = entry_of(subject, NID_organizationName);
  out.issuer = entry_of(X509_get_issuer_name(&certificate), OBJ_txt2nid("CN"));
  out.names = names_of(certificate);
  out.not_before = time_of(X509_get0_notBefore(&certificate));
  out.not_after = time_of(X509_get0_notAfter(&certificate));
  out.fingerprint = fingerprint_of(certificate);
  out.key = key_of(certificate);
  out.authority = X509_check_ca(&certificate) == 1;
  out.for_server
    = X509_check_purpose(&certificate, X509_PURPOSE_SSL_SERVER, 0) == 1;
  out.for_client
    = X509_check_purpose(&certificate, X509_PURPOSE_SSL_CLIENT, 0) == 1;
  return out;
}

shm::result<certificate_facts> certificate_facts_of(std::string_view pem) {
  const auto read = certificates_in(pem);
  if (!read)
    return read.assume_error();
  return facts_of(*read.assume_value().front());
}

std::string subject_of_node(std::uint64_t id) {
  return std::string{node_prefix} + std::to_string(id);
}

std::string text_of(wall_time time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> out{};
  const auto length
    = std::strftime(out.data(), out.size(), "%F %T UTC", &parts);
  return {out.data(), length};
}

} // namespace holdfast::runtime
