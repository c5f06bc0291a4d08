#include "config/read_cluster.hpp"

#include "tests/config/only_complaint.hpp"

using namespace std::chrono_literals;

namespace holdfast::config {

namespace {

/// A node 1 on loopback without TLS; further members stand in line 3.
std::string trial_with(std::string_view members,
                       std::string_view bind = "127.0.0.1:7400") {
  return "{\"cluster\": {\"name\": \"c\", \"transport\": "
         "\"insecure-loopback\",\n\"bind\": \""
         + std::string{bind} + "\"" + (members.empty() ? "" : ",\n")
         + std::string{members} + "}}";
}

/// A node 1 with TLS; further members stand in line 3.
std::string secure_with(std::string_view members) {
  return R"({"cluster": {"name": "c",
"tls": {"certificate": "/c", "key": "/k", "authority": "/a"},
)" + std::string{members}
         + "}}";
}

cluster_section loaded(const std::string& text) {
  const auto got = load_text(text, "test.json");
  for (const auto& one : got.complaints)
    UNSCOPED_INFO(one.message());
  REQUIRE(got.ok());
  REQUIRE(got.config.cluster);
  return *got.config.cluster;
}

} // namespace

TEST_CASE("a node without a cluster section is alone", "[config][unit]") {
  CHECK_FALSE(load_text("{}", "test.json").config.cluster);
}

TEST_CASE("a cluster needs a name and a place to listen", "[config][unit]") {
  const auto got
    = load_text(R"({"cluster": {"transport": "insecure-loopback"}})", "t");

  REQUIRE(got.complaints.size() == 2);
  CHECK(got.complaints[0].path == "cluster.name");
  CHECK(got.complaints[1].path == "cluster.bind");
}

TEST_CASE("a node says of itself where it listens, or what it is told",
          "[config][unit]") {
  CHECK(loaded(trial_with("")).advertise == address{"127.0.0.1", 7400});
  CHECK(loaded(trial_with(R"("advertise": "[::1]:80")")).advertise
        == address{"::1", 80});
}

TEST_CASE("peers, voters, seeds and weight are read", "[config][unit]") {
  const auto read = loaded(trial_with(
    R"("peers": [{"id": 2, "address": "localhost:2"}], "voters": [2, 1],
       "seeds": ["127.0.0.9:3"], "weight": 7, "discovery_directory": "/d")"));

  REQUIRE(read.peers.size() == 1);
  CHECK(read.peers[0] == cluster_peer{2, {"localhost", 2}, ""});
  CHECK(read.voters == std::vector<std::uint64_t>{2, 1});
  CHECK(read.seeds == std::vector<address>{{"127.0.0.9", 3}});
  CHECK(read.weight == 7);
  CHECK(read.discovery_directory == "/d");
}

TEST_CASE("a profile sets the interval, and an interval overrules it",
          "[config][unit]") {
  const auto health
    = [](const std::string& text) { return loaded(trial_with(text)).health; };

  CHECK(health("\"weight\": 1").interval == 500ms);
  CHECK(health(R"("health": {"profile": "fast"})").interval == 50ms);
  CHECK(health(R"("health": {"profile": "fast", "interval": "70ms"})").interval
        == 70ms);
}

TEST_CASE("down comes after suspected", "[config][unit]") {
  const auto one = only_complaint(
    trial_with(R"("health": {"suspected_after": 4, "down_after": 4})"));

  CHECK(place_of(one) == "3:48 cluster.health.down_after");
  CHECK(one.found == "down after 4 misses and suspected after 4");
}

TEST_CASE("a place that others reach is not listened on without TLS",
          "[config][unit]") {
  const auto bind
    = GENERATE(as<std::string>{}, "10.0.0.1:7400", "[fe80::1]:7400",
               "0.0.0.0:7400", "node-a:7400", "128.0.0.1:7400");
  const auto got = load_text(trial_with("", bind), "test.json");

  REQUIRE_FALSE(got.ok());
  const auto& one = got.complaints.back();
  CHECK(one.path.starts_with("cluster."));
}

TEST_CASE("loopback without TLS needs the word that says so",
          "[config][unit]") {
  const auto one
    = only_complaint(R"({"cluster": {"name": "c", "bind": "127.0.0.1:1"}})");

  CHECK(one.path == "cluster.tls");
  CHECK(one.hint
        == "for a trial on one host write \"transport\": "
           "\"insecure-loopback\"");
}

TEST_CASE("files of TLS contradict the word insecure", "[config][unit]") {
  const auto one = only_complaint(trial_with(
    R"("tls": {"certificate": "/c", "key": "/k", "authority": "/a"})"));

  CHECK(place_of(one) == "3:8 cluster.tls");
}

TEST_CASE("without TLS no other host is called", "[config][unit]") {
  CHECK(only_complaint(
          trial_with(R"("peers": [{"id": 2, "address": "10.0.0.2:7400"}])"))
          .found
        == "the peer 10.0.0.2:7400");
  CHECK(only_complaint(trial_with(R"("seeds": ["10.0.0.2:7400"])")).found
        == "the seed 10.0.0.2:7400");
}

TEST_CASE("with TLS a node listens and calls anywhere", "[config][unit]") {
  const auto read = loaded(secure_with(
    R"("bind": "[::]:7400", "advertise": "db-1.lan:7400",
       "peers": [{"id": 2, "address": "10.0.0.2:7400"}])"));

  CHECK(read.transport == transport::tls);
  CHECK(read.tls == tls_section{"/c", "/k", "/a"});
}

TEST_CASE("all three files of TLS are needed", "[config][unit]") {
  const auto one = only_complaint(
    R"({"cluster": {"name": "c", "bind": "10.0.0.1:1",
        "tls": {"certificate": "/c", "authority": "/a"}}})");

  CHECK(one.path == "cluster.tls.key");
}

TEST_CASE("every interface is no place to call", "[config][unit]") {
  const auto bind = GENERATE(as<std::string>{}, "0.0.0.0:7400", "[::]:7400");

  const auto one = only_complaint(secure_with("\"bind\": \"" + bind + "\""));

  CHECK(one.path == "cluster.advertise");
}

TEST_CASE("each node has an id and an address of its own", "[config][unit]") {
  const auto peers = [](const std::string& entries) {
    return only_complaint(trial_with("\"peers\": [" + entries + "]"));
  };

  CHECK(peers(R"({"id": 1, "address": "localhost:2"})").found
        == "the id 1 a second time");
  CHECK(peers(R"({"id": 2, "address": "localhost:2"},
                 {"id": 2, "address": "localhost:3"})")
          .found
        == "the id 2 a second time");
  CHECK(peers(R"({"id": 2, "address": "127.0.0.1:7400"})").found
        == "the address \"127.0.0.1:7400\" a second time");
}

TEST_CASE("voters are nodes of the list, each once", "[config][unit]") {
  CHECK(only_complaint(trial_with(R"("voters": [1, 2])")).found
        == "the node 2");
  CHECK(only_complaint(trial_with(R"("voters": [1, 1])")).found
        == "1 a second time");
  CHECK(place_of(only_complaint(trial_with(R"("voters": ["1"])")))
        == "3:12 cluster.voters[0]");
}

TEST_CASE("a text that is no address is refused", "[config][unit]") {
  const auto text = GENERATE(
    as<std::string>{}, "", ":", "host", "host:", ":80", "host:0", "host:65536",
    "host:-1", "host:80x", "1.2.3:80", "1.2.3.4.5:80", "::1:80", "[::1:80",
    "[1.2.3.4]:80", "ho st:80", "-h:80", "h\\u0000:80", "host:+80");

  const auto one = only_complaint(trial_with("\"seeds\": [\"" + text + "\"]"));

  CHECK(one.path == "cluster.seeds[0]");
}

TEST_CASE("a public key has 64 digits", "[config][unit]") {
  const auto with_key = [](const std::string& key) {
    return trial_with(R"("peers": [{"id": 2, "address": "localhost:2", "key":
")" + key + "\"}]");
  };

  CHECK(loaded(with_key(std::string(64, 'f'))).peers[0].key
        == std::string(64, 'f'));
  CHECK(only_complaint(with_key(std::string(63, 'f'))).path
        == "cluster.peers[0].key");
  CHECK(only_complaint(with_key(std::string(64, 'F'))).path
        == "cluster.peers[0].key");
}

} // namespace holdfast::config
