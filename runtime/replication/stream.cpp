#include "runtime/replication/stream.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string>

namespace holdfast::runtime {

shm::result<std::unique_ptr<boost::asio::ssl::context>>
replication_tls(const config::tls_section& files) {
  namespace ssl = boost::asio::ssl;
  auto made = std::make_unique<ssl::context>(ssl::context::tls);
  try {
    made->set_options(ssl::context::no_sslv2 | ssl::context::no_sslv3
                      | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    made->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    made->load_verify_file(files.authority);
    made->use_certificate_chain_file(files.certificate);
    made->use_private_key_file(files.key, ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    return shm::failed(shm::errc::bad_argument,
                       std::string{"the files of TLS: "} + error.what());
  }
  return made;
}

void replication_stream::tune() {
  boost::system::error_code ignored; // then it is slower, or ends later
  auto& of = socket();
  of.set_option(tcp::no_delay{true}, ignored);
  of.set_option(tcp::socket::keep_alive{true}, ignored);
  const auto set = [&](int name, std::chrono::milliseconds::rep value) {
    const auto number = static_cast<int>(value);
    ::setsockopt(of.native_handle(), IPPROTO_TCP, name, &number,
                 sizeof(number));
  };
  // A holder that hears nothing says nothing: only the kernel finds out that
  // the other end of its connection is gone.
  const auto silence = config::replication_silence_max;
  set(TCP_USER_TIMEOUT, silence.count());
  set(TCP_KEEPIDLE, config::replication_ask_interval.count());
  set(TCP_KEEPINTVL, config::replication_ask_interval.count());
  set(TCP_KEEPCNT, std::chrono::ceil<std::chrono::seconds>(silence).count());
}

} // namespace holdfast::runtime
