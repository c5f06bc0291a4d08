// CAF's own TLS with the certificates that caf-shell makes: two actor systems
// of one process, over a socket of the loopback.
#include "runtime/tls_files.hpp"
#include "tests/runtime/issued_files.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>

#include <optional>

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct tls_config : caf::actor_system_config {
  explicit tls_config(const std::optional<runtime::tls_files>& files) {
    load<caf::io::middleman>();
    load<caf::openssl::manager>();
    set("scheduler.max-threads", std::size_t{2});
    if (!files)
      return;
    openssl_certificate = files->paths().certificate;
    openssl_key = files->paths().key;
    openssl_cafile = files->paths().authority;
  }
};

/// A node as far as TLS goes.
class side {
public:
  explicit side(const std::optional<runtime::tls_files>& files)
    : config_{files}, system_{config_} {
    // nop
  }

  ~side() {
    if (echo_)
      caf::anon_send_exit(echo_, caf::exit_reason::user_shutdown);
  }

  std::uint16_t publish() {
    echo_ = system_.spawn(
      []() -> caf::behavior { return {[](int number) { return number; }}; });
    const auto port = caf::openssl::publish(echo_, 0, "127.0.0.1");
    REQUIRE(port);
    return *port;
  }

  /// What comes back for 42; 0 when there is no connection.
  int ask_over_tls(std::uint16_t port) {
    return ask(caf::openssl::remote_actor(system_, "127.0.0.1", port));
  }

  int ask_in_plain(std::uint16_t port) {
    return ask(system_.middleman().remote_actor("127.0.0.1", port));
  }

private:
  int ask(const caf::expected<caf::actor>& there) {
    if (!there)
      return 0;
    caf::scoped_actor self{system_};
    int heard = 0;
    self->request(*there, std::chrono::seconds{10}, 42)
      .receive([&](int number) { heard = number; }, [](const caf::error&) {});
    return heard;
  }

  tls_config config_;
  caf::actor_system system_;
  caf::actor echo_;
};

runtime::tls_files checked(const runtime::tls_paths& paths) {
  auto found = runtime::check_tls_files(paths, wall_now());
  REQUIRE(found.files.size() == 1);
  return std::move(found.files.front());
}

} // namespace

TEST_CASE("CAF connects nodes with certificates of one authority",
          "[runtime][mutual_tls]") {
  const issued_files cluster;
  side first{checked(cluster.issue(1))};
  side second{checked(cluster.issue(2))};

  const auto port = first.publish();

  CHECK(second.ask_over_tls(port) == 42);
}

TEST_CASE("CAF refuses a certificate of another authority",
          "[runtime][mutual_tls]") {
  const issued_files ours;
  const issued_files theirs;
  side first{checked(ours.issue(1))};
  side stranger{checked(theirs.issue(2))};
  side friendly{checked(ours.issue(3))};

  const auto port = first.publish();

  CHECK(stranger.ask_over_tls(port) == 0);
  CHECK(friendly.ask_over_tls(port) == 42);
}

TEST_CASE("CAF refuses a certificate that claims our authority as its own",
          "[runtime][mutual_tls]") {
  const issued_files ours;
  const issued_files theirs;
  const auto genuine = ours.issue(1);
  side first{checked(genuine)};
  const auto forged = theirs.issue(2);
  side stranger{checked(forged)};
  // Trusts both, so that only the other side can refuse.
  write_text(forged.authority,
             read_text(forged.authority) + read_text(genuine.authority));

  const auto port = first.publish();

  CHECK(stranger.ask_over_tls(port) == 0);
}

TEST_CASE("CAF refuses whoever shows no certificate", "[runtime][mutual_tls]") {
  const issued_files cluster;
  side first{checked(cluster.issue(1))};
  side nobody{std::nullopt};

  const auto port = first.publish();

  CHECK(nobody.ask_over_tls(port) == 0);
  CHECK(nobody.ask_in_plain(port) == 0);
}
