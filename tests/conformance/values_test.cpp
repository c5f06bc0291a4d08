// Barriers, and values of clients that do not map: as docs/protocol.md says.
#include "shm/client/connection.hpp"
#include "tests/conformance/conformance_node.hpp"
#include "tests/support/catch.hpp"

#include <cstring>
#include <set>
#include <string>

using namespace holdfast;
using shm::errc;
using test::conformance_node;
using test::raw_answer;
using test::raw_client;
using test::text;

namespace {

template <class T>
wire::bytes bytes_of(const T& value) {
  wire::bytes out(sizeof(value));
  std::memcpy(out.data(), &value, sizeof(value));
  return out;
}

wire::fields about(const std::string& region, const std::string& variable) {
  return {{"region", region}, {"variable", variable}};
}

wire::fields value_of(const std::string& region, const std::string& variable,
                      wire::bytes value) {
  auto out = about(region, variable);
  out.push_back({"value", std::move(value)});
  return out;
}

std::uint64_t version_in(const raw_answer& heard) {
  REQUIRE(heard.code() == errc::ok);
  return wire::number_or(heard.frame().fields, "version", 99);
}

wire::bytes value_in(const raw_answer& heard) {
  REQUIRE(heard.code() == errc::ok);
  return std::get<wire::bytes>(*wire::find(heard.frame().fields, "value"));
}

raw_answer ask_as(const raw_client& client, std::uint64_t id,
                  std::string_view command, wire::fields fields) {
  client.send(test::request_packet(id, command, std::move(fields)));
  auto heard = client.receive();
  REQUIRE(heard);
  CHECK(heard->frame().request_id == id);
  return std::move(*heard);
}

} // namespace

TEST_CASE("a value that is stored is loaded, by whoever may",
          "[conformance][values]") {
  const conformance_node node;
  auto writer = node.client();
  auto reader = node.client();

  CHECK(reader.ask("load", about("quotes", "bid")).code() == errc::no_value);
  CHECK(
    version_in(writer.ask("store", value_of("quotes", "bid", bytes_of(1.5))))
    == 1);

  const auto heard = reader.ask("load", about("quotes", "bid"));
  CHECK(value_in(heard) == bytes_of(1.5));
  const auto fields = heard.frame().fields;
  std::set<std::string> names;
  for (const auto& each : fields)
    names.insert(each.name);
  CHECK(names
        == std::set<std::string>{"value", "version", "committed", "epoch",
                                 "freshness", "age_ms"});
  CHECK(version_in(heard) == 1);
  CHECK(wire::number_or(fields, "committed", 0) == 1);
  CHECK(wire::number_or(fields, "age_ms", 1) == 0);
  CHECK(*wire::find_text(fields, "freshness") == "fresh");
}

TEST_CASE("values of all kinds are carried", "[conformance][values]") {
  const conformance_node node;
  auto client = node.client();
  const wire::bytes title(11, std::byte{'x'});

  CHECK(value_in(client.ask("load", about("quotes", "orders")))
        == wire::bytes(8));
  CHECK(version_in(client.ask(
          "store", value_of("quotes", "orders", bytes_of(std::int64_t{-7}))))
        == 1);
  CHECK(value_in(client.ask("load", about("quotes", "orders")))
        == bytes_of(std::int64_t{-7}));
  REQUIRE(client.ask("store", value_of("quotes", "title", title)).code()
          == errc::ok);
  CHECK(value_in(client.ask("load", about("quotes", "title"))) == title);
  REQUIRE(client.ask("store", value_of("quotes", "title", {})).code()
          == errc::ok);
  CHECK(value_in(client.ask("load", about("quotes", "title"))).empty());
}

TEST_CASE("a region that only the node writes is stored to by command",
          "[conformance][values]") {
  const conformance_node node;
  auto client = node.client();
  constexpr std::uint64_t most = 61440;
  REQUIRE(client
            .ask("add_variable", {{"region", text("rates")},
                                  {"name", text("all")},
                                  {"kind", text("bytes")},
                                  {"type", text("bytes")},
                                  {"capacity", std::uint64_t{100000}}})
            .code()
          == errc::ok);

  const wire::bytes value(most, std::byte{7});
  CHECK(version_in(client.ask("store", value_of("rates", "all", value))) == 1);
  CHECK(value_in(client.ask("load", about("rates", "all"))) == value);
  CHECK(
    client.ask("store", value_of("rates", "all", wire::bytes(most + 1))).code()
    == errc::too_long);
  CHECK(client
          .ask("flush",
               {{"region", text("rates")}, {"stored_in", std::uint64_t{0}}})
          .code()
        == errc::ok);
}

TEST_CASE("a value of more than a session carries is told as too long",
          "[conformance][values]") {
  const test::real_node node{test::node_text(test::own_tenant(
    R"([{"name": "docs", "bytes": "1MiB", "variables_max": 8, "variables": [
         {"name": "all", "kind": "bytes", "capacity": "100KiB"}]}])"))};
  const auto program = client::connection::connect({.socket = node.socket()});
  const auto docs = program.value().attach("docs", shm::access::write);
  REQUIRE(docs.value().find_bytes("all").value().store(wire::bytes(61441)));

  raw_client client{node.socket(), "prod"};

  CHECK(client.ask("load", about("docs", "all")).code() == errc::too_long);
}

TEST_CASE("a store that is repeated by its id is made once",
          "[conformance][values]") {
  const conformance_node node;
  const auto client = node.client();
  const auto first = value_of("quotes", "bid", bytes_of(1.0));
  const auto second = value_of("quotes", "bid", bytes_of(2.0));

  CHECK(version_in(ask_as(client, 500, "store", first)) == 1);
  CHECK(version_in(ask_as(client, 501, "store", second)) == 2);
  CHECK(version_in(ask_as(client, 500, "store", first)) == 1);
  CHECK(ask_as(client, 500, "store", second).code() == errc::bad_argument);
  CHECK(value_in(ask_as(client, 502, "load", about("quotes", "bid")))
        == bytes_of(2.0));

  // Another session counts for itself.
  const auto other = node.client();
  CHECK(version_in(ask_as(other, 500, "store", second)) == 3);
}

TEST_CASE("a store asks for the version that it knows",
          "[conformance][values]") {
  const conformance_node node;
  auto client = node.client();
  auto fields = value_of("quotes", "bid", bytes_of(1.0));
  fields.push_back({"expected", std::uint64_t{0}});

  CHECK(version_in(client.ask("store", fields)) == 1);
  CHECK(client.ask("store", fields).code() == errc::version_conflict);
}

TEST_CASE("flush and confirm answer with nothing", "[conformance][values]") {
  const conformance_node node;
  auto client = node.client();
  const auto* access = GENERATE("none", "read", "write");
  if (access != text("none"))
    REQUIRE(
      client
        .ask("attach", {{"region", text("quotes")}, {"access", text(access)}})
        .code()
      == errc::ok);

  for (const auto& [command, fields] :
       {std::pair{"flush", wire::fields{{"region", text("quotes")},
                                        {"stored_in", std::uint64_t{0}},
                                        {"durable", false}}},
        std::pair{"confirm", wire::fields{{"region", text("quotes")}}}}) {
    const auto heard = client.ask(command, fields);
    REQUIRE(heard.code() == errc::ok);
    CHECK(heard.frame().fields.empty());
  }
  CHECK(client
          .ask("flush", {{"region", text("quotes")},
                         {"stored_in", std::uint64_t{0}},
                         {"durable", true}})
          .code()
        == errc::bad_argument);
}

TEST_CASE("what the epoch before stored is unknown", "[conformance][values]") {
  conformance_node node;
  const auto epoch_now = [&node] {
    return wire::number_or(
      node.client().ask("region", {{"region", text("quotes")}}).frame().fields,
      "epoch", 0);
  };
  const auto before = epoch_now();
  node.node.kill();
  node.node.restart();
  auto client = node.client();
  const auto flush_from = [&client](std::uint64_t epoch) {
    return client
      .ask("flush", {{"region", text("quotes")}, {"stored_in", epoch}})
      .code();
  };

  CHECK(flush_from(before) == errc::unknown);
  CHECK(flush_from(epoch_now()) == errc::ok);
  CHECK(flush_from(0) == errc::ok);
}

TEST_CASE("requests behind a barrier are answered in order",
          "[conformance][values]") {
  const conformance_node node;
  const auto client = node.client();

  for (std::uint64_t id = 100; id < 120; id += 2) {
    client.send(test::request_packet(
      id, "store", value_of("quotes", "bid", bytes_of(double(id)))));
    client.send(test::request_packet(id + 1, "load", about("quotes", "bid")));
  }

  for (std::uint64_t id = 100; id < 120; ++id) {
    const auto heard = client.receive();
    REQUIRE(heard);
    REQUIRE(heard->frame().request_id == id);
    if (id % 2 == 1)
      CHECK(value_in(*heard) == bytes_of(double(id - 1)));
  }
}
