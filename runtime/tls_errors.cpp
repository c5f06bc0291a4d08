#include "runtime/tls_errors.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <cassert>

namespace holdfast::runtime {

namespace {

/// Before what a BIO does, and again with its result.
long begin_without_errors(BIO* bio, int what, const char*, std::size_t, int,
                          long, int result, std::size_t*) {
  const bool begins = what == BIO_CB_READ || what == BIO_CB_WRITE;
  if (begins && BIO_method_type(bio) == BIO_TYPE_SOCKET)
    ERR_clear_error();
  return result;
}

/// OpenSSL calls it for each BIO that is made: CAF's are seen nowhere else.
void on_made(void* made, void*, CRYPTO_EX_DATA*, int, long, void*) {
  BIO_set_callback_ex(static_cast<BIO*>(made), begin_without_errors);
}

int watch_bios() {
  const auto index
    = BIO_get_ex_new_index(0, nullptr, on_made, nullptr, nullptr);
  assert(index >= 0);
  return index;
}

} // namespace

void part_tls_errors() {
  static const int index = watch_bios();
  static_cast<void>(index);
}

} // namespace holdfast::runtime
