#include "runtime/tls_errors.hpp"

#include "runtime/openssl_handles.hpp"
#include "shm/descriptor.hpp"
#include "tests/support/catch.hpp"

#include <sys/socket.h>

using namespace holdfast;
using namespace holdfast::runtime;

namespace {

/// A socket as a TLS connection has one, with nothing to read.
struct quiet_socket {
  quiet_socket() {
    int both[2]{};
    REQUIRE(
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both)
      == 0);
    here = shm::descriptor{both[0]};
    there = shm::descriptor{both[1]};
    bio.reset(::BIO_new_socket(here.get(), BIO_NOCLOSE));
  }

  shm::descriptor here, there;
  bio_handle bio;
};

} // namespace

TEST_CASE("what one connection died of is not there when the next one is read",
          "[runtime][tls]") {
  part_tls_errors();
  const quiet_socket next;
  ERR_raise(ERR_LIB_SSL, SSL_R_UNEXPECTED_EOF_WHILE_READING);

  SECTION("or written") {
    CHECK(::BIO_write(next.bio.get(), "x", 1) == 1);
  }
  SECTION("with nothing to read") {
    char byte = 0;
    CHECK(::BIO_read(next.bio.get(), &byte, 1) == -1);
    CHECK(BIO_should_read(next.bio.get()));
  }

  CHECK(ERR_peek_error() == 0);
}
