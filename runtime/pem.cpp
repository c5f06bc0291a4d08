#include "runtime/pem.hpp"

#include <openssl/pem.h>

namespace holdfast::runtime {

namespace {

bio_handle reader_of(std::string_view text) {
  return bio_handle{
    BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string text_in(BIO* writer) {
  char* bytes = nullptr;
  const auto length = BIO_get_mem_data(writer, &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

/// OpenSSL would ask for one on the terminal, and a node has none.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

} // namespace

shm::result<std::vector<x509_handle>> certificates_in(std::string_view pem) {
  ERR_clear_error();
  const auto reader = reader_of(pem);
  std::vector<x509_handle> out;
  while (x509_handle next{
    PEM_read_bio_X509(reader.get(), nullptr, no_pass_phrase, nullptr)})
    out.push_back(std::move(next));
  // Reading ends with an error in any case; only this one means the end.
  const bool ended
    = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const auto reason = openssl_reason();
  if (!ended)
    return shm::failed(shm::errc::bad_argument,
                       "holds a broken certificate (" + reason + ")");
  if (out.empty())
    return shm::failed(shm::errc::bad_argument,
                       "holds no certificate in PEM form");
  return out;
}

shm::result<key_handle> private_key_in(std::string_view pem) {
  ERR_clear_error();
  const auto reader = reader_of(pem);
  key_handle key{
    PEM_read_bio_PrivateKey(reader.get(), nullptr, no_pass_phrase, nullptr)};
  if (key)
    return key;
  const auto reason = openssl_reason();
  if (pem.find("ENCRYPTED") != std::string_view::npos)
    return shm::failed(shm::errc::bad_argument,
                       "holds an encrypted key, and nobody is there to type "
                       "its pass phrase");
  return shm::failed(shm::errc::bad_argument,
                     "holds no private key in PEM form (" + reason + ")");
}

std::string pem_of(X509& certificate) {
  const bio_handle writer{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(writer.get(), &certificate);
  return text_in(writer.get());
}

std::string pem_of(EVP_PKEY& key) {
  const bio_handle writer{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(writer.get(), &key, nullptr, nullptr, 0,
                                nullptr, nullptr);
  return text_in(writer.get());
}

} // namespace holdfast::runtime
