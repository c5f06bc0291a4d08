#include "runtime/certificates.hpp"

#include "tests/runtime/file_modes.hpp"
#include "tests/runtime/issued_files.hpp"

#include <sys/stat.h>

#include <cstdio>

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;

namespace {

/// What the openssl program says of a certificate.
std::string openssl(const std::string& arguments) {
  auto* program = ::popen(("openssl " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(program != nullptr);
  std::string out;
  for (int sign = std::fgetc(program); sign != EOF; sign = std::fgetc(program))
    out += static_cast<char>(sign);
  ::pclose(program);
  return out;
}

std::string refusal(const shm::result<runtime::issued_certificate>& from) {
  REQUIRE_FALSE(from);
  CHECK(from.assume_error().code == errc::bad_argument);
  return from.assume_error().detail;
}

} // namespace

TEST_CASE("openssl verifies what was issued, as server and as client",
          "[runtime][certificates]") {
  const issued_files cluster;

  const auto made = cluster.issue(2);

  for (const std::string purpose : {"sslserver", "sslclient"})
    CHECK(openssl("verify -x509_strict -purpose " + purpose + " -CAfile "
                  + made.authority + " " + made.certificate)
          == made.certificate + ": OK\n");
  CHECK(says(openssl("pkey -noout -check -in " + made.key), "Key is valid"));
}

TEST_CASE("openssl does not verify it against another authority",
          "[runtime][certificates]") {
  const issued_files ours;
  const issued_files theirs;

  const auto made = ours.issue(2);

  CHECK(says(openssl("verify -CAfile " + theirs.path("authority.crt") + " "
                     + made.certificate),
             "verification failed"));
}

TEST_CASE("a node's certificate says whose it is", "[runtime][certificates]") {
  const issued_files cluster{"prod"};

  const auto made
    = cluster.try_issue(7, {"host7.example.org", "10.0.0.7", "::1"});

  REQUIRE(made);
  const auto& facts = made.assume_value().facts;
  CHECK(facts.subject == "holdfast-node-7");
  CHECK(facts.node() == 7U);
  CHECK(facts.organization == "prod");
  CHECK(facts.names
        == std::vector<std::string>{"holdfast-node-7", "host7.example.org",
                                    "10.0.0.7", "::1"});
  CHECK(facts.for_server);
  CHECK(facts.for_client);
  CHECK_FALSE(facts.authority);
  CHECK(facts.fingerprint.size() == 95);
  CHECK(says(openssl("x509 -noout -fingerprint -sha256 -in "
                     + made.assume_value().certificate),
             facts.fingerprint));
}

TEST_CASE("only the user can read the keys, whatever the umask",
          "[runtime][certificates]") {
  const auto before = ::umask(0);
  const issued_files cluster;
  const auto made = cluster.issue(1);
  ::umask(before);

  CHECK(mode_of(made.key) == 0600);
  CHECK(mode_of(cluster.path("authority.key")) == 0600);
  CHECK(mode_of(made.certificate) == 0644);
  CHECK(mode_of(made.authority) == 0644);
}

TEST_CASE("nothing that is there is overwritten", "[runtime][certificates]") {
  const issued_files cluster;
  const auto made = cluster.issue(1);
  const auto key = read_text(made.key);
  const auto authority = read_text(cluster.path("authority.key"));

  const auto again = cluster.try_issue(1);
  const auto second
    = runtime::make_authority({cluster.path(""), "other"}, wall_now());

  REQUIRE_FALSE(again);
  CHECK(again.assume_error().code == errc::exists);
  REQUIRE_FALSE(second);
  CHECK(second.assume_error().code == errc::exists);
  CHECK(read_text(made.key) == key);
  CHECK(read_text(cluster.path("authority.key")) == authority);
}

TEST_CASE("what a node needs can be issued into a directory of its own",
          "[runtime][certificates]") {
  const issued_files cluster;

  const auto made = runtime::issue_node_certificate(
    {cluster.path(""), cluster.path("node-3"), 3}, wall_now());

  REQUIRE(made);
  CHECK(made.assume_value().authority == cluster.path("node-3/authority.crt"));
  CHECK(read_text(made.assume_value().authority)
        == read_text(cluster.path("authority.crt")));
  CHECK(mode_of(cluster.path("node-3")) == 0700);
}

TEST_CASE("a directory with another cluster's authority is left alone",
          "[runtime][certificates]") {
  const issued_files ours;
  const issued_files theirs;

  const auto made = runtime::issue_node_certificate(
    {ours.path(""), theirs.path(""), 3}, wall_now());

  CHECK(says(refusal(made), "is another authority's; choose another --out"));
  CHECK(read_text(theirs.path("node-3.key")).empty());
}

TEST_CASE("a certificate ends no later than its authority",
          "[runtime][certificates]") {
  const issued_files cluster{"prod", std::chrono::days{10}};

  const auto made = cluster.try_issue(1);

  REQUIRE(made);
  CHECK(made.assume_value().facts.not_after - wall_now()
        <= std::chrono::days{10});
}

TEST_CASE("hosts are names or addresses and nothing else",
          "[runtime][certificates]") {
  const issued_files cluster;

  for (const std::string wrong :
       {"a,DNS:evil", "a b", "*.a", "a..b", "-a", "https://a", "a:1", ""})
    CHECK(says(refusal(cluster.try_issue(1, {wrong})),
               "is neither a host name nor an address"));
}

TEST_CASE("issuing says what stops it and what to do",
          "[runtime][certificates]") {
  const issued_files cluster;
  const temporary_directory empty;

  CHECK(says(refusal(runtime::issue_node_certificate(
               {empty.path(), empty.path(), 1}, wall_now())),
             "make it first: caf-shell certs init --directory "));
  CHECK(says(refusal(cluster.try_issue(0)), "a node's id is 1 to"));
  CHECK(
    says(refusal(runtime::issue_node_certificate(
           {cluster.path(""), cluster.path(""), 1, {}, std::chrono::days{0}},
           wall_now())),
         "is valid for 1 to 36500 days, not 0"));

  ::chmod(cluster.path("authority.key").c_str(), 0640);
  CHECK(says(refusal(cluster.try_issue(1)), "chmod 0600 it"));
  ::chmod(cluster.path("authority.key").c_str(), 0600);

  write_text(cluster.path("authority.key"), "nonsense");
  CHECK(says(refusal(cluster.try_issue(1)), "holds no private key"));
}

TEST_CASE("an authority that is over issues nothing",
          "[runtime][certificates]") {
  const issued_files cluster{"prod", std::chrono::days{10}};

  const auto made
    = runtime::issue_node_certificate({cluster.path(""), cluster.path(""), 1},
                                      wall_now() + std::chrono::days{11});

  CHECK(says(refusal(made), "the authority expired on"));
}
