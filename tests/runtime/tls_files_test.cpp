#include "runtime/tls_files.hpp"

#include "runtime/certificate_draft.hpp"
#include "runtime/pem.hpp"
#include "tests/runtime/issued_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace holdfast;
using namespace holdfast::test;
using runtime::check_tls_files;

namespace {

std::string only_complaint(const runtime::tls_paths& paths,
                           runtime::wall_time now = wall_now(),
                           const runtime::tls_check_options& options = {}) {
  const auto found = check_tls_files(paths, now, options);
  std::string all;
  for (const auto& each : found.complaints)
    all += each.message() + "\n";
  INFO(all);
  CHECK(found.files.empty());
  REQUIRE(found.complaints.size() == 1);
  return found.complaints.front().message();
}

/// A certificate for one use only, signed by the cluster's authority.
std::string certificate_for(const issued_files& cluster, const std::string& use,
                            const std::string& key_pem) {
  const runtime::authority signer{
    std::move(runtime::certificates_in(read_text(cluster.path("authority.crt")))
                .assume_value()
                .front()),
    runtime::private_key_in(read_text(cluster.path("authority.key")))
      .assume_value()};
  const auto key = runtime::private_key_in(key_pem).assume_value();
  const runtime::certificate_draft draft{
    "prod",
    "some node",
    wall_now() - std::chrono::hours{1},
    wall_now() + std::chrono::days{100},
    {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_ext_key_usage, use}}};
  const auto made = runtime::sign(draft, *key, &signer);
  REQUIRE(made);
  return runtime::pem_of(*made.assume_value());
}

} // namespace

TEST_CASE("issued files pass the check", "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  const auto found = check_tls_files(paths, wall_now(), {1});

  REQUIRE(found.files.size() == 1);
  CHECK(found.files.front().paths().key == paths.key);
  CHECK(found.files.front().facts().node() == 1U);
  CHECK(found.complaints.empty());
  CHECK(found.warnings.empty());
}

TEST_CASE("TLS with fewer than three files is refused",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  CHECK(says(only_complaint({paths.certificate, paths.key, ""}),
             "the authority is not named"));
  CHECK(says(only_complaint({"", paths.key, paths.authority}),
             "the certificate is not named"));
  CHECK(says(only_complaint({paths.certificate, "", paths.authority}),
             "the key is not named"));
  CHECK(check_tls_files({}, wall_now()).complaints.size() == 3);
}

TEST_CASE("a file that cannot be read is named with the reason",
          "[runtime][tls_files]") {
  const issued_files cluster;
  auto paths = cluster.issue(1);

  paths.key = cluster.path("nowhere.key");
  CHECK(says(only_complaint(paths), "nowhere.key: is not there; "));

  ::mkfifo(cluster.path("pipe").c_str(), 0600);
  paths.key = cluster.path("pipe");
  CHECK(says(only_complaint(paths), "pipe: is not a regular file; "));

  paths.key = cluster.path("");
  CHECK(says(only_complaint(paths), "is not a regular file; "));

  write_text(cluster.path("long.key"), std::string(2 << 20, 'x'));
  paths.key = cluster.path("long.key");
  CHECK(says(only_complaint(paths), "is far too long"));
}

TEST_CASE("files without what they are named for are refused",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  CHECK(says(only_complaint({paths.key, paths.key, paths.authority}),
             "holds no certificate in PEM form; "));
  ::chmod(paths.certificate.c_str(), 0600);
  CHECK(says(
    only_complaint({paths.certificate, paths.certificate, paths.authority}),
    "holds no private key"));

  auto text = read_text(paths.certificate);
  text[text.size() / 2] = '!';
  write_text(paths.certificate, text);
  CHECK(says(only_complaint(paths), "holds a broken certificate"));
}

TEST_CASE("an encrypted key is refused instead of asking for a pass phrase",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  const auto command = "openssl pkey -aes256 -passout pass:secret -in "
                       + paths.key + " -out " + paths.key + ".locked";
  REQUIRE(std::system(command.c_str()) == 0);
  REQUIRE(std::rename((paths.key + ".locked").c_str(), paths.key.c_str()) == 0);

  CHECK(says(only_complaint(paths), "holds an encrypted key"));
}

TEST_CASE("a key that others may read is refused", "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  for (const unsigned mode : {0640U, 0604U, 0601U}) {
    ::chmod(paths.key.c_str(), mode);
    CHECK(says(only_complaint(paths), "is open to others (mode 06"));
  }
}

TEST_CASE("certificates that others may replace are refused",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  ::chmod(paths.authority.c_str(), 0664);

  CHECK(says(only_complaint(paths),
             "may be written by others (mode 0664); chmod go-w it"));
}

TEST_CASE("a file of another user is refused", "[runtime][tls_files]") {
  if (::geteuid() != 0)
    return; // only root can give files away
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  REQUIRE(::chown(paths.authority.c_str(), 54321, 0) == 0);

  CHECK(says(only_complaint(paths), "belongs to user 54321"));
}

TEST_CASE("a key of another certificate is refused", "[runtime][tls_files]") {
  const issued_files cluster;
  auto paths = cluster.issue(1);

  paths.key = cluster.issue(2).key;

  CHECK(says(only_complaint(paths), "is not the key of"));
}

TEST_CASE("a certificate of another authority is refused",
          "[runtime][tls_files]") {
  const issued_files ours;
  const issued_files theirs;
  auto paths = ours.issue(1);

  paths.authority = theirs.path("authority.crt");

  CHECK(says(only_complaint(paths), "does not lead to the authority"));
}

TEST_CASE("the certificate of another node is refused",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(2);

  CHECK(says(only_complaint(paths, wall_now(), {1}),
             "was issued to node 2, and this is node 1"));
}

TEST_CASE("a certificate that is over is refused, one that soon is warned of",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);
  const auto ends = wall_now() + config::certificate_validity_default;

  CHECK(says(only_complaint(paths, ends + std::chrono::days{1}), "expired on"));

  const auto soon = check_tls_files(paths, ends - std::chrono::days{29});
  CHECK(soon.files.size() == 1);
  REQUIRE(soon.warnings.size() == 1);
  CHECK(says(soon.warnings.front().message(), "expires on"));

  const auto early = check_tls_files(paths, ends - std::chrono::days{31});
  CHECK(early.warnings.empty());
}

TEST_CASE("a certificate of the future blames the clock",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);

  const auto found = check_tls_files(paths, wall_now() - std::chrono::days{2});

  REQUIRE(found.complaints.size() == 2);
  CHECK(says(found.complaints.front().message(), "is not valid before"));
  CHECK(says(found.complaints.front().message(), "is this host's clock right"));
}

TEST_CASE("a certificate for one side only is refused",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);
  const auto key = read_text(paths.key);

  write_text(paths.certificate, certificate_for(cluster, "clientAuth", key));
  CHECK(says(only_complaint(paths), "may not be used as a server"));

  write_text(paths.certificate, certificate_for(cluster, "serverAuth", key));
  CHECK(says(only_complaint(paths), "may not be used as a client"));
}

TEST_CASE("a key too short for the host's policy is refused before CAF aborts",
          "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);
  const runtime::key_handle weak{EVP_RSA_gen(512)};
  REQUIRE(weak);

  write_text(paths.key, runtime::pem_of(*weak));
  write_text(
    paths.certificate,
    certificate_for(cluster, "serverAuth,clientAuth", read_text(paths.key)));

  CHECK(says(only_complaint(paths), "is refused by this host's OpenSSL"));
}

TEST_CASE("kept copies stay when the files change", "[runtime][tls_files]") {
  const issued_files cluster;
  const auto paths = cluster.issue(1);
  const auto key = read_text(paths.key);
  auto found = check_tls_files(paths, wall_now());
  REQUIRE(found.files.size() == 1);
  auto& files = found.files.front();

  REQUIRE(files.keep_copies(cluster.path("kept")));
  write_text(paths.key, "half a renewal");

  CHECK(files.paths().key == cluster.path("kept/node.key"));
  CHECK(read_text(files.paths().key) == key);
  const auto again = check_tls_files(files.paths(), wall_now());
  CHECK(again.files.size() == 1);
}
