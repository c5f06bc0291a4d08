// PEM text to OpenSSL's objects and back. Knows no file.
#pragma once

#include "runtime/certificate_facts.hpp"
#include "runtime/openssl_handles.hpp"
#include "shm/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

/// All certificates of a text, at least one. Errors: bad_argument, with what
/// is wrong in half a sentence ("holds no certificate").
shm::result<std::vector<x509_handle>> certificates_in(std::string_view pem);

/// Never asks for a pass phrase. Errors: bad_argument, as above.
shm::result<key_handle> private_key_in(std::string_view pem);

std::string pem_of(X509& certificate);
std::string pem_of(EVP_PKEY& key);

certificate_facts facts_of(X509& certificate);

} // namespace holdfast::runtime
